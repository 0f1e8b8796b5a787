"""What an admin reads of a delivery that could not be read."""

import pytest

from channels_connectors.errors import ParkedPayload
from channels_connectors.registry import connector_class, kinds
from channels_connectors.types import ChannelConfig
from inbox.models import InboundEnvelope
from inbox.parked_words import explained, reason

BROKEN = [
    b"",
    b"{}",
    b"[]",
    b"nonsense",
    b'{"message": 1}',
    b'{"update_id": 7}',
    b'{"type": "message_new", "object": 5}',
    b'{"object": "page", "entry": []}',
    b'{"object": "whatsapp_business_account", "entry": 4}',
    b"X-Tandem-Envelope: folder=inbox at=0 size=9 whole=1\r\nSubject: Sofa\r\n\r\nHello",
]


def parked(kind, raw):
    """Why a connector puts this aside; "" when it can read it."""
    connector = connector_class(kind)(ChannelConfig(kind=kind, key="k", credentials={}))
    try:
        connector.parse(raw)
    except ParkedPayload as found:
        return found.reason
    return ""


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_whatever_a_platform_delivers_is_explained_without_jargon(kind):
    reasons = [found for raw in BROKEN if (found := parked(kind, raw))]
    assert reasons
    for found in reasons:
        why, advice = reason(found, kind)
        assert "Error" not in why + advice
        assert found not in why + advice


def test_a_form_that_is_new_is_no_mistake_of_ours():
    why, advice = reason(parked("telegram", b"nonsense"), "telegram")
    assert "does not know yet" in why
    assert "next update" in advice


def test_a_mistake_of_ours_is_called_so():
    assert "our side" in reason("DataError: value out of range", "vk")[0]
    assert "our side" in reason("TypeError: 'int' object is not iterable", "api")[0]


def test_a_program_that_breaks_the_agreement_is_told_of():
    assert "agreed" in reason(parked("api", b"[]"), "api")[0]


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("telegram", b'{"update_id": 1, "message": {}}', "a message of a customer, from Telegram"),
        ("telegram", b'{"edited_message": {}}', "News of a message, from Telegram"),
        ("telegram", b'{"my_chat_member": {}}', "News from Telegram"),
        ("vk", b'{"type": "message_new"}', "a message of a customer, from VK"),
        ("whatsapp", b'{"field": "messages", "statuses": []}', "News of a message, from WhatsApp"),
        ("max", b'{"update_type": "message_removed"}', "News of a message, from MAX"),
        (
            "email",
            b"Subject: =?utf-8?b?0JTQuNCy0LDQvQ==?=\r\n\r\n",
            "A letter: \u0414\u0438\u0432\u0430\u043d",
        ),
        ("email", b"\xff\xfe", "A letter"),
    ],
)
def test_it_says_what_came(kind, raw, words):
    assert words in explained(InboundEnvelope(raw=raw, error="malformed"), kind).what
