"""One channel: who gets its conversations, how it is, holding it back, and leaving it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from channels_connectors.models import Channel
from channels_connectors.registry import connector_for, kinds
from core.http import invalid, see_other
from inbox import overview, panels
from inbox.connections import disconnect_channel, hook_address
from inbox.facts_of_health import WORDS
from inbox.health.checking import check_now
from inbox.message_templates import has_templates
from inbox.models import InboundEnvelope
from inbox.notices import facts_of, topics_of
from inbox.parked_words import reason
from inbox.reconnecting import pause_channel, resume_channel
from inbox.views.channels.people import PeoplePage
from inbox.views.channels.secrets import render_revealing
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

SHOWN_PARKED = 20


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def channel(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """The channel's page."""
    found = get_object_or_404(Channel, pk=channel_id)
    if request.headers.get("Turbo-Frame") == "channel_state":
        return render(request, "channels/_state.html", _state(found))
    if request.headers.get("Turbo-Frame") == "channel_news":
        return render(request, "channels/_news.html", _news(found))
    page = PeoplePage(request, found)
    context = {
        **_context(found),
        **page.context(),
        "sections": panels.channel_sections(request, found),
    }
    if request.method != "POST":
        return render_revealing(request, "channels/channel.html", context, found)
    if page.is_valid():
        try:
            page.save()
        except ValidationError as refusal:
            page.refuse(refusal)
        else:
            messages.success(request, _("The channel is saved"))
            return see_other("channels:channel", slug, found.pk)
    return invalid(request, "channels/channel.html", context)


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def pause(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Hold replies back."""
    pause_channel(get_object_or_404(Channel, pk=channel_id), by=request.membership)
    messages.success(request, _("Sending is paused"))
    return see_other("channels:channel", slug, channel_id)


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def resumption(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Let them go."""
    resume_channel(get_object_or_404(Channel, pk=channel_id), by=request.membership)
    messages.success(request, _("Sending goes on"))
    return see_other("channels:channel", slug, channel_id)


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def check(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Ask the platform now."""
    found = get_object_or_404(Channel.objects.connected(), pk=channel_id)
    check_now(found)
    messages.success(request, _("The platform was asked"))
    return see_other("channels:channel", slug, channel_id)


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def disconnection(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Let go of the account; the conversations stay."""
    disconnect_channel(get_object_or_404(Channel, pk=channel_id), by=request.membership)
    messages.success(request, _("The channel is disconnected"))
    return see_other("channels:index", slug)


def _state(found: Channel) -> dict[str, object]:
    row = overview.rows(Channel.objects.filter(pk=found.pk))[0]
    return {
        "channel": found,
        "row": row,
        "may_change": True,
        "facts": facts_of(found, WORDS),
        "notes": found.health.get("notes") or [],
    }


def _news(found: Channel) -> dict[str, object]:
    """What it delivered that nobody could read, and what it tells of itself."""
    parked = InboundEnvelope.objects.exclude(state="done").filter(channel=found, state="parked")
    shown = parked.defer("raw").order_by("-id")[:SHOWN_PARKED]
    return {
        "channel": found,
        "number": parked.count(),
        "parked": [(one, reason(one.error, found.kind)[0]) for one in shown],
        "topics": topics_of(found),
    }


def _context(found: Channel) -> dict[str, object]:
    return {
        **_state(found),
        **_news(found),
        "label": overview.label(found.kind),
        "code": connector_for(found).embed_code() if found.kind in kinds() else "",
        "webhook_url": hook_address(found) if found.transport == "webhook" else "",
        "has_templates": has_templates(found.kind) and found.is_connected,
    }
