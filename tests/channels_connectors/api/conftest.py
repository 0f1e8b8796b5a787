"""A connector whose other side lives in the sandbox."""

import pytest

from channels_connectors.api.connector import ApiConnector
from channels_connectors.types import ChannelConfig


@pytest.fixture
def make_connector(other_system):
    """`make_connector(**settings)`; `credentials` are laid over the right ones."""

    def make(credentials=None, **settings):
        known = {"callback_url": other_system.callback_url, "secret": other_system.secret}
        return ApiConnector(
            ChannelConfig("api", "channel-key", known | (credentials or {}), settings)
        )

    return make


@pytest.fixture
def connector(make_connector):
    """The connector of `other_system`."""
    return make_connector()
