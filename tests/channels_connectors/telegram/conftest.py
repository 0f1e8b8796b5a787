"""A connector whose bot lives in the sandbox."""

import asyncio
import io
import uuid

import pytest
from PIL import Image

from channels_connectors.errors import ConnectorError
from channels_connectors.telegram.connector import TelegramConnector
from channels_connectors.types import ChannelConfig, OutboundAttachment, OutboundMessage
from tests.sandbox_server import MARIA

OLGA = 620_001


@pytest.fixture
def make_connector():
    """`make_connector(token, **settings)`."""

    def make(token, secret_token="", **settings):
        credentials = {"token": token, "secret_token": secret_token}
        return TelegramConnector(ChannelConfig("telegram", "channel-key", credentials, settings))

    return make


@pytest.fixture
def connector(telegram_bot, make_connector):
    """The connector of `telegram_bot`."""
    return make_connector(telegram_bot.token)


@pytest.fixture
def send(connector, telegram_bot):
    """`send(text, ...)` to Maria, who has written first."""
    telegram_bot.say("Здравствуйте")

    def run(text="", chat=MARIA, **facts):
        message = OutboundMessage(str(chat), uuid.uuid4(), text=text, **facts)
        return asyncio.run(connector.send(message))

    return run


@pytest.fixture
def refused():
    """`refused(coroutine)`: the error of a call that must fail."""

    def run(call):
        with pytest.raises(ConnectorError) as caught:
            asyncio.run(call)
        return caught.value

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

    def make(kind, name="", data=b"content"):
        name, mime = {
            "image": (name or "photo.png", "image/png"),
            "voice": (name or "voice.ogg", "audio/ogg"),
            "video": (name or "video.mp4", "video/mp4"),
            "audio": (name or "song.mp3", "audio/mpeg"),
            "sticker": (name or "sticker.webp", "image/webp"),
            "animation": (name or "cat.gif", "image/gif"),
        }.get(kind, (name or "price.pdf", "application/pdf"))
        if kind == "image" and data == b"content":
            picture = io.BytesIO()
            Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
            data = picture.getvalue()
        path = tmp_path / uuid.uuid4().hex
        path.write_bytes(data)
        return OutboundAttachment("image" if kind == "animation" else kind, name, mime, path)

    return make


@pytest.fixture
def outbound():
    """`outbound(text, chat, ...)`: what an agent wants to say."""

    def make(text="", chat=MARIA, **facts):
        return OutboundMessage(str(chat), uuid.uuid4(), text=text, **facts)

    return make


@pytest.fixture
def business(telegram_bot):
    """Olga's account, connected with all rights; Maria has written to it."""
    connection = telegram_bot.control("business", owner=OLGA)["id"]
    telegram_bot.say("Здравствуйте", connection=connection)
    return connection
