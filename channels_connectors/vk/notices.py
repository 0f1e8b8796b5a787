"""What happens in the community outside of its conversations, kept for the channel's page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from channels_connectors.types import InboundNotice, Words

from .people import Fields

_LONGEST_TOPIC: Final = 60
# What an admin should read; the rest is only counted.
_WORDS: Final[dict[str, Words]] = {
    "group_join": _("Somebody has joined the community."),
    "group_leave": _("Somebody has left the community."),
    "wall_reply_new": _("There is a new comment under a post of the community."),
    "market_order_edit": _("An order in the community’s shop was changed."),
    "message_allow": _("A customer allowed messages by a button on your site or in an app."),
    "group_change_settings": _("The community’s settings were changed in VK."),
    "group_officers_edit": _("The community’s administrators were changed in VK."),
}


def notice(topic: str, body: Any) -> InboundNotice:
    """An event without a place in a conversation."""
    data = body if isinstance(body, dict) else {"object": body}
    words = _WORDS.get(topic, "")
    return InboundNotice(topic[:_LONGEST_TOPIC], _time(data), words=words, data=data)


def _time(body: Fields) -> datetime | None:
    seconds = body.get("date")
    if type(seconds) is not int or not 0 < seconds < 2**33:
        return None
    return datetime.fromtimestamp(seconds, UTC)
