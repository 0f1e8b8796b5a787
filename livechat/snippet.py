"""The line of HTML that brings the chat to a website."""

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape

from channels_connectors.models import Channel


def snippet(channel: Channel) -> str:
    """What the admin pastes before </body> of their site."""
    return embed_code(channel.key)


def embed_code(key: str) -> str:
    """The script tag of the widget with this public key."""
    address = settings.PUBLIC_URL + reverse("livechat:loader", args=[key])
    # Plain text: pages that show it must escape it like any other.
    return f'<script async src="{escape(address)}"></script>'
