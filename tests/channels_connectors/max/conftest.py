"""A connector whose bot lives in the sandbox."""

import pytest

from channels_connectors.max import sending
from channels_connectors.max.connector import MaxConnector
from channels_connectors.types import ChannelConfig


@pytest.fixture
def make_connector(max_bot):
    """`make_connector(**settings)`; `credentials` are laid over the right ones."""

    def make(credentials=None, **settings):
        known = {"token": max_bot.token}
        return MaxConnector(
            ChannelConfig("max", "channel-key", known | (credentials or {}), settings)
        )

    return make


@pytest.fixture
def connector(make_connector):
    """The connector of `max_bot`."""
    return make_connector()


@pytest.fixture
def hasty(monkeypatch):
    """Parts of one message follow at once, and files are asked for without a pause."""
    monkeypatch.setattr(sending, "PART_PAUSE", 0)
    monkeypatch.setattr(sending, "READY_PAUSES", (0.01,))
