"""Channels that are asked how they are: states, words, alerts once, back by themselves."""

import asyncio
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.registry import _connectors
from core.redis import client
from events import letters
from events.models import Notification
from events.notifications import text_of
from events.subscriptions import run_workspace
from inbox.connections import connect_channel
from inbox.health import checking
from inbox.models import Message
from tests.cast import make_channel
from tests.inbox.delivering import plain_desk, telegram_desk
from tests.inbox.platform import KIND
from tests.inbox.test_delivery_chaos import Workers
from tests.sandbox_server import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

AUTH = ConnectorError("channel_auth", "The token was revoked.")


class Asked:
    """What the platform answers to checks."""

    def __init__(self, monkeypatch) -> None:
        self.answer, self.count = {"ok": True}, 0
        monkeypatch.setattr(_connectors[KIND], "check", self._check)

    async def _check(self):
        self.count += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def asked(platform, monkeypatch):
    platform()
    return Asked(monkeypatch)


def check(acme):
    """As if all were due, and what follows from it in the journal."""
    with acme.scope():
        Channel.objects.update(checked_at=None)
    number = checking.check_due()
    run_workspace(acme.workspace.id)
    return number


def told(acme, member=None):
    with acme.scope():
        found = Notification.objects.filter(membership=member or acme.anna).order_by("at", "id")
        return [(one.level, text_of(one)) for one in found]


def fresh(acme, found):
    with acme.scope():
        return Channel.objects.get(pk=found.pk)


def test_admins_hear_once_of_an_incident_and_once_that_it_is_over(acme, asked):
    with acme.scope():
        found = make_channel(KIND, name="Shop")
    asked.answer = AUTH
    for _ in range(3):
        check(acme)
    assert fresh(acme, found).status == "broken"
    words = "Shop does not send: The token was revoked. Replies wait and will go by themselves."
    broken = ("critical", words)
    assert told(acme) == [broken]
    assert told(acme, acme.owner) == [broken]
    assert told(acme, acme.boris) == []
    letters.send_due_letters()
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "anna@example.com",
        "olga@example.com",
    ]
    asked.answer = {"ok": True}
    for _ in range(3):
        check(acme)
    assert fresh(acme, found).status == "active"
    assert told(acme) == [broken, ("good", "Shop works again.")]


def test_credentials_that_the_platform_replaced_are_kept_and_shown_to_nobody(acme, asked):
    with acme.scope():
        found = make_channel(KIND, credentials={"name": "shop", "refresh_token": "old"})
    asked.answer = {"ok": True, "credentials": {"refresh_token": "new"}}
    check(acme)
    kept = fresh(acme, found)
    assert kept.credentials == {"name": "shop", "refresh_token": "new"}
    assert "new" not in str(kept.health)


def test_a_warning_is_told_and_its_end_too(acme, asked):
    with acme.scope():
        found = make_channel(KIND, name="Shop")
    asked.answer = {"ok": False, "webhook_is_ours": False}
    check(acme)
    check(acme)
    assert fresh(acme, found).status == "active"
    assert [level for level, _ in told(acme)] == ["critical"]
    asked.answer = {"ok": True, "webhook_is_ours": True}
    check(acme)
    assert [level for level, _ in told(acme)] == ["critical", "good"]


def test_a_reader_that_is_kept_out_is_told_and_its_return_too(acme, asked):
    """As a poller says of Telegram's 409: another program reads the bot."""
    with acme.scope():
        found = make_channel(KIND, name="Shop")
        found.change_status("connecting", reason="Another program reads this bot’s messages.")
    run_workspace(acme.workspace.id)
    with acme.scope():
        found.change_status("active")
    run_workspace(acme.workspace.id)
    assert told(acme) == [
        ("warning", "Shop is not being read: Another program reads this bot’s messages."),
        ("good", "Shop works again."),
    ]


def test_the_same_news_of_a_platform_is_told_once_a_day(acme, asked):
    with acme.scope():
        found = make_channel(KIND, name="Shop")

    def news(words, level="warning"):
        with acme.scope():
            found.notice("quality", level=level, words=words)
        run_workspace(acme.workspace.id)

    for _ in range(2):
        news("The quality has dropped.")
    news("A template was paused.", level="info")
    assert told(acme) == [("warning", "Shop: The quality has dropped.")]
    with acme.scope():
        Notification.objects.update(at=timezone.now() - timedelta(days=2))
    news("The quality has dropped.")
    assert len(told(acme)) == 2


def test_one_run_at_a_time_asks(acme, asked):
    with acme.scope():
        make_channel(KIND)
    client().set(checking.RUNNING, 1)
    assert checking.check_due() == 0
    client().delete(checking.RUNNING)
    assert checking.check_due() == 1
    assert not client().exists(checking.RUNNING)


