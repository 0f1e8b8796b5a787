"""What every connector must hold, whichever platform it speaks to."""

import asyncio
import hashlib
import hmac
import logging
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest

from channels_connectors import registry
from channels_connectors.errors import (
    ERROR_CLASSES,
    BadPayload,
    ConnectorError,
    ParkedPayload,
    Unauthorized,
)
from channels_connectors.types import (
    ChannelConfig,
    ConnectResult,
    OutboundMessage,
    Receipt,
    WebhookRequest,
)

HERE = Path(__file__).parent
SECRET = "7123456789:AAFsecretsecretsecretsecretsecretse"
KINDS = registry.kinds()


def signed(body):
    """A signature over the raw bytes."""
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {b"x-hub-signature-256": f"sha256={digest}".encode()}


# How a webhook call proves itself, where the platform calls us: headers, or what makes them of a
# body, or {} for a body's secret.
PROOFS = {
    "telegram": {b"x-telegram-bot-api-secret-token": SECRET.encode()},
    "vk": {},
    "max": {b"x-max-bot-api-secret": SECRET.encode()},
    "whatsapp": signed,
}
# What the recorded bodies say of the account, where they say anything.
ACCOUNTS = {
    "vk": {"group_id": "229000001"},
    "whatsapp": {"phone_number_id": "106012345678002", "waba_id": "102012345678001"},
}


@pytest.fixture(params=KINDS)
def connector(request):
    kind = request.param
    fields = registry.connector_class(kind).credential_fields
    config = ChannelConfig(
        kind=kind,
        key="channel-key",
        credentials={field.name: SECRET for field in fields}
        | {"secret_token": SECRET}
        | ACCOUNTS.get(kind, {}),
        # Nobody listens there, so every call fails before anything is sent.
        settings={"api_url": "http://127.0.0.1:9", "proxy": f"socks5://u:{SECRET}@127.0.0.1:9"},
    )
    return registry.connector_class(kind)(config)


def proof(kind, body):
    """The headers that prove a call of this body."""
    known = PROOFS.get(kind, {})
    return known(body) if callable(known) else known


def payloads(kind):
    return sorted((HERE / kind / "payloads").glob("*.json"))


def outcome(connector, raw):
    try:
        return connector.parse(raw)
    except ParkedPayload as parked:
        return parked.reason


def test_the_kinds_of_this_release_are_registered():
    assert {"telegram", "vk", "max", "whatsapp"} <= set(KINDS)


def test_parsing_is_pure(connector):
    for path in payloads(connector.kind):
        raw = path.read_bytes()
        assert outcome(connector, raw) == outcome(connector, raw), path.name


def test_parsing_survives_anything(connector):
    for raw in (b"", b"{}", b"[]", b"null", b"\x00", b'"text"', b"{" * 2000, b'{"update_id": 1}'):
        assert isinstance(outcome(connector, raw), (list, str))


def test_strangers_are_refused(connector):
    for headers in ({}, *({name: b"guess"} for name in proof(connector.kind, b""))):
        with pytest.raises((Unauthorized, BadPayload)):
            connector.accept(WebhookRequest("POST", headers, body=b'{"update_id": 1}'))


def test_capabilities_are_honest(connector):
    able = connector.capabilities
    assert able.text_limit > 0
    assert able.caption_limit >= 0
    assert able.max_file_bytes > 0
    assert able.window_hours is None or able.window_hours > 0


def test_what_can_be_done_is_known_before_there_is_a_channel(connector):
    assert type(connector).capabilities_with({}) == type(connector).capabilities


def test_a_connector_knows_what_was_told_of_its_channel(connector):
    config = connector.config
    told = SimpleNamespace(
        kind=config.kind, key=config.key, credentials={}, settings={}, health={"ok": True}
    )
    assert registry.connector_for(told).config.health == {"ok": True}
    del told.health
    assert registry.connector_for(told).config.health == {}


def test_the_form_can_be_drawn(connector):
    assert str(connector.label)
    assert all(
        str(field.label) and field.name.isidentifier() for field in connector.credential_fields
    )


def test_credentials_stay_out_of_representations(connector):
    message = OutboundMessage(chat_id="1", idempotency_key=uuid.uuid4(), text="hello")
    result = ConnectResult("1", "name", credentials={"secret": SECRET})
    for shown in (connector, connector.config, message, result):
        assert SECRET not in repr(shown)
        assert SECRET not in str(shown)


def test_errors_are_classed_and_keep_secrets(connector, caplog):
    caplog.set_level(logging.DEBUG)
    message = OutboundMessage(chat_id="1", idempotency_key=uuid.uuid4(), text="hello")
    calls = (
        lambda: connector.send(message),
        lambda: connector.connect("https://tandem.example/hooks/x/"),
        connector.disconnect,
        connector.check,
        lambda: connector.download(
            {"file_id": "x", "url": "http://127.0.0.1:9/x", "media_id": "1"}, 100
        ),
    )
    for call in calls:
        try:
            asyncio.run(call())
        except ConnectorError as caught:
            error = caught
        else:
            # A platform of our own has nobody to reach.
            continue
        assert error.error_class in ERROR_CLASSES
        assert error.maybe_sent is False
        assert error.msgid
        while error is not None:
            assert SECRET not in f"{error!r} {error}"
            error = error.__cause__ or error.__context__
    assert SECRET not in caplog.text


def test_dedup_keys_are_stable(connector):
    for path in payloads(connector.kind):
        body = path.read_bytes()
        request = WebhookRequest("POST", proof(connector.kind, body), body=body)
        receipt = connector.accept(request)
        assert isinstance(receipt, Receipt)
        assert receipt.dedup_key == connector.accept(request).dedup_key
        assert receipt.dedup_key
