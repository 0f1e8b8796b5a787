"""All channels and how they are."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from channels_connectors.models import Channel
from channels_connectors.registry import connector_class, kinds
from inbox import overview
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed


@require_safe
@allowed(Verb.READ_INBOX)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The list, and for who may change it the kinds that can be connected."""
    visible = Channel.objects.visible_to(request.membership).order_by("created_at")
    rows = overview.rows(visible)
    context = {
        "rows": rows,
        "connected": sum(row.channel.is_connected for row in rows),
        "kinds": [(kind, connector_class(kind).label) for kind in kinds()],
        "may_change": can(request.membership, Verb.MANAGE_CHANNELS),
    }
    if request.headers.get("Turbo-Frame") == "channels":
        return render(request, "channels/_list.html", context)
    return render(request, "channels/index.html", context)
