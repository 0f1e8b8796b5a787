"""What a platform delivered and could not be read: to look at, and to read again."""

from uuid import UUID

import orjson
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from channels_connectors.models import Channel
from core.http import see_other
from inbox.models import InboundEnvelope
from inbox.parked import replay_one, replay_parked
from inbox.parked_words import explained
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

SHOWN_BYTES = 64 * 1024


@require_safe
@allowed(Verb.MANAGE_CHANNELS)
def envelope(
    request: WorkspaceRequest, slug: str, channel_id: UUID, envelope_id: UUID
) -> HttpResponse:
    """What it was and what to do, and under it as it came. Text, escaped like all text."""
    channel, found = _find(channel_id, envelope_id)
    raw = bytes(found.raw)
    context = {
        "channel": channel,
        "envelope": found,
        "explained": explained(found, channel.kind),
        "text": _readable(raw)[:SHOWN_BYTES],
        "is_cut": len(raw) > SHOWN_BYTES,
        "size": len(raw),
    }
    return render(request, "channels/envelope.html", context)


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def replay(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Read all of them again."""
    channel = get_object_or_404(Channel, pk=channel_id)
    _tell(request, replay_parked(channel, by=request.membership))
    return see_other("channels:channel", slug, channel_id)


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def envelope_replay(
    request: WorkspaceRequest, slug: str, channel_id: UUID, envelope_id: UUID
) -> HttpResponse:
    """Read one of them again."""
    channel, found = _find(channel_id, envelope_id)
    _tell(request, replay_one(channel, found, by=request.membership))
    return see_other("channels:channel", slug, channel_id)


def _tell(request: WorkspaceRequest, number: int) -> None:
    words = ngettext(
        "%(number)d message is read again", "%(number)d messages are read again", number
    )
    if number:
        messages.success(request, words % {"number": number})
    else:
        messages.info(request, _("There is nothing to read again"))


def _find(channel_id: UUID, envelope_id: UUID) -> tuple[Channel, InboundEnvelope]:
    channel = get_object_or_404(Channel, pk=channel_id)
    return channel, get_object_or_404(InboundEnvelope, pk=envelope_id, channel=channel)


def _readable(raw: bytes) -> str:
    """JSON with a line for each value, anything else as it is."""
    try:
        return orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()
    except ValueError:
        return raw.decode(errors="replace")
