"""What every connector must hold, whichever platform it speaks to.

A new kind is found by the registry. It brings recorded bodies in `<kind>/payloads/`, its proof of a
webhook call in PROOFS, and, where the bodies name an account, that account in ACCOUNTS.
"""

import asyncio
import fnmatch
import hashlib
import hmac
import json
import logging
import time
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import settings as example_settings

from channels_connectors import registry
from channels_connectors.base import Connector
from channels_connectors.errors import (
    ERROR_CLASSES,
    BadPayload,
    ConnectorError,
    ParkedPayload,
    Unauthorized,
)
from channels_connectors.models import Channel
from channels_connectors.types import (
    ATTACHMENT_KINDS,
    MESSAGE_KINDS,
    ChannelConfig,
    ConnectResult,
    InboundItem,
    InboundMessage,
    InboundStatus,
    OutboundMessage,
    Receipt,
    Template,
    WebhookRequest,
    names,
)
from inbox.api.channel_serializers import ChannelSerializer, ConnectedChannelSerializer
from livechat import envelopes
from livechat.envelopes import Visitor
from tests.channels_connectors.mutations import cut, shuffled, spoiled

HERE = Path(__file__).parent
SECRET = "7123456789:AAFsecretsecretsecretsecretsecretse"
KINDS = registry.kinds()


def signed_hub(body):
    """Meta's proof: HMAC over the raw body."""
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {b"x-hub-signature-256": f"sha256={digest}".encode()}


def signed(body):
    """The proof of the generic kind: HMAC over the moment and the body."""
    moment = str(int(time.time())).encode()
    digest = hmac.new(SECRET.encode(), moment + b"." + body, hashlib.sha256).hexdigest()
    return {b"x-timestamp": moment, b"x-signature": f"sha256={digest}".encode()}


# How a webhook call proves itself, where the platform calls us: headers, or what makes them of the
# body, or {} for a secret inside the body.
PROOFS = {
    "telegram": {b"x-telegram-bot-api-secret-token": SECRET.encode()},
    "vk": {},
    "api": signed,
    "max": {b"x-max-bot-api-secret": SECRET.encode()},
    "whatsapp": signed_hub,
}
# What the recorded bodies say of the account, where they say anything; and what is no secret.
ACCOUNTS = {
    "vk": {"group_id": "229000001"},
    "whatsapp": {"phone_number_id": "106012345678002", "waba_id": "102012345678001"},
    "api": {"callback_url": f"https://127.0.0.1:9/{SECRET}"},
}
EXAMPLES = example_settings(max_examples=150, deadline=None, derandomize=True, database=None)
FORMATS = names(
    """
    bold italic underline strikethrough spoiler code pre blockquote text_link url mention hashtag
    email phone_number bot_command
    """
)
# Which methods keep which promise of the capabilities; of those of one pattern any will do.
KEPT_BY = {
    "edit": ("edit",),
    "delete": ("delete",),
    # Some platforms want to know below which message, so there may be several ways to type.
    "typing": ("send_typing*",),
    "read": ("mark_read",),
    "reactions": ("react",),
    "templates": ("list_templates", "create_template", "delete_template"),
}


@pytest.fixture(params=KINDS)
def connector(request):
    return make_connector(request.param)


def make_connector(kind):
    """A connector whose every credential is SECRET, in front of a port where nobody listens."""
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
    """Headers by which this body comes from the platform."""
    known = PROOFS[kind]
    return known(body) if callable(known) else known


def payloads(kind):
    """Recorded bodies; those that are no JSON are only cut and doubled."""
    return sorted(path for path in (HERE / kind / "payloads").glob("*") if path.is_file())


def outcome(connector, raw):
    """The items, all of the public vocabulary, or why the body was parked."""
    try:
        items = connector.parse(raw)
    except ParkedPayload as parked:
        return parked.reason or pytest.fail("parked without a reason")
    assert isinstance(items, list)
    for item in items:
        assert isinstance(item, get_args(InboundItem))
        if isinstance(item, InboundMessage):
            assert item.kind in MESSAGE_KINDS
            assert item.external_id
            assert item.chat_id
            assert {found.kind for found in item.attachments} <= ATTACHMENT_KINDS
    return items


