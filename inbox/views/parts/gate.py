"""Why writing into a conversation is limited."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from channels_connectors.types import Capabilities
from core.times import format_time
from inbox import outgoing
from inbox.models import Conversation
from inbox.windows import Window, window_of


@dataclass(frozen=True)
class Gate:
    """Why writing is limited; behind a wall the composer is put away, but for notes."""

    words: str
    icon: str = "lock"
    is_wall: bool = True
    offers_template: bool = False


MOST_REACTIONS = 12
# What people mostly react with, where the platform takes any emoji.
USUAL_REACTIONS = ("👍", "❤️", "🔥", "😂", "🙏", "👏", "😢", "🎉")


def limits(found: Conversation) -> dict[str, Any]:
    """What the conversation's channel takes, and why it takes nothing."""
    try:
        capabilities = outgoing.capabilities_of(found.channel)
    except ValidationError as error:
        nothing = Capabilities(text_limit=0, caption_limit=0, max_file_bytes=0)
        return {"gate": Gate(error.messages[0]), **_able(nothing)}
    window = window_of(found, capabilities)
    gate = _gate(found) or _closed(window, capabilities)
    return {"gate": gate, "window": window, **_able(capabilities)}


def _able(capabilities: Capabilities) -> dict[str, Any]:
    return {
        "able": capabilities,
        "text_limit": capabilities.text_limit,
        "max_file_bytes": capabilities.max_file_bytes,
        "has_subject": capabilities.subject,
        "has_templates": capabilities.templates,
        "reaction_emojis": (capabilities.reaction_emojis or USUAL_REACTIONS)[:MOST_REACTIONS],
    }


def _closed(window: Window | None, capabilities: Capabilities) -> Gate | None:
    if window is None or window.is_open:
        return None
    if window.opened_at is None and capabilities.can_write_first and not capabilities.templates:
        return None
    words = outgoing.closed_words(window, capabilities)
    return Gate(words, offers_template=capabilities.templates)


def _gate(found: Conversation) -> Gate | None:
    channel = found.channel
    if channel.status == Channel.Status.PAUSED:
        return Gate(_("The channel is paused. An administrator can switch it on."))
    if not found.identity.is_reachable:
        reason = found.identity.unreachable_reason
        words = _("The customer cannot be written to here.")
        return Gate(f"{words} {capfirst(_(reason))}" if reason else words)
    if channel.status == Channel.Status.BROKEN:
        words = _(
            "The channel has not been sending since %(since)s. Replies will go by themselves."
        )
        since = format_time(channel.status_since, "short")
        return Gate(words % {"since": since}, icon="alert", is_wall=False)
    return None
