"""Connecting in steps: the account, a message to and fro, who gets it, done."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from events.models import Event
from events.subscriptions import run_workspace
from inbox.channel_forms import ConnectForm
from inbox.channel_links import chat_address
from inbox.delivery.machine import deliver
from inbox.models import Conversation, Message
from tests.cast import make_channel, make_conversation
from tests.inbox.sorting import sort
from tests.sandbox_server import wait_for
from workspaces.actions import create_workspace
from workspaces.models import Calendar

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(acme, log_in):
    return log_in(acme.anna)


@pytest.fixture
def polled_bot(acme, admin, telegram_bot, settings):
    """A bot on its second step. It is polled: nobody listens at our address here."""
    settings.TELEGRAM_API_URL = telegram_bot.sandbox.url
    answer = admin.post(f"{acme.url}/channels/new/telegram/", {"token": telegram_bot.token})
    assert answer.status_code == 303, answer.text
    with acme.scope():
        return Channel.objects.get()


def step(acme, channel, name):
    return f"{acme.url}/channels/{channel.pk}/setup/{name}/"


def arrive(acme, channel, bot, text="Привет"):
    """A customer's message by the letterbox's door, then what follows."""
    from tests.inbox.sorting import deliver as put

    bot.say(text)
    with acme.scope():
        put(
            channel,
            {
                "message": {
                    "message_id": 1,
                    "date": 1_770_000_000,
                    "from": {"id": 610_001, "first_name": "Maria", "is_bot": False},
                    "chat": {"id": 610_001, "type": "private", "first_name": "Maria"},
                    "text": text,
                }
            },
        )
    sort()
    run_workspace(acme.workspace.id)


def fresh(acme, channel):
    with acme.scope():
        return Channel.objects.get(pk=channel.pk)


def test_a_token_that_is_refused_is_told_at_its_field(acme, admin, telegram_bot):
    answer = admin.post(
        f"{acme.url}/channels/new/telegram/", {"token": "1:" + "A" * 35, "proxy": ""}
    )
    assert answer.status_code == 422
    field = answer.text.index('name="token"')
    assert answer.text.index("does not accept the bot") > field
    assert "A" * 35 not in answer.text


def test_what_was_filled_in_stays_in_sight_when_the_platform_refuses(acme, admin):
    facts = {"address": "shop@example.org", "password": "app-password"}
    page = f"{acme.url}/channels/new/email/"
    assert '<details class="disclosure" open>' not in admin.get(page).text
    answer = admin.post(page, {**facts, "imap_host": "imap.shop.invalid", "smtp_host": "x"})
    assert answer.status_code == 422
    opened = answer.text.split('<details class="disclosure" open>')
    assert len(opened) == 2
    assert 'value="imap.shop.invalid"' in opened[1].split("</details>")[0]


def test_a_proxy_inside_our_network_is_told_at_its_field(acme, admin, telegram_bot):
    answer = admin.post(
        f"{acme.url}/channels/new/telegram/",
        {"token": telegram_bot.token, "proxy": "http://10.0.0.4:8080"},
    )
    assert answer.status_code == 422
    assert answer.text.index("private network") > answer.text.index('name="proxy"')


def test_a_server_that_is_missing_is_asked_for_where_it_is_typed(acme, admin):
    facts = {"address": "shop@unheard-of.example", "password": "app-password"}
    answer = admin.post(f"{acme.url}/channels/new/email/", facts)
    fold = answer.text.split('<details class="disclosure" open>')[1].split("</details>")[0]
    assert "Name the mail server" in fold


def test_access_by_oauth_says_which_field_is_wrong(acme, admin):
    facts = {
        "address": "shop@unheard-of.example",
        "imap_host": "imap.unheard-of.example",
        "smtp_host": "smtp.unheard-of.example",
        "oauth_client_id": "app",
        "oauth_refresh_token": "1//" + "r" * 30,
    }
    answer = admin.post(f"{acme.url}/channels/new/email/", facts)
    fields = answer.text.split('name="token_url"')
    assert "name the address that gives" in fields[1]
    assert "r" * 30 not in answer.text


def tried(answer):
    """The name under which a refused form's secrets are kept."""
    return re.search(r'name="try" value="(\w+)"', answer.text)[1]


