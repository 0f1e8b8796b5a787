"""A connector whose bot lives in the sandbox."""

import pytest

from channels_connectors.telegram.connector import TelegramConnector
from channels_connectors.types import ChannelConfig


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
