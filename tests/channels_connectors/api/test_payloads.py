"""What the other system posts, and what it says."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels_connectors.api.fields import Wrong
from channels_connectors.api.payloads import dedup_key, parse, read
from channels_connectors.errors import ParkedPayload
from channels_connectors.types import (
    InboundDelete,
    InboundEdit,
    InboundProfile,
    InboundReachability,
    InboundReaction,
    InboundStatus,
    InboundTyping,
    Person,
)

PAYLOADS = Path(__file__).parent / "payloads"
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def raw(name):
    return (PAYLOADS / f"{name}.json").read_bytes()


def one(name):
    (item,) = parse(raw(name))
    return item


def posted(**item):
    whole = {"type": "message", "id": "1", "chat": "c", "text": "x", **item}
    return parse(json.dumps(whole).encode())[0]


def complaint(**item):
    with pytest.raises(ParkedPayload) as caught:
        posted(**item)
    return caught.value.reason


def test_a_text_comes_with_who_when_and_from_where():
    message = one("text")
    assert (message.chat_id, message.external_id, message.order) == ("c-7", "m-1", 1)
    assert (message.kind, message.text) == ("text", "Есть 44 размер? 👍")
    assert message.sent_at == AT
    assert message.sender == Person(
        external_id="c-7",
        name="Мария Петрова",
        username="maria",
        language="ru",
        phone="+79161234567",
        email="maria@example.com",
    )
    assert message.entities == [{"type": "bold", "offset": 5, "length": 2}]
    assert message.referral == {"source": "landing", "ref": "ad_7"}


def test_a_group_has_a_name_and_many_senders():
    message = one("group")
    assert (message.chat_id, message.chat_name, message.sender.external_id) == (
        "g-1",
        "Клуб",
        "c-9",
    )
    assert (message.reply_to, message.sent_at.year) == ("m-1", 2026)


def test_what_the_company_says_elsewhere_is_outgoing():
    message = one("outgoing")
    assert (message.direction, message.sender) == ("outgoing", None)


def test_files_come_by_address_or_inside():
    image, invoice = one("files").attachments
    assert (image.kind, image.mime, image.width, image.size) == ("image", "image/png", 1, 70)
    assert (invoice.kind, invoice.reference) == ("file", {"url": "https://files.example/5.pdf"})
    assert one("files").group_key == "album-1"
    (voice,) = one("voice").attachments
    assert (one("voice").kind, voice.mime, voice.duration) == ("voice", "audio/ogg", 7)


@pytest.mark.parametrize(
    ("name", "kind", "payload"),
    [
        ("location", "location", {"latitude": 55.75, "longitude": 37.61, "title": "Магазин"}),
        ("contact", "contact", {"phone": "+79161234567", "name": "Анна"}),
        ("button", "text", {"button": "buy"}),
        ("order", "order", {"order": "501"}),
    ],
)
def test_other_kinds_bring_what_draws_them(name, kind, payload):
    assert (one(name).kind, one(name).payload) == (kind, payload)


def test_changes_name_their_message():
    assert one("edit") == InboundEdit("c-7", "m-1", AT, text="Есть 46?")
    assert one("delete") == InboundDelete("c-7", ("m-1", "m-2"), AT)
    assert one("reaction") == InboundReaction("c-7", "m-3", Person("c-7"), ("👍",), AT)
    ours = "0198f0a0-0000-7000-8000-000000000001"
    assert one("delivered") == InboundStatus(ours, "delivered", AT, client_reference=ours)
    failed = one("failed")
    assert (failed.status, failed.error_class, failed.error) == (
        "failed",
        "recipient_gone",
        "Номер отключён.",
    )


def test_news_of_people():
    assert one("typing") == InboundTyping("c-7")
    assert one("reachability") == InboundReachability("c-7", False, None, "unsubscribed")
    assert one("profile") == InboundProfile(
        "c-7", Person("c-7", name="Мария Сидорова", phone="+79161234568")
    )


def test_a_list_is_read_in_its_order():
    assert [type(item).__name__ for item in parse(raw("several"))] == [
        "InboundMessage",
        "InboundMessage",
        "InboundTyping",
    ]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"type": "pigeon"}, "items[0].type: must be one of"),
        ({"type": None}, "items[0].type: must be a text"),
        ({"id": None}, "items[0].id: must be a text"),
        ({"id": ""}, "items[0].id: must not be empty"),
        ({"id": "x" * 251}, "items[0].id: must have at most 250"),
        ({"chat": None}, "items[0].chat: must be a text"),
        ({"chat": {"name": "x"}}, "items[0].chat.id: must be a text"),
        ({"text": ""}, "items[0].text: a message needs"),
        ({"text": 5}, "items[0].text: must be a text"),
        ({"kind": "pigeon"}, "items[0].kind: must be one of"),
        ({"direction": "up"}, "items[0].direction: must be one of"),
        ({"sent_at": "yesterday"}, "items[0].sent_at: must be a time"),
        ({"sent_at": "2026-11-23T12:00:00"}, "items[0].sent_at: must be a time"),
        ({"sent_at": 1e300}, "items[0].sent_at: must be a time"),
        ({"sent_at": True}, "items[0].sent_at: must be a time"),
        ({"order": -1}, "items[0].order: must be a whole number"),
        ({"from": "Maria"}, "items[0].from: not an object"),
        ({"entities": [{"type": "bold", "offset": 0, "length": 9}]}, "must lie within the text"),
        ({"entities": [{"type": "blink"}]}, "items[0].entities[0].type: must be one of"),
        ({"attachments": [{"kind": "file"}]}, "attachments[0].url: a file needs either"),
        ({"attachments": [{"url": "ftp://x"}]}, "must begin with https://"),
        ({"attachments": [{"data": "%%%"}]}, "attachments[0].data: is not base64"),
        ({"attachments": [{}] * 21}, "attachments: must be a list of at most 20"),
        ({"location": {"latitude": 91, "longitude": 0}}, "is not a place on Earth"),
        ({"location": {"latitude": "1", "longitude": 0}}, "must be a number"),
        ({"contact": {"name": "x"}}, "contact.phone: must be a text"),
        ({"payload": []}, "items[0].payload: must be an object"),
        ({"type": "edit", "message": "1"}, "items[0].at: must be a time"),
        ({"type": "delete", "at": 1}, "items[0].message: must be a text"),
        ({"type": "delete", "at": 1, "messages": [5]}, "messages: must be a list of texts"),
        ({"type": "status", "message": "1", "status": "lost"}, "items[0].status: must be one of"),
        ({"type": "status", "message": "1", "status": "failed"}, "items[0].error: must be a text"),
        ({"type": "reachability"}, "items[0].reachable: must be true or false"),
        ({"type": "profile"}, "items[0].person: not an object"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(item, words):
    assert words in complaint(**item)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"5", b"[5]", b"[" * 9000, b"\xff"])
def test_what_is_no_list_of_items_is_told_too(body):
    with pytest.raises(Wrong):
        read(body)


def test_at_most_a_hundred_items_go_together():
    item = {"type": "typing", "chat": "c"}
    assert len(parse(json.dumps([item] * 100).encode())) == 100
    with pytest.raises(ParkedPayload, match="1 to 100"):
        parse(json.dumps([item] * 101).encode())


def test_items_are_told_apart_by_their_ids():
    def key(*items, moment=b"1"):
        return dedup_key(read(json.dumps(items).encode())[1], moment)

    message = {"type": "message", "id": "1", "chat": "c", "text": "x"}
    edit = {"type": "edit", "id": "1", "chat": "c", "message": "1", "at": 1}
    assert key(message) == key(message, moment=b"2") == key({**message, "text": "y"})
    assert len({key(message), key(edit), key(message, edit), key({**message, "id": "2"})}) == 4
    typing = {"type": "typing", "chat": "c"}
    # Without an id it is a new one each time that it is signed.
    assert key(typing) == key(typing)
    assert key(typing) != key(typing, moment=b"2")