def test_a_secret_is_typed_once_though_the_first_try_fails(acme, admin, vk_community):
    page = f"{acme.url}/channels/new/vk/"
    refused = admin.post(page, {"token": vk_community.token, "group_id": "1"})
    assert refused.status_code == 422
    assert refused.text.index("another community") > refused.text.index('name="group_id"')
    again = admin.post(page, {"token": "", "group_id": "", "try": tried(refused)})
    assert again.status_code == 422
    facts = {"token": "", "group_id": str(vk_community.id), "try": tried(again)}
    assert admin.post(page, facts).status_code == 303
    for answer in (refused, again):
        assert "Kept as you typed it" in answer.text
        assert vk_community.token not in answer.text
    session = Session.objects.get(pk=admin.session.session_key)
    assert vk_community.token not in str(session.get_decoded())
    # Once it has done it is forgotten.
    assert admin.post(page, facts).status_code == 422


def test_a_proxys_password_is_not_shown_and_not_asked_for_twice(acme, admin, telegram_bot):
    page = f"{acme.url}/channels/new/telegram/"
    facts = {"token": telegram_bot.token, "proxy": "http://name:parole@10.0.0.4:8080"}
    refused = admin.post(page, facts)
    shown = "http://name:***@10.0.0.4:8080"
    kept = {"token": "", "proxy": shown, "try": tried(refused)}
    again = admin.post(page, kept)
    for answer in (refused, again):
        assert answer.status_code == 422
        assert "parole" not in answer.text
        assert f'value="{shown}"' in answer.text
        assert "The password is kept as you typed it" in answer.text
    # Another address would get the password of this one.
    elsewhere = admin.post(page, {**kept, "proxy": "http://name:***@10.0.0.5:8080"})
    assert elsewhere.status_code == 422
    assert "10.0.0.5" in elsewhere.text


def test_a_stored_proxy_stays_until_its_field_is_emptied(acme):
    address = "socks5://name:parole@proxy.example.com:1080"
    with acme.scope():
        found = make_channel(settings={"proxy": address})
    telegram = connector_class("telegram")
    shown = ConnectForm(telegram, channel=found)["proxy"].value()
    assert shown == "socks5://name:***@proxy.example.com:1080"
    for typed, meant in ((shown, address), ("", ""), ("http://x:1", "http://x:1")):
        form = ConnectForm(telegram, {"proxy": typed}, channel=found)
        assert form.is_valid()
        assert form.settings()["proxy"] == meant


def test_how_messages_come_is_chosen_and_changed(acme, admin, telegram_bot, settings):
    settings.TELEGRAM_API_URL = telegram_bot.sandbox.url
    new = f"{acme.url}/channels/new/telegram/"
    assert 'value="webhook" selected' in admin.get(new).text
    facts = {"token": telegram_bot.token, "transport": "polling"}
    assert admin.post(new, {**facts, "transport": "pigeon"}).status_code == 422
    assert admin.post(new, facts).status_code == 303
    with acme.scope():
        found = Channel.objects.get()
    assert found.transport == "polling"
    page = f"{acme.url}/channels/{found.pk}/connection/"
    assert 'value="polling" selected' in admin.get(page).text
    for transport, url in (("webhook", f"/hooks/telegram/{found.key}/"), ("polling", "")):
        assert admin.post(page, {"token": "", "transport": transport}).status_code == 303
        assert fresh(acme, found).transport == transport
        assert telegram_bot.state()["webhook"]["url"].endswith(url) if url else True
    assert not telegram_bot.state()["webhook"]["url"]
    assert "transport" not in fresh(acme, found).settings
    # A kind that can do but one thing is not asked.
    assert 'name="transport"' not in admin.get(f"{acme.url}/channels/new/whatsapp/").text


