"""The connector: our own envelopes and files, and nothing of anybody else's."""

from uuid import uuid4

import pytest

from channels_connectors.errors import ConnectorError, ParkedPayload, Unauthorized
from channels_connectors.registry import connector_for
from channels_connectors.types import (
    InboundMessage,
    InboundProfile,
    InboundStatus,
    OutboundMessage,
    WebhookRequest,
)
from livechat import envelopes, stored
from livechat.envelopes import Upload, Visitor, Words

MARIA = Visitor(uuid4(), name="Maria", phone="+79123456789", email="m@example.com", language="ru")


@pytest.fixture
def connector(channel):
    return connector_for(channel)


def test_message_comes_back_as_it_was_said(connector):
    words = Words(
        id=uuid4(),
        text="Hello",
        uploads=[Upload("0" * 32, "image", "a.jpg", "image/jpeg", 7, 2, 3)],
        referral={"source": "website"},
    )
    key, raw = envelopes.message(MARIA, words)
    (item,) = connector.parse(raw)
    assert isinstance(item, InboundMessage)
    assert (item.chat_id, item.external_id) == (str(MARIA.id), str(words.id))
    assert key == f"{MARIA.id}:{words.id}"
    assert (item.kind, item.text, item.referral) == ("image", "Hello", {"source": "website"})
    assert item.attachments[0].reference == {"upload": "0" * 32}
    assert (item.sender.name, item.sender.email) == ("Maria", "m@example.com")


def test_messages_keep_the_order_in_which_they_were_said(connector):
    raws = [envelopes.message(MARIA, Words(id=uuid4(), text=str(n)))[1] for n in range(5)]
    items = [connector.parse(raw)[0] for raw in raws]
    assert items == sorted(items, key=lambda item: (item.sent_at, item.order))


def test_statuses_and_profile(connector):
    key, raw = envelopes.seen(MARIA, "read", ["a", "b"])
    assert key == envelopes.seen(MARIA, "read", ["a", "b"])[0]
    items = connector.parse(raw)
    assert [type(item) for item in items] == [InboundStatus, InboundStatus]
    assert [(item.external_id, item.status) for item in items] == [("a", "read"), ("b", "read")]
    (item,) = connector.parse(envelopes.profile(MARIA)[1])
    assert isinstance(item, InboundProfile)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"v":2,"type":"message"}',
        b'{"v":1,"type":"dance"}',
        b'{"v":1,"type":"message"}',
        b'{"v":[1],"type":{}}',
        b'{"v":1,"type":"seen","status":"failed","ids":["x"],"at":"2026-01-01T00:00:00"}',
        b"\xff",
    ],
)
def test_what_cannot_be_read_is_parked(connector, raw):
    with pytest.raises(ParkedPayload):
        connector.parse(raw)


def test_nobody_calls_a_webhook_of_ours(connector):
    with pytest.raises(Unauthorized):
        connector.accept(WebhookRequest("POST", {}, b"", b"{}"))


async def test_send_only_names_the_message(connector):
    message_id = uuid4()
    receipt = await connector.send(OutboundMessage("x", message_id, "Hello"))
    assert receipt.external_id == str(message_id)


async def test_upload_is_handed_over_and_kept_for_another_try(connector, channel):
    place = stored.place(channel.key, "a" * 32)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"sofa")
    for _ in range(2):
        file = await connector.download({"upload": "a" * 32}, 100)
        assert (file.path.read_bytes(), file.size) == (b"sofa", 4)
        file.path.unlink()
    with pytest.raises(ConnectorError):
        await connector.download({"upload": "a" * 32}, 3)


@pytest.mark.parametrize("reference", [{}, {"upload": "../x"}, {"upload": "b" * 32}, {"upload": 1}])
async def test_other_files_are_not_handed_over(connector, reference):
    with pytest.raises(ConnectorError):
        await connector.download(reference, 100)