def test_a_channel_is_asked_once_in_its_time(acme, asked):
    with acme.scope():
        make_channel(KIND)
        make_channel(KIND, status="disconnected")
    assert checking.check_due() == 1
    assert checking.check_due() == 0
    assert asked.count == 1


def test_an_answer_about_credentials_of_before_does_not_count(acme, asked):
    with acme.scope():
        found = make_channel(KIND, credentials={"token": "old"})
    with acme.scope():
        Channel.objects.filter(pk=found.pk).update(credentials={"token": "new"})
    asked.answer = AUTH
    checking.check_now(found)
    assert fresh(acme, found).status == "active"


def test_a_platform_that_hangs_delays_no_other(acme, asked, monkeypatch):
    monkeypatch.setattr(checking, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(checking, "AT_ONCE", 2)

    async def hang(self):
        await asyncio.sleep(60)

    monkeypatch.setattr(_connectors["livechat"], "check", hang)
    with acme.scope():
        slow = [make_channel("livechat") for _ in range(4)]
        quick = make_channel(KIND)
    began = time.monotonic()
    found = asyncio.run(checking.ask_all([*slow, quick]))
    answers = {one.pk: answer for one, answer in found}
    assert time.monotonic() - began < 5
    assert answers[quick.pk] == {"ok": True}
    assert all(answers[one.pk].error_class == "transient" for one in slow)


def test_a_connector_that_breaks_its_contract_harms_nobody(acme, asked):
    with acme.scope():
        found = make_channel(KIND)
    asked.answer = RuntimeError("oops")
    assert check(acme) == 1
    assert fresh(acme, found).health["check"]["failures"] == 1


def test_replies_wait_for_the_fix_and_go_once(acme, telegram_bot):
    desk = telegram_desk(acme, telegram_bot)
    with acme.scope():
        Channel.objects.update(settings={"webhook_url": ""})
    telegram_bot.fault("unauthorized", count=None, methods="*")
    for number in range(3):
        desk.send(f"{number}")
    desk.deliver()
    run_workspace(acme.workspace.id)
    assert fresh(acme, desk.channel).status == "broken"
    assert desk.statuses() == ["queued"] * 3
    assert [level for level, _ in told(acme)] == ["critical"]
    telegram_bot.heal()
    check(acme)
    assert fresh(acme, desk.channel).status == "active"
    desk.deliver()
    assert telegram_bot.texts() == ["0", "1", "2"]
    assert [level for level, _ in told(acme)] == ["critical", "good"]


@pytest.mark.slow
def test_nothing_queued_is_lost_or_doubled_though_workers_die_meanwhile(acme, telegram_bot):
    desk = telegram_desk(acme, telegram_bot)
    with acme.scope():
        Channel.objects.update(settings={"webhook_url": ""})
    telegram_bot.fault("unauthorized", count=None, methods="*")
    for number in range(5):
        desk.send(f"{number}")
    workers = Workers()
    try:
        wait_for(lambda: fresh(acme, desk.channel).status == "broken", 30)
        # None of them holds a message now: a kill costs nothing that is on its way.
        wait_for(lambda: desk.statuses() == ["queued"] * 5, 30)
        for number in range(3):
            workers.kill(number, replace=True)
        telegram_bot.heal()
        check(acme)
        wait_for(lambda: desk.statuses() == ["sent"] * 5, 60)
    finally:
        workers.end()
    assert telegram_bot.texts() == [str(number) for number in range(5)]


def test_another_programs_webhook_is_noticed_and_taken_back(acme, telegram_bot, log_in):
    with acme.scope():
        found = connect_channel(
            kind="telegram", credentials={"token": telegram_bot.token}, by=acme.anna
        )
    telegram_bot.sandbox.http.post(
        f"/bot{telegram_bot.token}/setWebhook", json={"url": "https://other.example/hook"}
    )
    check(acme)
    told_of = fresh(acme, found).health["check"]
    assert (told_of["level"], bool(told_of["warning"])) == ("critical", True)
    admin = log_in(acme.anna)
    assert "Another program has taken" in admin.get(f"{acme.url}/channels/").text
    assert admin.post(f"{acme.url}/channels/{found.pk}/repair/").status_code == 303
    assert telegram_bot.state()["webhook"]["url"].endswith(f"/{found.key}/")
    check(acme)
    assert fresh(acme, found).health["check"]["warning"] == ""
    assert "Another program" not in admin.get(f"{acme.url}/channels/").text


def test_the_thread_says_that_replies_wait(acme, platform, log_in):
    platform()
    desk = plain_desk(acme)
    desk.send("Later")
    with acme.scope():
        Channel.objects.get().change_status("broken", reason="The token was revoked.")
        assert Message.objects.get(text="Later").status == "queued"
    page = log_in(acme.anna).get(f"{acme.url}/inbox/{desk.conversation.pk}/").text
    assert "has not been sending since" in page
    assert "Replies will go by themselves" in page