def test_the_first_wrong_field_is_gone_to(acme, admin):
    facts = {"address": "shop@unheard-of.example", "password": "app-password"}
    page = admin.post(f"{acme.url}/channels/new/email/", facts).text
    assert page.partition("<main")[2].partition("</main>")[0].count("autofocus") == 1
    assert "autofocus" in page.split('name="imap_host"')[1].partition(">")[0]


def test_a_secret_is_kept_for_its_own_form_and_not_for_long(acme, admin, telegram_bot, monkeypatch):
    page = f"{acme.url}/channels/new/telegram/"
    facts = {"token": telegram_bot.token, "proxy": "http://10.0.0.4:8080"}
    kept = tried(admin.post(page, facts))
    elsewhere = admin.post(f"{acme.url}/channels/new/max/", {"token": "", "try": kept})
    assert "This field is required" in elsewhere.text
    kept = tried(admin.post(page, facts))
    monkeypatch.setattr("inbox.views.channels.typed.GOOD_SECONDS", 0)
    assert "This field is required" in admin.post(page, {"token": "", "try": kept}).text


def test_a_secret_is_kept_for_its_own_workspace(acme, admin, telegram_bot):
    create_workspace(name="Second", slug="second", owner=acme.anna.user)
    facts = {"token": telegram_bot.token, "proxy": "http://10.0.0.4:8080"}
    kept = tried(admin.post(f"{acme.url}/channels/new/telegram/", facts))
    elsewhere = admin.post("/w/second/channels/new/telegram/", {"token": "", "try": kept})
    assert "This field is required" in elsewhere.text


def test_a_new_secret_that_is_refused_leaves_the_old_one(acme, admin, telegram_bot, polled_bot):
    page = f"{acme.url}/channels/{polled_bot.pk}/connection/"
    refused = admin.post(page, {"token": "1:" + "A" * 35})
    assert refused.status_code == 422
    assert "A" * 35 not in refused.text
    assert admin.post(page, {"token": "", "try": tried(refused)}).status_code == 422
    with acme.scope():
        assert Channel.objects.get().credentials["token"] == telegram_bot.token
    assert admin.post(page, {"token": ""}).status_code == 303


@pytest.mark.parametrize("kind", ["telegram", "vk", "livechat"])
def test_each_kind_tells_where_to_find_its_credentials(acme, admin, kind):
    page = admin.get(f"{acme.url}/channels/new/{kind}/").text
    assert "help-steps" in page or "one line of code" in page


def test_the_whole_way_with_a_real_message(acme, admin, telegram_bot, polled_bot):
    page = admin.get(step(acme, polled_bot, "check")).text
    assert f"https://t.me/{polled_bot.name[1:]}" in page
    assert "Waiting for your message" in page
    assert telegram_bot.token not in page
    arrive(acme, polled_bot, telegram_bot)
    page = admin.get(step(acme, polled_bot, "check")).text
    assert "Got “Привет” from you" in page
    assert "Sending a reply" in page
    with acme.scope():
        (conversation,) = Conversation.objects.all()
    deliver(acme.workspace.id, conversation.pk)
    assert len(telegram_bot.texts()) == 1
    assert "Our reply has gone" in admin.get(step(acme, polled_bot, "check")).text
    assert admin.post(step(acme, polled_bot, "onward")).url == step(acme, polled_bot, "people")
    answer = admin.post(
        step(acme, polled_bot, "people"),
        {
            "name": "Shop",
            "team": acme.sales.pk,
            "routing": "round_robin",
            "is_restricted": "on",
            "members": [acme.boris.pk],
            "away_reply": "We are asleep.",
            "mode": "weekly",
            "time_zone": "Europe/Moscow",
            "day_0": "9-18",
        },
    )
    assert answer.url == step(acme, polled_bot, "done")
    assert "Shop is connected" in admin.get(answer.url).text
    found = fresh(acme, polled_bot)
    assert (found.name, found.routing, found.setup_step) == ("Shop", "round_robin", "")
    assert (found.is_restricted, found.away_reply) == (True, "We are asleep.")
    with acme.scope():
        assert [one.membership_id for one in found.access_list.all()] == [acme.boris.pk]
        assert Calendar.objects.get().weekly[0] == [["09:00", "18:00"]]


