"""What goes wrong while sending, against the sandbox over real HTTP."""

import asyncio
import uuid

import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundMessage
from channels_connectors.whatsapp import sending, words
from channels_connectors.whatsapp.api import Api
from tests.sandbox_whatsapp import MARIA


@pytest.mark.parametrize(
    ("fault", "error_class", "maybe_sent", "wait"),
    [
        ({"kind": "rate"}, "rate", False, None),
        ({"kind": "rate", "retry_after": 7}, "rate", False, 7),
        ({"kind": "pair"}, "rate", False, 6),
        ({"kind": "spam"}, "rate", False, 3600),
        ({"kind": "error", "code": 80007}, "rate", False, 60),
        ({"kind": "error", "code": 4}, "rate", False, 60),
        ({"kind": "blocked"}, "recipient_gone", False, None),
        ({"kind": "window"}, "window_closed", False, None),
        ({"kind": "stopped"}, "bad_content", False, None),
        ({"kind": "error", "code": 131049}, "bad_content", False, None),
        ({"kind": "error", "code": 130472}, "bad_content", False, None),
        ({"kind": "error", "code": 131009}, "bad_content", False, None),
        ({"kind": "error", "code": 999999}, "bad_content", False, None),
        ({"kind": "auth"}, "channel_auth", False, None),
        ({"kind": "locked"}, "channel_auth", False, None),
        ({"kind": "error", "code": 131042}, "channel_auth", False, None),
        ({"kind": "error", "code": 200}, "channel_auth", False, None),
        ({"kind": "server"}, "transient", False, None),
        ({"kind": "error", "code": 131016}, "transient", False, None),
        ({"kind": "down"}, "transient", True, None),
        ({"kind": "gateway"}, "transient", True, None),
        ({"kind": "timeout_before"}, "transient", True, None),
        ({"kind": "timeout_after"}, "transient", True, None),
    ],
)
def test_troubles_are_classed(refusal, whatsapp_number, fault, error_class, maybe_sent, wait):
    whatsapp_number.fault(**fault, seconds=0.1)
    error = refusal("Привет")
    assert (error.error_class, error.maybe_sent, error.retry_after) == (
        error_class,
        maybe_sent,
        wait,
    )
    assert error.of_chat is (fault["kind"] == "pair")
    assert len(whatsapp_number.journal()) == 1
    assert whatsapp_number.texts() == (["Привет"] if fault["kind"] == "timeout_after" else [])


def test_a_failure_in_the_middle_leaves_the_outcome_unknown(refusal, whatsapp_number, monkeypatch):
    monkeypatch.setattr(sending, "TEXT_LIMIT", 10)
    attempt = sending._Delivery._attempt

    async def fail_second(self, part):
        if self._ids:
            raise ConnectorError("transient", words.UNAVAILABLE)
        return await attempt(self, part)

    monkeypatch.setattr(sending._Delivery, "_attempt", fail_second)
    error = refusal("раз два три четыре пять")
    assert (error.words, error.maybe_sent) == (words.PARTLY_SENT, True)
    assert len(whatsapp_number.texts()) == 1


def test_a_short_wait_in_the_middle_is_waited_out(send, whatsapp_number, monkeypatch):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    monkeypatch.setattr(sending.asyncio, "sleep", sleep)
    answer = Api.post

    async def post(self, path, body=None):
        told = await answer(self, path, body)
        if not waits:
            await asyncio.to_thread(whatsapp_number.fault, "pair", count=int(not waits))
            waits.append(0)
        return told

    monkeypatch.setattr(Api, "post", post)
    send("слово " * 1200)
    assert waits == [0, 6]
    assert len(whatsapp_number.texts()) == 2


@pytest.mark.parametrize("fault", ["rate", "timeout_after", "gateway"])
def test_a_broken_upload_sends_nothing(refusal, attachment, whatsapp_number, fault):
    whatsapp_number.fault(fault, methods="media", seconds=0.1)
    error = refusal("Вот", attachments=(attachment("file"),))
    assert error.maybe_sent is False
    assert whatsapp_number.journal() == []


def test_nobody_listening_means_not_sent(refusal, settings):
    settings.WHATSAPP_API_URL = "http://127.0.0.1:9"
    error = refusal("Привет")
    assert (error.error_class, error.maybe_sent) == ("transient", False)


def test_a_revoked_token_breaks_the_channel(make_connector):
    for token in ("EAArevokedrevokedrevoked", "short", "", "ключ" * 10, "a b" * 10):
        connector = make_connector({"token": token})
        message = OutboundMessage(MARIA, uuid.uuid4(), text="Привет")
        with pytest.raises(ConnectorError) as caught:
            asyncio.run(connector.send(message))
        assert caught.value.error_class == "channel_auth"
        assert not token or token not in f"{caught.value!r} {caught.value}"


def test_the_version_is_the_channels_own_or_the_addresses(
    make_connector, whatsapp_number, settings
):
    whatsapp_number.say("Привет")
    message = OutboundMessage(MARIA, uuid.uuid4(), text="Да")
    base = settings.WHATSAPP_API_URL
    for version, connector in (
        ("v26.0", make_connector()),
        ("v25.0", make_connector(graph_version="v25.0")),
        ("v24.0", make_connector(api_url=f"{base}/v24.0/")),
    ):
        assert Api(connector.config).version == version
        assert asyncio.run(connector.send(message)).external_id
