"""One broadcast: how it fares."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from marketing.models import Broadcast
from marketing.overview import rows_of
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed


@require_safe
@allowed(Verb.READ_BROADCASTS)
def broadcast(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """What goes to whom, and how far it has come."""
    found = get_object_or_404(Broadcast.objects.visible_to(request.membership), pk=broadcast_id)
    [row] = rows_of([found])
    context = {
        "slug": slug,
        "broadcast": found,
        "row": row,
        "can_launch": can(request.membership, Verb.LAUNCH_BROADCASTS),
    }
    return render(request, "marketing/broadcasts/broadcast.html", context)
