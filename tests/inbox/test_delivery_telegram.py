"""The outcomes of a send, against the Bot API's stand-in over HTTP; its journal is the ledger."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.redis import client
from events import types
from events.models import Event
from inbox.delivery.sweeping import due_conversations
from inbox.models import Message
from inbox.uploads import start_upload
from tests.inbox.delivering import telegram_desk
from tests.inbox.test_send_message import PNG
from tests.sandbox_server import wait_for
from workspaces.storage import absolute

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(acme, telegram_bot):
    return telegram_desk(acme, telegram_bot)


def seconds_until(moment):
    return (moment - timezone.now()).total_seconds()


def test_a_message_arrives_and_everybody_hears_of_it(desk, telegram_bot):
    message = desk.send("Yes, *plain* text")
    desk.deliver()
    assert telegram_bot.texts() == ["Yes, *plain* text"]
    stored = desk.fresh(message)
    (shown,) = telegram_bot.answers()
    assert stored.status == "sent"
    assert stored.external_id == f"{shown['chat']['id']}:{shown['message_id']}"
    assert stored.platform_order == shown["message_id"]
    assert stored.sent_at.timestamp() == shown["date"]
    assert (stored.lease_token, stored.error, stored.attempts) == (None, "", 1)
    assert desk.fresh(desk.conversation).last_message_status == "sent"
    with desk.acme.scope():
        event = Event.objects.get(action=types.MESSAGE_SENT)
        assert (event.subject_id, event.data["status"]) == (message.id, "sent")
        assert event.data["external_id"] == stored.external_id


def test_delivering_again_sends_nothing(desk):
    desk.send()
    desk.deliver()
    desk.deliver()
    assert len(desk.calls()) == 1


def test_a_file_and_an_answer_go_out(desk, telegram_bot):
    with desk.acme.scope():
        asked = Message.objects.create(
            conversation=desk.conversation,
            channel=desk.channel,
            direction="incoming",
            external_id=f"{telegram_bot.messages()[0]['chat']['id']}:"
            f"{telegram_bot.messages()[0]['message_id']}",
        )
        draft = start_upload(SimpleUploadedFile("cat.png", PNG), by=desk.acme.anna)
    desk.send("Look", attachments=[draft], reply_to=asked)
    desk.deliver()
    (shown,) = telegram_bot.answers()
    assert shown["caption"] == "Look"
    assert shown["reply_to_message"]["message_id"] == telegram_bot.messages()[0]["message_id"]


def test_a_long_text_becomes_several_messages_whose_ids_are_all_kept(desk, telegram_bot):
    message = desk.send("word " * 1500)
    desk.deliver()
    stored = desk.fresh(message)
    ids = [f"{shown['chat']['id']}:{shown['message_id']}" for shown in telegram_bot.answers()]
    assert len(ids) == 2
    assert (stored.external_id, stored.payload["external_ids"]) == (ids[0], ids)


def test_too_many_requests_waits_as_long_as_was_asked_and_sends_once(desk, telegram_bot):
    telegram_bot.fault("rate", retry_after=1)
    message = desk.send()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error_class) == ("queued", "rate")
    assert 0.5 < seconds_until(stored.next_attempt_at) <= 1.1
    assert "asks to wait" in stored.error
    desk.deliver()
    assert len(desk.calls()) == 1
    wait_for(lambda: desk.deliver() or desk.statuses() == ["sent"])
    assert [call["status"] for call in desk.calls()] == [429, 200]
    assert telegram_bot.texts() == ["Yes"]
    assert desk.fresh(message).error == ""


def test_too_many_requests_of_one_chat_leaves_the_others_alone(acme, telegram_bot):
    busy = telegram_desk(acme, telegram_bot)
    other = telegram_desk(acme, telegram_bot, chat=610_002)
    with acme.scope():
        other.conversation.channel = other.channel = busy.channel
        other.conversation.save()
    telegram_bot.fault("rate", retry_after=30)
    busy.send()
    busy.deliver()
    other.send()
    other.deliver()
    assert (busy.statuses(), other.statuses()) == (["queued"], ["sent"])


def test_a_platform_that_keeps_asking_to_wait_pauses_the_whole_channel(acme, telegram_bot):
    desks = [telegram_desk(acme, telegram_bot, chat=620_000 + number) for number in range(4)]
    telegram_bot.fault("rate", retry_after=30, count=3)
    for desk in desks:
        with acme.scope():
            desk.conversation.channel = desk.channel = desks[0].channel
            desk.conversation.save()
        desk.send()
        desk.deliver()
    assert len(desks[0].calls()) == 3
    with acme.scope():
        last = Message.objects.get(conversation=desks[3].conversation, direction="outgoing")
    assert (last.status, last.attempts) == ("queued", 0)
    assert 25 < seconds_until(last.next_attempt_at) <= 30


def test_a_customer_who_blocked_the_bot_is_marked_unreachable(desk, telegram_bot):
    telegram_bot.fault("blocked")
    message = desk.send()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error_class) == ("failed", "recipient_gone")
    assert "blocked the bot" in stored.error
    identity = desk.fresh(desk.conversation.identity)
    assert (identity.is_reachable, identity.unreachable_reason) == (False, stored.error)
    assert desk.actions() == [
        types.MESSAGE_QUEUED, types.IDENTITY_REACHABILITY_CHANGED, types.MESSAGE_FAILED,
    ]  # fmt: skip
    desk.deliver()
    assert len(desk.calls()) == 1


def test_a_server_error_is_tried_again_after_a_growing_pause(desk, telegram_bot):
    telegram_bot.fault("server", count=2)
    message = desk.send()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error_class, stored.attempts) == ("queued", "transient", 1)
    assert 0 < seconds_until(stored.next_attempt_at) <= 2
    desk.make_due()
    desk.deliver()
    assert desk.fresh(message).attempts == 2
    desk.make_due()
    desk.deliver()
    assert desk.statuses() == ["sent"]
    assert telegram_bot.texts() == ["Yes"]


@pytest.mark.parametrize(
    ("kind", "arrived"), [("gateway", 0), ("timeout_before", 0), ("timeout_after", 1)]
)
def test_a_break_after_the_bytes_left_is_unknown_and_never_resent(
    desk, telegram_bot, kind, arrived
):
    telegram_bot.fault(kind, seconds=0.2)
    message = desk.send()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.external_id) == ("unknown", None)
    assert "may have been delivered" in stored.error
    desk.deliver()
    assert due_conversations() == []
    assert len(desk.calls()) == 1
    assert len(telegram_bot.texts()) == arrived
    assert desk.actions() == [types.MESSAGE_QUEUED, types.MESSAGE_UNCERTAIN]
    desk.send("Next")
    desk.deliver()
    assert desk.statuses() == ["unknown", "sent"]


def test_nothing_listening_is_tried_again_for_a_day_and_then_fails(desk, settings):
    settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
    message = desk.send()
    desk.deliver()
    assert desk.fresh(message).error_class == "transient"
    assert desk.statuses() == ["queued"]
    with desk.acme.scope():
        Message.objects.update(next_attempt_at=None, queued_at=timezone.now() - timedelta(hours=25))
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error) == (
        "failed", "The platform could not be reached for a day.",
    )  # fmt: skip


def test_a_refused_token_breaks_the_channel_and_holds_its_messages(desk, telegram_bot):
    number = telegram_bot.token.partition(":")[0]
    with desk.acme.scope():
        desk.channel.credentials = {"token": f"{number}:revoked{'A' * 28}"}
        desk.channel.save()
    message = desk.send()
    desk.deliver()
    channel = desk.fresh(desk.channel)
    assert channel.status == "broken"
    assert "does not accept the bot’s token" in channel.status_reason
    assert (desk.statuses(), desk.fresh(message).error_class) == (["queued"], "channel_auth")
    desk.send("Second")
    desk.deliver()
    assert due_conversations() == []
    with desk.acme.scope():
        channel.credentials = {"token": telegram_bot.token}
        channel.save()
        channel.change_status("active", by=desk.acme.anna)
    assert due_conversations() == [(desk.acme.workspace.id, desk.conversation.id)]
    desk.deliver()
    assert telegram_bot.texts() == ["Yes", "Second"]
    with desk.acme.scope():
        assert Event.objects.filter(action=types.CHANNEL_STATUS_CHANGED).count() == 2


def test_a_message_the_platform_refuses_fails_with_its_reason(desk, telegram_bot):
    with desk.acme.scope():
        draft = start_upload(SimpleUploadedFile("cat.png", PNG), by=desk.acme.anna)
        message = desk.send("Look", attachments=[draft])
    absolute(draft.path).unlink()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error_class) == ("failed", "bad_content")
    assert stored.error == "A file of this message is missing."
    assert desk.calls("sendPhoto") == []


def test_losing_redis_does_not_stop_a_reply(desk, telegram_bot):
    desk.send()
    client().flushdb()
    assert due_conversations() == [(desk.acme.workspace.id, desk.conversation.id)]
    desk.deliver()
    assert telegram_bot.texts() == ["Yes"]
