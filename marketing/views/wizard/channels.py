"""The second step: by which channels, in which order."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from channels_connectors.models import Channel
from core.conditions import InvalidCondition
from marketing.actions import update_broadcast
from marketing.audience import audience_of
from marketing.checks import MOST_CHANNELS
from marketing.forecast import forecast
from marketing.models import Broadcast
from marketing.policies import policies_of
from marketing.shares import Share, shares_of, usable_channels
from marketing.views.wizard.shared import channels_of, draft, go_on, show
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

HERE = "channels"


@dataclass(frozen=True, slots=True)
class Choice:
    """A channel that may be chosen, with what its platform asks and whom it reaches."""

    channel: Channel
    is_chosen: bool
    share: Share | None
    policies: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_BROADCASTS)
def channels(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """Each customer gets the message on the first of them where they can be written to."""
    broadcast = draft(request, broadcast_id)
    if request.method != "POST":
        return show(request, HERE, broadcast, _context(request, broadcast))
    wanted = list(dict.fromkeys(request.POST.getlist("channels")))
    error = "" if wanted or request.POST.get("go") == "back" else _("Choose a channel.")
    if not error:
        try:
            broadcast = update_broadcast(broadcast, by=request.membership, channels=wanted)
            return go_on(request, HERE, broadcast)
        except ValidationError as refusal:
            error = refusal.messages[0]
    context = _context(request, broadcast) | {"error": error}
    return show(request, HERE, broadcast, context, is_invalid=True)


@require_safe
@allowed(Verb.WRITE_BROADCASTS)
def split(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """How many would get it by which of `?channels=`, in this order, and who by none."""
    broadcast = draft(request, broadcast_id)
    return render(request, "marketing/wizard/split.html", _split(broadcast, _ids(request)))


def _split(broadcast: Broadcast, ids: list[UUID]) -> dict[str, Any]:
    try:
        return {"forecast": forecast(broadcast, ids)}
    except InvalidCondition as error:
        return {"error": error.messages[0]}


def _ids(request: WorkspaceRequest) -> list[UUID]:
    known = {str(pk): pk for pk in Channel.objects.values_list("pk", flat=True)}
    wanted = dict.fromkeys(request.GET.getlist("channels"))
    return [known[pk] for pk in wanted if pk in known][:MOST_CHANNELS]


def _context(request: WorkspaceRequest, broadcast: Broadcast) -> dict[str, Any]:
    known = list(usable_channels())
    chosen = channels_of(broadcast)
    shares = _shares(broadcast, known)
    by_id = {share.channel.pk: share for share in shares}
    if not broadcast.channels:
        # A first proposal: all that reach anybody, the farthest-reaching first.
        known.sort(key=lambda channel: -_reached(by_id, channel))
        chosen = [channel for channel in known if _reached(by_id, channel)][:MOST_CHANNELS]
    order = [*chosen, *(channel for channel in known if channel not in chosen)]
    choices = [
        Choice(channel, channel in chosen, by_id.get(channel.pk), policies_of(channel))
        for channel in order
    ]
    return {
        "choices": choices,
        "split_url": reverse("broadcasts:split", args=[request.workspace.slug, broadcast.pk]),
        **_split(broadcast, [channel.pk for channel in chosen]),
    }


def _reached(shares: dict[UUID, Share], channel: Channel) -> int:
    share = shares.get(channel.pk)
    return share.reachable if share else 0


def _shares(broadcast: Broadcast, known: list[Channel]) -> list[Share]:
    try:
        found = shares_of(
            audience_of(broadcast),
            channels=known,
            template=broadcast.template,
            consent=broadcast.consent_policy,
        )
    except InvalidCondition:
        return []
    return found.channels