def test_our_test_reply_is_no_answer_and_comes_once(acme, admin, telegram_bot, polled_bot):
    arrive(acme, polled_bot, telegram_bot)
    run_workspace(acme.workspace.id)
    with acme.scope():
        (reply,) = Message.objects.filter(direction="outgoing")
        assert reply.payload["auto"] == "test"
        assert Conversation.objects.get().waiting_since is not None
    with acme.scope():
        assert Event.objects.filter(action="channel.tested").count() == 1


def test_a_set_up_that_was_left_half_way_answers_nobody(acme, admin, telegram_bot, polled_bot):
    with acme.scope():
        long_ago = timezone.now() - timedelta(hours=1)
        polled_bot.health = {"setup": {"since": long_ago.isoformat()}}
        polled_bot.save()
    arrive(acme, polled_bot, telegram_bot)
    with acme.scope():
        assert not Message.objects.filter(direction="outgoing").exists()


def test_a_channel_that_is_set_up_answers_nobody(acme, admin, telegram_bot, polled_bot):
    admin.post(step(acme, polled_bot, "onward"))
    arrive(acme, polled_bot, telegram_bot)
    with acme.scope():
        assert not Message.objects.filter(direction="outgoing").exists()


def test_going_back_and_coming_again_loses_nothing(acme, admin, telegram_bot, polled_bot):
    connection = f"{acme.url}/channels/{polled_bot.pk}/connection/"
    assert 'aria-current="step"' in admin.get(connection).text
    answer = admin.post(connection, {"token": ""})
    assert answer.url == step(acme, polled_bot, "check")
    assert fresh(acme, polled_bot).credentials["token"] == telegram_bot.token
    assert "The set-up is not finished" in admin.get(f"{acme.url}/channels/").text


def test_wrong_hours_are_told_on_the_third_step(acme, admin, polled_bot):
    answer = admin.post(
        step(acme, polled_bot, "people"),
        {"name": "Shop", "routing": "manual", "mode": "weekly", "day_0": "25-26"},
    )
    assert answer.status_code == 422
    assert "Write hours like" in answer.text
    assert fresh(acme, polled_bot).name != "Shop"


def test_neither_agent_nor_stranger_sets_up(acme, rival, log_in, polled_bot):
    for name in ("check", "people", "done"):
        assert log_in(acme.boris).get(step(acme, polled_bot, name)).status_code == 403
        path = step(rival, polled_bot, name)
        assert log_in(rival.rita).get(path).status_code == 404
    assert log_in(acme.boris).post(step(acme, polled_bot, "onward")).status_code == 403


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({"kind": "telegram", "name": "@sever_bot"}, "https://t.me/sever_bot"),
        ({"kind": "telegram", "name": "Shop"}, ""),
        ({"kind": "vk", "external_id": "77"}, "https://vk.me/club77"),
        ({"kind": "whatsapp", "name": "+7 812 600-14-20"}, "https://wa.me/78126001420"),
        (
            {
                "kind": "whatsapp",
                "name": "Shop 24",
                "settings": {"display_phone_number": "+7 812 600-14-20"},
            },
            "https://wa.me/78126001420",
        ),
        ({"kind": "max", "settings": {"username": "@sever"}}, "https://max.ru/sever"),
        ({"kind": "email", "external_id": "a+b@shop.ru"}, "mailto:a+b@shop.ru"),
        ({"kind": "livechat"}, ""),
        ({"kind": "max", "health": {"chat_url": "https://max.ru/x"}}, "https://max.ru/x"),
        ({"kind": "max", "health": {"chat_url": "javascript:alert(1)"}}, ""),
    ],
)
def test_each_kind_has_the_address_that_opens_it(values, address):
    assert chat_address(Channel(**values)) == address


def test_the_test_waits_for_its_own_channel(acme, admin, telegram_bot, polled_bot):
    with acme.scope():
        other = make_channel()
        make_conversation(other)
    page = admin.get(step(acme, polled_bot, "check")).text
    assert "Waiting for your message" in page
    assert wait_for(lambda: fresh(acme, polled_bot).setup_step == "check", 1)
