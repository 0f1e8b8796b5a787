"""All channels and how they are."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from channels_connectors.models import Channel
from channels_connectors.registry import connector_class, kinds
from inbox.models import Conversation, InboundEnvelope
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed


@require_safe
@allowed(Verb.READ_INBOX)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The list, and for who may change it the kinds that can be connected."""
    visible = Channel.objects.visible_to(request.membership).select_related("team")
    listed = list(with_health(visible).order_by("created_at"))
    # What is switched off stands last.
    listed.sort(key=lambda channel: channel.status == Channel.Status.DISCONNECTED)
    connected = sum(channel.status != Channel.Status.DISCONNECTED for channel in listed)
    context = {
        "channels": [(channel, label(channel.kind)) for channel in listed],
        "connected": connected,
        "kinds": [(kind, connector_class(kind).label) for kind in kinds()],
        "may_change": can(request.membership, Verb.MANAGE_CHANNELS),
    }
    return render(request, "channels/index.html", context)


def with_health(channels: QuerySet[Channel]) -> QuerySet[Channel]:
    """With `last_activity_at` of the channel's conversations and its `parked` envelopes."""
    newest = Conversation.objects.filter(channel=OuterRef("pk")).order_by("-last_activity_at")
    # `state <> 'done'` repeats the condition of the index.
    parked = (
        InboundEnvelope.objects.filter(~Q(state="done"), channel=OuterRef("pk"), state="parked")
        .order_by()
        .values("channel")
        .annotate(number=Count("pk"))
    )
    return channels.annotate(
        last_activity_at=Subquery(newest.values("last_activity_at")[:1]),
        parked=Coalesce(Subquery(parked.values("number")), 0),
    )


def label(kind: str) -> Any:
    """What a kind of channel is called."""
    try:
        return connector_class(kind).label
    except KeyError:
        return kind
