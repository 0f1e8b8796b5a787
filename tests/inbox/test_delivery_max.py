"""Troubles between us and MAX, against the stand-in over HTTP: what becomes of the message, when it
is tried again, what the agent reads, and by the journal that nothing is sent twice."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.max import errors, sending
from core.redis import client
from inbox.delivery.sweeping import due_conversations
from inbox.models import Message
from inbox.uploads import start_upload
from tests.cast import make_channel, make_conversation
from tests.inbox.delivering import Desk
from tests.inbox.test_send_message import PNG
from tests.sandbox_max import MARIA

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(acme, max_bot, monkeypatch):
    """An agent's desk with Maria, who has started the bot."""
    monkeypatch.setattr(sending, "PART_PAUSE", 0)
    monkeypatch.setattr(sending, "READY_PAUSES", (0.01,))
    chat = max_bot.start()
    with acme.scope():
        channel = make_channel("max", credentials={"token": max_bot.token})
        return Desk(acme, channel, make_conversation(channel, chat=str(chat)), max_bot)


def seconds_until(moment):
    return None if moment is None else (moment - timezone.now()).total_seconds()


def read(words):
    return ConnectorError("transient", words).msgid


FAULTS = [
    # fault, status, seconds until the next try (least, most), words, whether it arrived
    ({"kind": "rate", "retry_after": "7"}, "queued", (5, 7), errors.TOO_OFTEN, False),
    ({"kind": "rate"}, "queued", (0, 1), errors.TOO_OFTEN, False),
    ({"kind": "server"}, "queued", (0, 2), errors.UNAVAILABLE, False),
    ({"kind": "unavailable"}, "queued", (0, 2), errors.UNAVAILABLE, False),
    ({"kind": "down"}, "queued", (0, 2), errors.UNAVAILABLE, False),
    ({"kind": "gateway"}, "unknown", None, errors.MAYBE_SENT, False),
    ({"kind": "timeout_before", "seconds": 0.1}, "unknown", None, errors.MAYBE_SENT, False),
    ({"kind": "timeout_after", "seconds": 0.1}, "unknown", None, errors.MAYBE_SENT, True),
    ({"kind": "auth"}, "queued", None, errors.TOKEN_REFUSED, False),
    ({"kind": "denied"}, "failed", None, errors.STOPPED, False),
    ({"kind": "error", "code": "proto.payload"}, "failed", None, errors.REFUSED, False),
]


@pytest.mark.parametrize(("fault", "status", "wait", "words", "arrived"), FAULTS)
def test_each_trouble_has_its_own_end(desk, max_bot, fault, status, wait, words, arrived):
    max_bot.fault(**fault)
    message = desk.send("Да, есть")
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error) == (status, read(words))
    left = seconds_until(stored.next_attempt_at)
    if wait is None:
        assert left is None
    else:
        least, most = wait
        assert least <= left + 0.5
        assert left <= most + 0.5
    assert len(max_bot.journal("sendMessage")) == 1
    assert max_bot.texts() == (["Да, есть"] if arrived else [])


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [
        ({"kind": "rate", "retry_after": "1"}, True),
        ({"kind": "server"}, True),
        ({"kind": "down"}, True),
        ({"kind": "gateway"}, False),
        ({"kind": "timeout_after", "seconds": 0.1}, True),
        ({"kind": "timeout_before", "seconds": 0.1}, False),
        ({"kind": "denied"}, False),
    ],
)
def test_however_often_it_is_tried_it_arrives_once_at_most(desk, max_bot, fault, arrives):
    max_bot.fault(**fault)
    desk.send("Да, есть")
    for _ in range(4):
        desk.deliver()
        desk.make_due()
        forget_limits()
    assert max_bot.texts() == (["Да, есть"] if arrives else [])
    sent = [
        call for call in max_bot.journal("sendMessage") if call["status"] == 200 and call["mid"]
    ]
    assert len(sent) == (1 if arrives else 0)


def forget_limits():
    """As if the waiting time of the chat and the channel had passed."""
    client().flushdb()


def test_a_refused_token_stops_the_channel_and_keeps_what_is_queued(desk, max_bot):
    max_bot.fault("auth")
    message = desk.send("Раз")
    desk.deliver()
    channel = desk.fresh(desk.channel)
    assert (channel.status, channel.status_reason) == ("broken", read(errors.TOKEN_REFUSED))
    assert desk.fresh(message).status == "queued"
    assert due_conversations() == []


def test_who_stopped_the_bot_is_marked_as_out_of_reach(desk, max_bot):
    max_bot.control("stops", person=MARIA)
    desk.send("Ау")
    desk.deliver()
    with desk.acme.scope():
        identity = desk.fresh(desk.conversation).identity
    assert (identity.is_reachable, identity.unreachable_reason) == (False, read(errors.STOPPED))


def test_a_file_that_is_processed_for_long_is_sent_once_in_the_end(desk, max_bot, monkeypatch):
    monkeypatch.setattr(sending, "READY_SECONDS", 0.03)
    max_bot.fault("not_ready", count=None)
    with desk.acme.scope():
        draft = start_upload(SimpleUploadedFile("cat.png", PNG), by=desk.acme.anna)
    message = desk.send("Вот", attachments=[draft])
    desk.deliver()
    assert (desk.fresh(message).status, desk.fresh(message).error) == (
        "queued",
        read(errors.NOT_READY),
    )
    max_bot.control("faults", verb="DELETE")
    desk.make_due()
    desk.deliver()
    assert (desk.fresh(message).status, max_bot.texts()) == ("sent", ["Вот"])


def test_several_files_are_one_message_of_ours_with_all_its_ids(desk, max_bot):
    with desk.acme.scope():
        drafts = [
            start_upload(SimpleUploadedFile(name, content), by=desk.acme.anna)
            for name, content in (("cat.png", PNG), ("a.txt", b"text"), ("b.txt", b"text"))
        ]
    message = desk.send("Смотрите", attachments=drafts)
    desk.deliver()
    stored = desk.fresh(message)
    mids = [answer["body"]["mid"] for answer in max_bot.answers()]
    assert len(mids) == 3
    assert (stored.external_id, stored.payload["external_ids"]) == (mids[0], mids)
    with desk.acme.scope():
        assert Message.objects.filter(direction="outgoing").count() == 1
