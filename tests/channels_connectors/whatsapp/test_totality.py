"""Batches, and bodies that nobody should send."""

import contextlib
import json
import random

import pytest

from channels_connectors.errors import ParkedPayload
from channels_connectors.types import ATTACHMENT_KINDS, MESSAGE_KINDS, InboundMessage
from channels_connectors.whatsapp.payloads import FIELDS, dedup_key, parse
from tests.channels_connectors.whatsapp.bodies import ACCOUNT, ALL, items, one, raw


def test_a_batch_is_read_whole_and_in_order():
    found = items("batch")
    kinds = [type(item).__name__ for item in found]
    assert sorted(kinds) == ["InboundMessage"] * 3 + ["InboundStatus"] * 2
    texts = [(item.text, item.order) for item in found if isinstance(item, InboundMessage)]
    assert texts == [("Раз", 0), ("Два", 1), ("", 0)]


def test_another_numbers_messages_are_never_ours():
    notice = one("other_number")
    assert (notice.topic, notice.data["field"]) == ("other_number", "messages")
    assert notice.data["value"]["messages"][0]["text"]["body"] == "Не нам"
    found = items("batch_with_other_number")
    assert [item.text for item in found if isinstance(item, InboundMessage)] == ["Нам"]
    assert one("other_account").topic == "other_account"


def test_a_broken_message_leaves_its_neighbours_alone():
    message, notice = items("batch_with_a_broken_one")
    assert message.text == "Цела"
    assert (notice.topic, notice.level) == ("unreadable", "warning")
    assert notice.data["messages"]["text"]["body"] == "Без номера"


@pytest.mark.parametrize(
    ("name", "reason"), [("other_object", "page"), ("status_from_the_future", "dreamt")]
)
def test_what_cannot_be_understood_is_parked(name, reason):
    with pytest.raises(ParkedPayload, match=reason):
        items(name)


def test_every_field_that_we_ask_for_was_recorded():
    recorded = {
        change["field"]
        for name in ALL
        for entry in json.loads(raw(name))["entry"]
        for change in entry.get("changes", ())
    }
    assert recorded >= FIELDS


def test_a_repeated_body_has_the_same_key():
    known = {name: dedup_key(json.loads(raw(name))) for name in ALL}
    assert len(set(known.values())) == len(ALL)
    document = json.loads(raw("template_approved"))
    turned = {**document, "entry": [dict(reversed(document["entry"][0].items()))]}
    turned["entry"][0]["time"] += 60
    assert dedup_key(turned) == known["template_approved"]


@pytest.mark.parametrize("name", ALL)
def test_every_item_is_in_the_public_vocabulary(name):
    with contextlib.suppress(ParkedPayload):
        for item in items(name):
            if isinstance(item, InboundMessage):
                assert item.kind in MESSAGE_KINDS
                assert {attachment.kind for attachment in item.attachments} <= ATTACHMENT_KINDS


def _spoiled(value):
    """The payload with each of its parts, one after another, missing or of another type."""
    for key in list(value):
        rest = {name: value[name] for name in value if name != key}
        yield rest
        for strange in (None, 1, "x", [], {}, [{}], True, -(2**70), 1e300):
            yield {**rest, key: strange}
        if isinstance(value[key], dict):
            for inner in _spoiled(value[key]):
                yield {**rest, key: inner}
        if isinstance(value[key], list) and value[key] and isinstance(value[key][0], dict):
            for inner in _spoiled(value[key][0]):
                yield {**rest, key: [inner]}


@pytest.mark.parametrize("name", ALL)
def test_parsing_is_total(name):
    for spoiled in _spoiled(json.loads(raw(name))):
        with contextlib.suppress(ParkedPayload):
            assert isinstance(parse(json.dumps(spoiled).encode(), ACCOUNT), list)


@pytest.mark.parametrize("name", ["text", "image", "status_sent", "template_approved", "batch"])
def test_truncated_and_doubled_bytes_are_parked(name):
    whole = raw(name)
    for broken in (b"", whole[: len(whole) // 2], whole + whole, b"\xff" + whole, b"[" * 5000):
        with pytest.raises(ParkedPayload):
            parse(broken, ACCOUNT)


def test_shuffled_bytes_never_break_more_than_the_body():
    order = random.Random(7)
    for name in ALL:
        letters = list(raw(name))
        order.shuffle(letters)
        with pytest.raises(ParkedPayload):
            parse(bytes(letters), ACCOUNT)
