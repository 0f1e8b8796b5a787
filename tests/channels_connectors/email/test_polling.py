"""Reading a mailbox over a real connection."""

import asyncio
import time

import pytest

from channels_connectors.email import polling
from channels_connectors.email.envelopes import unpack
from channels_connectors.errors import ConnectorError
from channels_connectors.types import InboundMessage, InboundStatus
from tests.live.conftest import eventually


def letters(connector, result):
    return [item for _, raw in result.envelopes for item in connector.parse(raw)]


@pytest.fixture
def quick(mailbox):
    """A connector whose questions wait no longer than a moment."""
    return mailbox.connector(poll_seconds=0.2)


async def test_a_new_mailbox_begins_now(mailbox, quick):
    mailbox.say("Old")
    first = await quick.poll("")
    assert first.envelopes == []
    mailbox.say("New", subject="Sofa", name="Мария")
    result = await quick.poll(first.cursor)
    (message,) = letters(quick, result)
    assert isinstance(message, InboundMessage)
    assert (message.text, message.payload["subject"]) == ("New", "Sofa")
    assert (message.chat_id, message.sender.name) == ("maria@example.com", "Мария")
    assert (await quick.poll(result.cursor)).envelopes == []


async def test_days_of_history_come_where_they_are_wanted(mailbox):
    for number in range(25):
        mailbox.say(f"Letter {number}")
    connector = mailbox.connector(poll_seconds=0.2, import_days=7)
    first = await connector.poll("")
    rest = await connector.poll(first.cursor)
    texts = [message.text for message in letters(connector, first) + letters(connector, rest)]
    assert texts == [f"Letter {number}" for number in range(25)]
    assert len(first.envelopes) == polling.MOST_LETTERS


async def test_what_lay_there_before_is_past_and_what_comes_meanwhile_is_not(mailbox):
    for number in range(22):
        mailbox.say(f"Old {number}")
    raw = f"From: {mailbox.address}\nTo: Maria <maria@example.com>\nSubject: Sofa\n\nWe have it"
    mailbox.deliver(raw.encode(), folder="Отправленные")
    connector = mailbox.connector(poll_seconds=0.2, import_days=7)
    first = await connector.poll("")
    mailbox.say("New")
    rest = await connector.poll(first.cursor)
    last = await connector.poll(rest.cursor)
    found = letters(connector, first) + letters(connector, rest) + letters(connector, last)
    assert [message.text for message in found if not message.is_past] == ["New"]
    assert len(found) == 24
    mailbox.say("Newer")
    (newer,) = letters(connector, await connector.poll(last.cursor))
    assert not newer.is_past


async def test_a_new_uidvalidity_brings_older_letters_as_past(mailbox, quick):
    raw = b"From: m@example.com\nMessage-ID: <1@example.com>\n\nOld"
    mailbox.deliver(raw, at=time.time() - 2 * 86400)
    cursor = (await quick.poll("")).cursor
    mailbox.control("settings", renumber=True)
    mailbox.say("New")
    found = letters(quick, await quick.poll(cursor))
    assert [(message.text, message.is_past) for message in found] == [("Old", True), ("New", False)]


async def test_idle_brings_a_letter_as_it_comes(mailbox):
    connector = mailbox.connector(poll_seconds=20)
    first = await connector.poll("")
    asked = asyncio.create_task(connector.poll(first.cursor))
    await eventually(lambda: mailbox.commands("IMAP IDLE"))
    began = time.monotonic()
    await asyncio.to_thread(mailbox.say, "Are you there?")
    (message,) = letters(connector, await asked)
    assert message.text == "Are you there?"
    assert time.monotonic() - began < 5


async def test_one_connection_serves_many_polls(mailbox, quick):
    cursor = ""
    for _ in range(3):
        cursor = (await quick.poll(cursor)).cursor
    assert len(mailbox.commands("IMAP LOGIN")) == 1


async def test_reading_marks_nothing_as_seen(mailbox, quick):
    cursor = (await quick.poll("")).cursor
    mailbox.say("Unread")
    await quick.poll(cursor)
    assert [letter["flags"] for letter in mailbox.folder("INBOX")] == [[]]


async def test_after_a_break_the_next_poll_goes_on(mailbox, quick):
    cursor = (await quick.poll("")).cursor
    mailbox.fault("imap_drop")
    with pytest.raises(ConnectorError) as caught:
        await quick.poll(cursor)
    assert caught.value.error_class == "transient"
    mailbox.say("Still here")
    assert [m.text for m in letters(quick, await quick.poll(cursor))] == ["Still here"]


async def test_a_new_uidvalidity_brings_the_last_days_under_the_same_keys(mailbox, quick):
    cursor = (await quick.poll("")).cursor
    mailbox.say("One")
    before = await quick.poll(cursor)
    mailbox.control("settings", renumber=True)
    after = await quick.poll(before.cursor)
    assert [key for key, _ in after.envelopes] == [key for key, _ in before.envelopes]
    assert (await quick.poll(after.cursor)).envelopes == []


async def test_a_letter_written_elsewhere_is_ours(mailbox, quick):
    cursor = (await quick.poll("")).cursor
    raw = f"From: {mailbox.address}\nTo: Maria <maria@example.com>\nSubject: Sofa\n\nFrom my phone"
    mailbox.deliver(raw.encode(), folder="Отправленные")
    (message,) = letters(quick, await quick.poll(cursor))
    assert (message.direction, message.chat_id) == ("outgoing", "maria@example.com")
    assert message.text == "From my phone"


async def test_our_own_copy_in_sent_only_says_that_it_went(mailbox, quick):
    cursor = (await quick.poll("")).cursor
    key = "0198f1c0-7c1b-7f0a-9a55-0f9f3c1d2b7a"
    raw = (
        f"From: {mailbox.address}\nTo: m@example.com\nMessage-ID: <{key}.tandem@example.org>\n\nHi"
    )
    mailbox.deliver(raw.encode(), folder="Отправленные")
    (status,) = letters(quick, await quick.poll(cursor))
    assert isinstance(status, InboundStatus)
    assert (status.status, status.client_reference) == ("sent", key)


async def test_a_mailbox_without_sent_is_read_too(mailbox, quick):
    mailbox.control("settings", sent=False)
    cursor = (await quick.poll("")).cursor
    mailbox.say("Hello")
    assert len((await quick.poll(cursor)).envelopes) == 1


async def test_of_a_huge_letter_only_the_head_is_fetched(mailbox, quick, monkeypatch):
    monkeypatch.setattr(polling, "LARGEST_LETTER", 2000)
    cursor = (await quick.poll("")).cursor
    mailbox.say("x" * 5000, subject="Drawings")
    result = await quick.poll(cursor)
    (message,) = letters(quick, result)
    assert message.payload["subject"] == "Drawings"
    assert message.payload["too_large"] > 5000
    assert not unpack(result.envelopes[0][1]).whole


async def test_another_folder_can_be_read(mailbox):
    error = mailbox.connector(folder="Nowhere")
    with pytest.raises(ConnectorError) as caught:
        await error.poll("")
    assert caught.value.error_class == "channel_auth"
