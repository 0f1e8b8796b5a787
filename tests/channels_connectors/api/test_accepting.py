"""Who may post, and what they are answered."""

import hashlib
import hmac
import json
import time

import pytest

from channels_connectors.api.connector import ApiConnector
from channels_connectors.errors import BadPayload, Unauthorized
from channels_connectors.types import ChannelConfig, WebhookRequest

SECRET = "a secret of both sides"
ITEM = {"type": "message", "id": "1", "chat": "c", "text": "Hello"}


def call(content=ITEM, secret=SECRET, at=None, method="POST", known=SECRET, **headers):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    moment = str(int(time.time()) if at is None else at)
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    signed = {"x_timestamp": moment, "x_signature": f"sha256={digest}"} | headers
    found = {name.replace("_", "-").encode(): str(value).encode() for name, value in signed.items()}
    connector = ApiConnector(ChannelConfig("api", "key", {"secret": known}))
    return connector.accept(WebhookRequest(method, found, body=body))


def test_a_signed_item_is_taken_and_counted():
    receipt = call()
    assert receipt.dedup_key
    assert (receipt.reply.status, json.loads(receipt.reply.body)) == (202, {"accepted": 1})
    assert json.loads(call([ITEM, {**ITEM, "id": "2"}]).reply.body) == {"accepted": 2}


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another secret entirely"},
        {"known": ""},
        {"known": "", "secret": ""},
        {"at": 0},
        {"ahead": -400},
        {"ahead": 900},
        {"x_timestamp": ""},
        {"x_timestamp": "now"},
        {"x_timestamp": "²"},
        {"x_timestamp": "9" * 400},
        {"x_signature": ""},
        {"x_signature": "sha256="},
        {"x_signature": "sha256=ключ"},
    ],
)
def test_strangers_and_recordings_are_refused(wrong):
    if "ahead" in wrong:
        wrong = {"at": int(time.time()) + wrong["ahead"]}
    with pytest.raises(Unauthorized):
        call(**wrong)


def test_the_signature_covers_the_moment_and_the_body():
    moment, body = str(int(time.time())), json.dumps(ITEM).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    with pytest.raises(Unauthorized):
        call(x_signature=f"sha256={digest}")
    digest = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    with pytest.raises(Unauthorized):
        call({**ITEM, "text": "Other"}, x_timestamp=moment, x_signature=f"sha256={digest}")


def test_only_posts_bring_items():
    with pytest.raises(BadPayload):
        call(method="GET")


@pytest.mark.parametrize("content", [b"", b"{", [], {"type": "pigeon"}, [ITEM, {**ITEM, "id": 5}]])
def test_a_wrong_item_is_told_and_nothing_is_kept(content):
    receipt = call(content)
    assert (receipt.dedup_key, receipt.reply.status) == (None, 400)
    assert json.loads(receipt.reply.body)["error"]


def test_the_same_items_have_the_same_key():
    now = int(time.time())
    assert call(at=now).dedup_key == call(at=now - 5).dedup_key
    assert call().dedup_key != call({**ITEM, "id": "2"}).dedup_key
