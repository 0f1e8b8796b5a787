"""A connector whose number lives in the sandbox."""

import asyncio
import uuid

import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, OutboundAttachment, OutboundMessage
from channels_connectors.whatsapp.connector import WhatsAppConnector
from tests.sandbox_whatsapp import MARIA


@pytest.fixture
def make_connector(whatsapp_number):
    """`make_connector(**settings)`; `credentials` are laid over the right ones."""

    def make(credentials=None, **settings):
        known = whatsapp_number.credentials | (credentials or {})
        return WhatsAppConnector(ChannelConfig("whatsapp", "channel-key", known, settings))

    return make


@pytest.fixture
def connector(make_connector):
    """The connector of `whatsapp_number`."""
    return make_connector()


@pytest.fixture
def send(connector, whatsapp_number):
    """`send(text, ...)` to Maria, who has written first."""
    whatsapp_number.say("Здравствуйте")

    def run(text="", chat=MARIA, key=None, **facts):
        message = OutboundMessage(chat, key or uuid.uuid4(), text=text, **facts)
        return asyncio.run(connector.send(message))

    return run


@pytest.fixture
def refusal(send):
    """The error of a send that must fail."""

    def run(*arguments, **facts):
        with pytest.raises(ConnectorError) as caught:
            send(*arguments, **facts)
        return caught.value

    return run


@pytest.fixture
def attachment(tmp_path):
    """`attachment(kind, name)` with content of that kind."""

    def make(kind, name="", data=b"content", mime=""):
        name, usual = {
            "image": (name or "photo.png", "image/png"),
            "voice": (name or "voice.ogg", "audio/ogg; codecs=opus"),
            "audio": (name or "song.mp3", "audio/mpeg"),
            "video": (name or "video.mp4", "video/mp4"),
            "sticker": (name or "sticker.webp", "image/webp"),
        }.get(kind, (name or "price.pdf", "application/pdf"))
        path = tmp_path / uuid.uuid4().hex
        path.write_bytes(data)
        return OutboundAttachment(kind, name, mime or usual, path)

    return make
