"""Entering an account again, holding its replies back, and who may use it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from channels_connectors.models import Channel
from events.models import Event
from inbox.connections import connect_channel, disconnect_channel
from inbox.models import Conversation
from inbox.reconnecting import pause_channel, reconnect_channel, resume_channel, set_access
from tests.cast import make_conversation
from tests.inbox.delivering import telegram_desk


@pytest.fixture
def bot(acme, telegram_bot):
    with acme.scope():
        return connect_channel(
            kind="telegram", credentials={"token": telegram_bot.token}, by=acme.anna
        )


@pytest.fixture
def admin(acme, log_in):
    return log_in(acme.anna)


def fresh(acme, channel):
    with acme.scope():
        return Channel.objects.get(pk=channel.pk)


def new_token(telegram_bot):
    """The same bot's, as BotFather gives it after /revoke."""
    return f"{telegram_bot.id}:AAF{'n' * 32}"


def test_a_new_token_of_the_same_bot_is_taken_and_the_history_stays(acme, bot, telegram_bot):
    with acme.scope():
        conversation = make_conversation(bot)
        bot.change_status("broken", reason="The token was revoked.")
        again = reconnect_channel(bot, credentials={"token": new_token(telegram_bot)}, by=acme.anna)
        assert (again.pk, again.status, again.key) == (bot.pk, "active", bot.key)
        assert again.credentials["token"] == new_token(telegram_bot)
        assert again.credentials["secret_token"]
        conversation.refresh_from_db()
        assert conversation.channel_id == again.pk


@pytest.mark.parametrize("is_connected", [True, False])
def test_another_bots_token_is_refused_with_words(acme, bot, telegram_bot, is_connected):
    other = telegram_bot.sandbox.bot()
    with acme.scope():
        if not is_connected:
            disconnect_channel(bot, by=acme.anna)
            bot.refresh_from_db()
        with pytest.raises(ValidationError) as refusal:
            reconnect_channel(bot, credentials={"token": other.token}, by=acme.anna)
    assert "another account" in refusal.value.messages[0]
    assert bot.name in refusal.value.messages[0]
    assert telegram_bot.sandbox.journal(bot=other.id, method="setWebhook") == []
    assert fresh(acme, bot).external_id == str(telegram_bot.id)


def test_a_token_that_is_refused_changes_nothing(acme, bot, telegram_bot, admin):
    telegram_bot.sandbox.bot(new_token(telegram_bot)).fault("unauthorized", methods="*")
    answer = admin.post(
        f"{acme.url}/channels/{bot.pk}/connection/", {"token": new_token(telegram_bot)}
    )
    assert answer.status_code == 422
    assert "does not accept the bot" in answer.text
    assert fresh(acme, bot).credentials["token"] == telegram_bot.token


def test_a_wrong_account_that_shows_only_afterwards_is_let_go(acme, bot, telegram_bot, monkeypatch):
    from channels_connectors.registry import connector_class

    other = telegram_bot.sandbox.bot()
    monkeypatch.setattr(connector_class("telegram"), "account_id", lambda self: "")
    with acme.scope(), pytest.raises(ValidationError) as refusal:
        reconnect_channel(bot, credentials={"token": other.token}, by=acme.anna)
    assert refusal.value.code == "other_account"
    assert other.state()["webhook"]["url"] == ""


def test_sending_is_paused_and_goes_on(acme, telegram_bot):
    desk = telegram_desk(acme, telegram_bot)
    with acme.scope():
        pause_channel(desk.channel, by=acme.anna)
    desk.send("Held back")
    desk.deliver()
    assert desk.statuses() == ["queued"]
    with acme.scope():
        resume_channel(desk.channel, by=acme.anna)
    desk.deliver()
    assert desk.statuses() == ["sent"]


def test_pausing_twice_is_once_and_leaves_nothing_disconnected_alive(acme, bot):
    with acme.scope():
        pause_channel(bot, by=acme.anna)
        pause_channel(bot, by=acme.anna)
        disconnect_channel(bot, by=acme.anna)
        pause_channel(bot, by=acme.anna)
        resume_channel(bot, by=acme.anna)
    assert fresh(acme, bot).status == "disconnected"
    with acme.scope():
        assert Event.objects.filter(action="channel.status_changed").count() == 2


def test_reconnecting_a_paused_channel_keeps_it_paused(acme, bot, telegram_bot):
    with acme.scope():
        pause_channel(bot, by=acme.anna)
        reconnect_channel(bot, credentials={"token": new_token(telegram_bot)}, by=acme.anna)
    assert fresh(acme, bot).status == "paused"


def test_only_the_listed_members_see_a_restricted_channel(acme, bot):
    with acme.scope():
        conversation = make_conversation(bot)
        set_access(bot, [acme.boris], by=acme.anna)
        seen = Conversation.objects.visible_to
        assert conversation in seen(acme.boris)
        assert conversation in seen(acme.anna)
        assert conversation not in seen(acme.vera)
        set_access(bot, [acme.vera], by=acme.anna)
        assert conversation in seen(acme.vera)
        assert conversation not in seen(acme.boris)
        set_access(bot, None, by=acme.anna)
        assert conversation in seen(acme.boris)
        set_access(bot, None, by=acme.anna)
    with acme.scope():
        assert Event.objects.filter(data__changed=["access"]).count() == 3


def test_nobody_but_admins_does_any_of_this(acme, rival, bot, log_in):
    with acme.scope():
        for call in (
            lambda: pause_channel(bot, by=acme.boris),
            lambda: resume_channel(bot, by=acme.boris),
            lambda: set_access(bot, None, by=acme.boris),
            lambda: reconnect_channel(bot, by=acme.boris),
        ):
            with pytest.raises(PermissionDenied):
                call()
    for name in ("pause", "resumption", "repair", "check"):
        path = f"/channels/{bot.pk}/{name}/"
        assert log_in(acme.boris).post(acme.url + path).status_code == 403
        assert log_in(rival.rita).post(rival.url + path).status_code == 404
        assert log_in(acme.anna).get(acme.url + path).status_code == 405


def test_pages_show_the_pause_and_end_it(acme, admin, bot):
    admin.post(f"{acme.url}/channels/{bot.pk}/pause/")
    page = admin.get(f"{acme.url}/channels/").text
    assert "Paused since" in page
    assert "replies are held back" in page
    admin.post(f"{acme.url}/channels/{bot.pk}/resumption/")
    assert fresh(acme, bot).status == "active"


def test_a_stored_secret_never_comes_to_the_browser(acme, admin, bot, telegram_bot):
    for path in ("", "connection/", "setup/check/", "setup/people/"):
        page = admin.get(f"{acme.url}/channels/{bot.pk}/{path}")
        assert page.status_code == 200
        assert telegram_bot.token not in page.text
        assert bot.credentials["secret_token"] not in page.text