def documents(connector):
    """The recorded bodies that are JSON, read."""
    found = []
    for path in payloads(connector.kind):
        try:
            found.append(json.loads(path.read_bytes()))
        except ValueError:
            continue
    return found


def test_the_kinds_of_this_release_are_registered():
    assert {"telegram", "vk", "whatsapp", "max", "email", "api", "livechat"} <= set(KINDS)


def test_parsing_is_pure(connector):
    for path in payloads(connector.kind):
        raw = path.read_bytes()
        assert outcome(connector, raw) == outcome(connector, raw), path.name


def test_parsing_survives_anything(connector):
    for raw in (b"", b"{}", b"[]", b"null", b"\x00", b'"text"', b"{" * 2000, b'{"update_id": 1}'):
        assert isinstance(outcome(connector, raw), (list, str))


def test_parsing_survives_whatever_is_done_to_a_body(connector):
    found = documents(connector)

    @EXAMPLES
    @given(spoiled(found))
    def check(raw):
        assert outcome(connector, raw) == outcome(connector, raw)

    if found:
        check()


def test_parsing_survives_cut_and_doubled_bytes(connector):
    bodies = [path.read_bytes() for path in payloads(connector.kind)]

    @EXAMPLES
    @given(cut(bodies))
    def check(raw):
        assert outcome(connector, raw) == outcome(connector, raw)

    if bodies:
        check()


def test_the_order_of_keys_says_nothing(connector):
    for document in documents(connector):
        plain = outcome(connector, json.dumps(document).encode())
        for order in (reversed, sorted):
            assert outcome(connector, json.dumps(shuffled(document, order)).encode()) == plain


def test_strangers_are_refused(connector):
    bodies = [b'{"update_id": 1}', *(path.read_bytes() for path in payloads(connector.kind)[:3])]
    for body in bodies:
        # A secret inside of the body is another one; headers are absent or a guess.
        body = body.replace(SECRET.encode(), b"guess")
        known = proof(connector.kind, body) if connector.kind in PROOFS else {}
        for headers in ({}, dict.fromkeys(known, b"guess"), dict.fromkeys(known, b"")):
            with pytest.raises((Unauthorized, BadPayload)):
                connector.accept(WebhookRequest("POST", headers, body=body))


def test_capabilities_are_honest(connector):
    able = connector.capabilities
    assert able.text_limit > 0
    assert able.caption_limit >= 0
    assert able.max_file_bytes > 0
    assert able.window_hours is None or able.window_hours > 0
    assert able.max_attachments > 0
    assert able.formats <= FORMATS
    assert all(seconds >= 0 for seconds in (able.sends_per_second, able.chat_sends_per_second))
    for flag, hours in (("edit", able.edit_hours), ("delete", able.delete_hours)):
        assert hours is None or (getattr(able, flag) and hours > 0), flag
    assert not able.reaction_emojis or able.reactions
    assert len(set(able.reaction_emojis)) == len(able.reaction_emojis)
    assert able.buttons <= {"reply", "callback", "link", "phone", "location"}


@pytest.mark.parametrize("flag", KEPT_BY)
def test_what_is_claimed_is_done_and_what_is_not_claimed_is_not(flag):
    """A screen shows a button for each promise: one without its method would do nothing, and a
    method without its promise would never be called."""
    for kind in KINDS:
        found = registry.connector_class(kind)
        for pattern in KEPT_BY[flag]:
            methods = fnmatch.filter(vars(Connector), pattern)
            is_done = any(getattr(found, name) is not getattr(Connector, name) for name in methods)
            assert is_done == getattr(found.capabilities, flag), f"{kind}: {flag}, {methods}"


