"""Why writing into a conversation is limited."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from core.times import format_time
from inbox import outgoing
from inbox.models import Conversation


@dataclass(frozen=True)
class Gate:
    """Why writing is limited; behind a wall the composer is put away."""

    words: str
    icon: str = "lock"
    is_wall: bool = True


def limits(found: Conversation) -> dict[str, Any]:
    """What the conversation's channel takes, and why it takes nothing."""
    try:
        capabilities = outgoing.capabilities_of(found.channel)
    except ValidationError as error:
        return {
            "gate": Gate(error.messages[0]),
            "text_limit": 0,
            "max_file_bytes": 0,
            "has_subject": False,
        }
    return {
        "gate": _gate(found),
        "text_limit": capabilities.text_limit,
        "max_file_bytes": capabilities.max_file_bytes,
        "has_subject": capabilities.subject,
    }


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
