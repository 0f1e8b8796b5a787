"""A connector whose number lives in the sandbox."""

import pytest

from channels_connectors.types import ChannelConfig
from channels_connectors.whatsapp.connector import WhatsAppConnector


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
