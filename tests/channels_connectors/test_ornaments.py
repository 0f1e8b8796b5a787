"""What the customer wrote is shown, whatever becomes of the rest of the body."""

import copy
import json
from datetime import UTC, datetime

import pytest

from channels_connectors.errors import ParkedPayload
from channels_connectors.ornaments import Unread
from channels_connectors.types import InboundMessage
from inbox.sorter.arrivals import arrival, change
from tests.channels_connectors.mutations import places
from tests.channels_connectors.test_contract import make_connector, payloads

NOW = datetime(2026, 11, 28, tzinfo=UTC)
WRONG = (None, "x", [], {}, -1, 2**63, 1e300, True, [None], {"x": 1})
# Without these nobody knows which message it is, whose, or in which chat.
ESSENTIAL = {
    "telegram": {
        "chat",
        "chat.id",
        "chat.type",
        "from",
        "from.id",
        "sender_chat",
        "sender_chat.id",
        "message_id",
        "message_thread_id",
        "business_connection_id",
    },
    "vk": {
        "conversation_message_id",
        "peer_id",
        "from_id",
        "user_id",
        "id",
        "lead_id",
        "event_id",
    },
    "whatsapp": {"id", "from", "to"},
    "max": {
        "body",
        "body.mid",
        "recipient",
        "recipient.chat_id",
        "recipient.user_id",
        "sender",
        "sender.user_id",
    },
}
# Where a body holds its message.
MESSAGES = {
    "telegram": ("message", "channel_post", "business_message"),
    "vk": ("object.message", "object"),
    "whatsapp": ("entry.0.changes.0.value.messages.0",),
    "max": ("message",),
}


def at(document, way):
    """What stands at a place; None where there is no such place."""
    for key in way:
        try:
            document = document[int(key) if isinstance(document, list) else key]
        except (LookupError, TypeError, ValueError):
            return None
    return document


def replaced(document, way, value):
    """The document with another value in one place; "drop" takes the place out."""
    changed = copy.deepcopy(document)
    parent = at(changed, way[:-1])
    if value == "drop":
        del parent[way[-1]]
    else:
        parent[way[-1]] = value
    return changed


def said(connector, document):
    """The messages in a body, or None where it is parked."""
    try:
        items = connector.parse(json.dumps(document).encode())
    except ParkedPayload:
        return None
    return [item for item in items if isinstance(item, InboundMessage)]


def recorded(kind, connector):
    """`(name, document, way to the message)` of bodies with one message that says something."""
    for path in payloads(kind):
        try:
            document = json.loads(path.read_bytes())
        except ValueError:
            continue
        for told in MESSAGES[kind]:
            way = tuple(int(key) if key.isdigit() else key for key in told.split("."))
            if isinstance(at(document, way), dict):
                found = said(connector, document)
                if found and len(found) == 1 and found[0].text:
                    yield path.name, document, way
                break


@pytest.mark.parametrize("kind", ESSENTIAL)
def test_no_ornament_hides_a_message(kind):
    connector, checked = make_connector(kind), 0
    for name, document, way in recorded(kind, connector):
        if kind == "max" and name == "forward_without_body.json":
            continue  # it has no id but that of what it forwards
        message = at(document, way)
        for place in places(message):
            if ".".join(map(str, place)) in ESSENTIAL[kind]:
                continue
            for wrong in (*WRONG, "drop"):
                changed = replaced(document, (*way, *place), wrong)
                found = said(connector, changed)
                assert found, f"{name}: {place} = {wrong!r}"
                for item in found:
                    assert arrival(item, NOW).external_id == item.external_id
                checked += 1
    assert checked > 500


PLACE = {"type": "point", "coordinates": {"latitude": "north", "longitude": 37.6}}


