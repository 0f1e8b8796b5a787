"""Telegram through a proxy, where its own addresses are not to be reached."""

import asyncio

import pytest

from channels_connectors import addresses
from tests.channels_connectors.proxies import running_proxy
from tests.sandbox_server import MARIA


@pytest.fixture
def proxy(monkeypatch):
    # An admin's proxy must be public; the one of this test cannot be.
    monkeypatch.setattr(addresses, "is_public", lambda address: True)
    with running_proxy() as running:
        yield running


@pytest.mark.parametrize("scheme", ["socks5", "http"])
def test_messages_and_files_go_through_the_proxy(
    proxy, scheme, sandbox, make_connector, outbound, attachment, telegram_bot
):
    connector = make_connector(telegram_bot.token, proxy=proxy.address(scheme), poll_seconds=0)
    message = telegram_bot.say(files={"file": ("a.pdf", b"%PDF-1", "application/pdf")})
    assert asyncio.run(connector.poll("")).envelopes
    asyncio.run(connector.send(outbound("Счёт", attachments=(attachment("file"),))))
    reference = {"file_id": message["document"]["file_id"]}
    file = asyncio.run(connector.download(reference, 1000))
    assert file.path.read_bytes() == b"%PDF-1"
    file.path.unlink()
    assert telegram_bot.texts(MARIA) == ["Счёт"]
    assert set(proxy.destinations) == {sandbox.url.removeprefix("http://")}
    assert len(proxy.destinations) >= 3


@pytest.mark.parametrize("scheme", ["socks5", "http"])
def test_a_proxy_that_refuses_us_means_not_sent(
    proxy, scheme, make_connector, outbound, telegram_bot, refused
):
    telegram_bot.say("Привет")
    connector = make_connector(telegram_bot.token, proxy=proxy.address(scheme, "wrong"))
    error = refused(connector.send(outbound("Да")))
    assert (error.error_class, error.maybe_sent) == ("transient", False)
    assert "wrong" not in str(error)
    assert (proxy.destinations, proxy.refusals) == ([], 1)
    assert telegram_bot.texts() == []


def test_a_proxy_that_is_gone_means_not_sent(
    proxy, make_connector, outbound, telegram_bot, refused
):
    telegram_bot.say("Привет")
    connector = make_connector(telegram_bot.token, proxy="socks5://127.0.0.1:9")
    error = refused(connector.send(outbound("Да")))
    assert (error.error_class, error.maybe_sent) == ("transient", False)
