"""Calls of Meta's to us: handshakes and signed bodies."""

import hashlib
import hmac
from urllib.parse import urlencode

import pytest

from channels_connectors.errors import BadPayload, Unauthorized
from channels_connectors.types import WebhookRequest


@pytest.fixture
def accept(make_connector, whatsapp_number):
    """`accept(body, secret=...)`: the connector's answer to a signed body."""
    connector = make_connector({"verify_token": "t0ken"})

    def run(body=b'{"object": "x", "entry": []}', secret=whatsapp_number.app_secret, **headers):
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        known = {b"x-hub-signature-256": f"sha256={digest}".encode()}
        known |= {name.encode(): value for name, value in headers.items()}
        return connector.accept(WebhookRequest("POST", known, body=body))

    run.connector = connector
    return run


def test_a_signed_body_is_taken(accept):
    receipt = accept()
    assert len(receipt.dedup_key) == 64
    assert receipt.reply.status == 200


@pytest.mark.parametrize("secret", ["", "guess", "й"])
def test_a_wrong_signature_is_refused(accept, secret):
    with pytest.raises(Unauthorized):
        accept(secret=secret)


def test_a_body_that_was_changed_on_the_way_is_refused(accept, whatsapp_number):
    body = b'{"object": "x", "entry": []}'
    digest = hmac.new(whatsapp_number.app_secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {b"x-hub-signature-256": f"sha256={digest}".encode()}
    for changed in (body + b" ", body.replace(b"x", b"y")):
        with pytest.raises(Unauthorized):
            accept.connector.accept(WebhookRequest("POST", headers, body=changed))
    for header in (b"", digest.encode(), b"sha1=" + digest.encode(), b"sha256="):
        with pytest.raises(Unauthorized):
            strange = {b"x-hub-signature-256": header}
            accept.connector.accept(WebhookRequest("POST", strange, body=body))
    with pytest.raises(Unauthorized):
        accept.connector.accept(WebhookRequest("POST", {}, body=body))


def test_a_channel_without_an_app_secret_takes_nothing(make_connector):
    body = b'{"entry": []}'
    digest = hmac.new(b"", body, hashlib.sha256).hexdigest()
    headers = {b"x-hub-signature-256": f"sha256={digest}".encode()}
    with pytest.raises(Unauthorized):
        make_connector({"app_secret": ""}).accept(WebhookRequest("POST", headers, body=body))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"entry": 5}', b"[" * 5000])
def test_what_is_no_webhook_is_refused(accept, body):
    with pytest.raises(BadPayload):
        accept(body)


def challenge(**facts):
    known = {"mode": "subscribe", "verify_token": "t0ken", "challenge": "1158201444"}
    query = {f"hub.{name}": value for name, value in (known | facts).items()}
    return WebhookRequest("GET", {}, query=urlencode(query).encode())


def test_a_handshake_returns_the_challenge(accept):
    receipt = accept.connector.accept(challenge())
    assert receipt.dedup_key is None
    assert (receipt.reply.status, receipt.reply.body) == (200, b"1158201444")
    assert receipt.reply.content_type == "text/plain"


@pytest.mark.parametrize(
    "facts",
    [
        {"verify_token": "guess"},
        {"verify_token": ""},
        {"verify_token": "й"},
        {"mode": "unsubscribe"},
        {"challenge": "x" * 1001},
    ],
)
def test_a_handshake_of_strangers_is_refused(accept, facts):
    with pytest.raises(Unauthorized):
        accept.connector.accept(challenge(**facts))


def test_a_handshake_with_a_channel_that_knows_no_token_is_refused(make_connector):
    for facts in ({"verify_token": ""}, {}):
        with pytest.raises(Unauthorized):
            make_connector().accept(challenge(**facts))