def test_a_platform_tells_of_our_messages_what_it_promises(connector):
    """Reports count who got and who read a message only where that is told, so a promise too many
    shows 0 that nobody knows, and one too few hides what is known."""
    items = [
        item
        for path in payloads(connector.kind)
        if isinstance(found := outcome(connector, path.read_bytes()), list)
        for item in found
    ]
    if connector.kind == "livechat":
        # We tell ourselves: nothing is recorded.
        visitor = Visitor(uuid.uuid4())
        items = [
            item
            for status in ("delivered", "read")
            for item in outcome(connector, envelopes.seen(visitor, status, ["1"])[1])
        ]
    told = {item.status for item in items if isinstance(item, InboundStatus)}
    able = connector.capabilities
    assert able.tells_delivered == ("delivered" in told)
    assert able.tells_read == ("read" in told)


def refusal_of(connector, text, **facts):
    """The class of the error of a send, "" where it went."""
    message = OutboundMessage(chat_id="1", idempotency_key=uuid.uuid4(), text=text, **facts)
    try:
        asyncio.run(connector.send(message))
    except ConnectorError as error:
        return error.error_class
    return ""


def test_the_longest_text_goes_and_one_character_more_does_not(connector):
    limit = connector.capabilities.text_limit
    # Nobody is there to take it, but that is the only reason.
    assert refusal_of(connector, "x" * limit) != "bad_content"
    told = "call `self.check_length(message)` first in send, unless the platform's own check does"
    assert refusal_of(connector, "x" * (limit + 1)) == "bad_content", told
    # As messengers count: an emoji is two.
    assert refusal_of(connector, "👍" * (limit // 2 + 1)) == "bad_content", told


def test_no_format_is_a_reason_to_refuse_a_text(connector):
    """What a platform has no form for is said plainly."""
    entities = [
        {"type": kind, "offset": 0, "length": 5, "url": "https://shop.example/"}
        for kind in sorted(FORMATS)
    ]
    for entity in entities:
        assert refusal_of(connector, "Hello", entities=[entity]) != "bad_content", entity["type"]


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


def test_credentials_stay_out_of_the_apis_answers(connector):
    config = connector.config
    channel = Channel(
        kind=config.kind,
        key="channel-key",
        name="Shop",
        credentials=config.credentials,
        settings=config.settings,
    )
    for serializer in (ChannelSerializer, ConnectedChannelSerializer):
        for manages in (True, False):
            context = {"manages": manages, "calendars": {}, "zone": "UTC"}
            shown = serializer(channel, context=context).data
            assert SECRET not in str(shown)


def test_errors_are_classed_and_keep_secrets(connector, caplog):
    caplog.set_level(logging.DEBUG)
    message = OutboundMessage(chat_id="1", idempotency_key=uuid.uuid4(), text="hello")
    calls = (
        lambda: connector.send(message),
        lambda: connector.connect("https://tandem.example/hooks/x/"),
        connector.disconnect,
        connector.check,
        lambda: connector.download({"file_id": "x", "url": "http://127.0.0.1:9/x"}, 100),
        lambda: connector.fetch_profile("1"),
        lambda: connector.poll(""),
        lambda: connector.edit(("1:2",), message),
        lambda: connector.delete("1", ("1:2",)),
        lambda: connector.react("1", "1:2", "👍"),
        lambda: connector.mark_read("1", "1:2"),
        lambda: connector.send_typing("1"),
        connector.list_templates,
        lambda: connector.create_template(Template("", "hi", "en", "utility", "pending")),
        lambda: connector.delete_template("hi"),
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
        if connector.polls_only:
            # Nobody calls for it; what its poller gives the letterbox is tested beside it.
            with pytest.raises(Unauthorized):
                connector.accept(WebhookRequest("POST", {}, body=path.read_bytes()))
            continue
        body = path.read_bytes()
        request = WebhookRequest("POST", proof(connector.kind, body), body=body)
        receipt = connector.accept(request)
        assert isinstance(receipt, Receipt)
        assert receipt.dedup_key == connector.accept(request).dedup_key
        assert receipt.dedup_key
