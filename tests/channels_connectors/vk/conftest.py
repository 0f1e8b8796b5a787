"""A connector whose community lives in the sandbox."""

import pytest

from channels_connectors.types import ChannelConfig
from channels_connectors.vk.connector import VkConnector


@pytest.fixture
def make_connector(vk_community):
    """`make_connector(**settings)`; `credentials` are laid over the right ones."""

    def make(credentials=None, **settings):
        known = {"token": vk_community.token, "group_id": str(vk_community.id)}
        return VkConnector(
            ChannelConfig("vk", "channel-key", known | (credentials or {}), settings)
        )

    return make


@pytest.fixture
def connector(make_connector):
    """The connector of `vk_community`."""
    return make_connector()