@pytest.mark.parametrize(
    ("kind", "name", "part", "wrong", "unread"),
    [
        ("vk", "text", "geo", PLACE, {"geo": [PLACE]}),
        ("vk", "text", "geo", "Moscow", {"geo": ["Moscow"]}),
        ("vk", "text", "attachments", [{"type": "photo", "photo": {"sizes": 5}}], None),
        (
            "vk",
            "text",
            "fwd_messages",
            [{"from_id": "x"}, 7],
            {"from_id": ["x"], "fwd_messages": [7]},
        ),
        ("vk", "text", "reply_message", [1], {"reply_message": [[1]]}),
        ("vk", "text", "date", "yesterday", {"date": ["yesterday"]}),
        ("telegram", "text", "entities", [{"type": "bold"}], {"entities": [{"type": "bold"}]}),
        ("telegram", "text", "forward_origin", [1], {"forward_origin": [[1]]}),
        ("telegram", "text", "reply_to_message", {"x": 1}, {"reply_to_message": [{"x": 1}]}),
        ("telegram", "text", "date", None, {"date": [None]}),
        ("max", "text", "link", {"type": "forward", "message": 5}, None),
        ("max", "text", "timestamp", "now", {"timestamp": ["now"]}),
    ],
)
def test_what_cannot_be_read_is_kept_beside_the_words(kind, name, part, wrong, unread):
    connector = make_connector(kind)
    document = json.loads(next(p for p in payloads(kind) if p.stem == name).read_bytes())
    way = next(way.split(".") for way in MESSAGES[kind] if at(document, way.split(".")))
    [whole] = said(connector, document)
    [shown] = said(connector, replaced(document, (*way, part), wrong))
    assert (shown.text, shown.external_id) == (whole.text, whole.external_id)
    told = shown.payload["unread"]
    assert told == unread if unread else told


@pytest.mark.parametrize(
    ("kind", "name", "way"),
    [
        ("telegram", "edited_text", ("edited_message", "edit_date")),
        ("vk", "message_edit", ("object", "update_time")),
        ("max", "edited", ("timestamp",)),
        ("whatsapp", "edit", ("entry", 0, "changes", 0, "value", "messages", 0, "timestamp")),
    ],
)
def test_new_words_are_taken_whenever_they_were_written(kind, name, way):
    connector = make_connector(kind)
    document = json.loads(next(p for p in payloads(kind) if p.stem == name).read_bytes())
    [whole] = connector.parse(json.dumps(document).encode())
    [edit] = connector.parse(json.dumps(replaced(document, way, "yesterday")).encode())
    assert (edit.text, edit.external_id) == (whole.text, whole.external_id)
    assert edit.edited_at is None
    assert change(edit, NOW).edited_at == NOW


def test_whatsapps_unreadable_content_is_named_and_kept():
    connector = make_connector("whatsapp")
    document = json.loads(next(p for p in payloads("whatsapp") if p.stem == "text").read_bytes())
    way = ("entry", 0, "changes", 0, "value", "messages", 0)
    for kind, body, words in (
        ("location", {"latitude": "north", "name": "Shop"}, ""),
        ("order", {"product_items": [{"item_price": "much"}], "text": "By Friday"}, "By Friday"),
        ("image", {"caption": "Look"}, "Look"),
        ("contacts", [5], ""),
        ("dreamt", {"body": "A dream"}, "A dream"),
    ):
        message = {**at(document, way), "type": kind, kind: body}
        [shown] = said(connector, replaced(document, way, message))
        assert (shown.kind, shown.text) == ("unsupported", words)
        assert (shown.payload["field"], shown.payload["raw"]) == (kind, body)


def test_parts_are_kept_in_the_order_in_which_they_came():
    unread = Unread()
    assert unread.each("numbers", ["1", "x", 2, None], int) == [1, 2]
    assert unread.each("numbers", 7, int) == []
    assert unread.each("numbers", None, int) == []
    assert unread.attempt("time", {}, lambda it: it["x"], 5) == 5
    kept = {"numbers": ["x", None, 7], "time": [{}]}
    assert unread.added_to({"a": 1}) == {"a": 1, "unread": kept}
    assert Unread().added_to({"unread": kept}) == {"unread": kept}
