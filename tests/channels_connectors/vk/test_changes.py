"""What is done with messages that are there, against the sandbox over real HTTP."""

import asyncio
import time
import uuid

import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment, OutboundMessage
from channels_connectors.vk import words
from channels_connectors.vk.reactions import EMOJIS, emoji, reaction_id
from tests.sandbox_vk import MARIA

OURS = f"{MARIA}:2"


@pytest.fixture
def chat(connector, vk_community):
    """Maria has written, and has our answer with a file."""
    vk_community.say("Здравствуйте")
    answer(vk_community, "Да, есть")
    return vk_community


def answer(community, text, **facts):
    facts = {"peer_ids": MARIA, "random_id": time.monotonic_ns() % 2**31, **facts}
    return community.call("messages.send", message=text, **facts)


def edit(connector, text="Да, есть 44", external_id=OURS, **facts):
    message = OutboundMessage(str(MARIA), uuid.uuid4(), text=text, **facts)
    asyncio.run(connector.edit((external_id,), message))


def refused(call):
    with pytest.raises(ConnectorError) as caught:
        call()
    return caught.value


def test_an_edit_replaces_the_text(connector, chat):
    edit(connector)
    (shown,) = chat.answers()
    assert (shown["text"], "update_time" in shown) == ("Да, есть 44", True)
    # A repetition is as good as the first.
    edit(connector)
    assert chat.texts() == ["Да, есть 44"]


def test_an_edit_keeps_the_files_that_the_message_has(connector, chat, sandbox, tmp_path):
    place = chat.call("docs.getMessagesUploadServer", peer_id=MARIA, type="doc")["response"]
    files = {"file": ("счёт.pdf", b"%PDF-", "application/pdf")}
    told = sandbox.http.post(place["upload_url"], files=files).json()
    doc = chat.call("docs.save", file=told["file"], title="Счёт.pdf")["response"]["doc"]
    name = f"doc{doc['owner_id']}_{doc['id']}_{doc['access_key']}"
    answer(chat, "Вот счёт", attachment=name)
    edit(connector, "Вот новый счёт", f"{MARIA}:3")
    shown = chat.answers()[-1]
    assert (shown["text"], len(shown["attachments"])) == ("Вот новый счёт", 1)
    assert shown["attachments"][0]["doc"]["id"] == doc["id"]
    # The same files again are not uploaded again; others replace them.
    path = tmp_path / "x"
    path.write_bytes(b"%PDF-")
    file = OutboundAttachment("file", "Счёт.pdf", "application/pdf", path)
    edit(connector, "Вот", f"{MARIA}:3", attachments=(file,))
    assert chat.answers()[-1]["attachments"][0]["doc"]["id"] == doc["id"]
    edit(connector, "Оба", f"{MARIA}:3", attachments=(file, file))
    assert len(chat.answers()[-1]["attachments"]) == 2
    assert len(chat.journal("docs.getMessagesUploadServer")) == 2


@pytest.mark.parametrize(
    ("text", "external_id", "expected"),
    [
        ("", OURS, words.EMPTY),
        ("x" * 4097, OURS, words.TOO_LONG),
        ("Да", f"{MARIA}:99", words.UNCHANGEABLE),
        ("Да", f"{MARIA}:1", words.UNCHANGEABLE),
        ("Да", f"{MARIA}:button-e1", words.UNCHANGEABLE),
    ],
)
def test_what_cannot_be_edited_is_said(connector, chat, text, external_id, expected):
    error = refused(lambda: edit(connector, text, external_id))
    assert (error.error_class, error.words) == ("bad_content", expected)
    assert chat.texts() == ["Да, есть"]


@pytest.mark.parametrize(("code", "method"), [(909, "messages.edit"), (924, "messages.delete")])
def test_after_a_day_nothing_can_be_changed(connector, chat, code, method):
    chat.fault("error", code=code, methods=method)
    call = connector.delete(str(MARIA), (OURS,))
    error = refused(lambda: edit(connector) if method == "messages.edit" else asyncio.run(call))
    call.close()
    assert (error.error_class, error.words) == ("bad_content", words.UNCHANGEABLE)


def test_a_deleted_message_is_gone_for_the_customer_too(connector, chat):
    for _ in range(2):  # what is gone already counts as deleted
        asyncio.run(connector.delete(str(MARIA), (OURS,)))
        assert chat.answers() == []
    (call, _again) = chat.journal("messages.delete")
    assert call["parameters"]["delete_for_all"] == "1"


def test_the_customers_own_message_cannot_be_deleted(connector, chat):
    error = refused(lambda: asyncio.run(connector.delete(str(MARIA), (f"{MARIA}:1",))))
    assert (error.error_class, error.words) == ("bad_content", words.UNCHANGEABLE)


def test_reading_reaches_up_to_the_message(connector, chat):
    def read():
        return chat.state()["chats"][0]["read"]

    chat.say("Ещё вопрос")
    asyncio.run(connector.mark_read(str(MARIA), f"{MARIA}:1"))
    assert read() == 1
    asyncio.run(connector.mark_read(str(MARIA), f"{MARIA}:button-e1"))
    assert read() == 3


def test_a_reaction_is_put_and_taken_back(connector, chat):
    def reaction():
        return chat.messages()[0].get("reaction_id")

    asyncio.run(connector.react(str(MARIA), f"{MARIA}:1", "👍"))
    assert reaction() == 4
    asyncio.run(connector.react(str(MARIA), f"{MARIA}:1", "❤\ufe0f"))
    assert reaction() == 1
    asyncio.run(connector.react(str(MARIA), f"{MARIA}:1", ""))
    assert reaction() is None
    error = refused(lambda: asyncio.run(connector.react(str(MARIA), f"{MARIA}:1", "🦄")))
    assert (error.error_class, error.words) == ("bad_content", words.NO_REACTION)


def test_reactions_and_emoji_are_the_same_both_ways():
    assert [reaction_id(emoji(number)) for number in range(1, 17)] == list(range(1, 17))
    assert len(set(EMOJIS)) == 16
    assert (emoji(0), emoji(64), reaction_id("🦄")) == ("✨", "✨", None)


def test_a_lost_key_is_told_by_every_gesture(make_connector, chat):
    connector = make_connector({"token": "vk1.a.revokedrevokedrevoked"})
    for call in (
        connector.delete(str(MARIA), (OURS,)),
        connector.react(str(MARIA), OURS, "👍"),
        connector.mark_read(str(MARIA), OURS),
        connector.send_typing(str(MARIA)),
    ):
        assert refused(lambda call=call: asyncio.run(call)).error_class == "channel_auth"
    assert refused(lambda: edit(connector)).error_class == "channel_auth"
