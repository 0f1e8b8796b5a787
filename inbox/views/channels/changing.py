"""One channel: its name, who gets its conversations, what could not be read, and leaving it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from channels_connectors.models import Channel
from channels_connectors.registry import connector_for, kinds
from core.http import invalid, see_other
from inbox.channel_forms import RoutingForm
from inbox.connections import disconnect_channel, hook_address, update_channel
from inbox.models import InboundEnvelope
from inbox.parked import replay_parked
from inbox.views.channels.connecting import add_refusal, revealed
from inbox.views.channels.listing import label, with_health
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

SHOWN_PARKED = 20


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def channel(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """The channel's page."""
    found = _find(channel_id)
    if request.method != "POST":
        initial = {"name": found.name, "team": found.team, "routing": found.routing}
        context = _context(found, RoutingForm(initial=initial))
        if request.method == "GET" and not _is_glance(request):
            context["secret"] = revealed(request, found).get("secret", "")
        response = render(request, "channels/channel.html", context)
        if context.get("secret"):
            response.headers["Cache-Control"] = "no-store"
        return response
    form = RoutingForm(request.POST)
    if form.is_valid():
        try:
            update_channel(
                found,
                by=request.membership,
                name=form.cleaned_data["name"],
                settings=form.settings(),
            )
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The channel is saved"))
            return see_other("channels:channel", slug, found.pk)
    return invalid(request, "channels/channel.html", _context(found, form))


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def disconnection(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Let go of the account; the conversations stay."""
    disconnect_channel(_find(channel_id), by=request.membership)
    messages.success(request, _("The channel is disconnected"))
    return see_other("channels:index", slug)


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def replay(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Read again what could not be read."""
    number = replay_parked(_find(channel_id), by=request.membership)
    messages.success(
        request,
        ngettext(
            "%(number)d message is read again",
            "%(number)d messages are read again",
            number,
        )
        % {"number": number},
    )
    return see_other("channels:channel", slug, channel_id)


def _is_glance(request: WorkspaceRequest) -> bool:
    """A page that is fetched ahead of a click must not use up what is shown once."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "X-Sec-Purpose"))
    return any("prefetch" in purpose for purpose in purposes)


def _find(channel_id: UUID) -> Channel:
    return get_object_or_404(with_health(Channel.objects.select_related("team")), pk=channel_id)


def _context(found: Channel, form: RoutingForm) -> dict[str, object]:
    parked = InboundEnvelope.objects.filter(channel=found, state="parked").order_by("-id")
    return {
        "channel": found,
        "label": label(found.kind),
        "form": form,
        "parked": parked[:SHOWN_PARKED],
        "address": hook_address(found) if found.kind == "api" else "",
        "code": connector_for(found).embed_code() if found.kind in kinds() else "",
    }
