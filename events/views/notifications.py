"""A member's notifications: the list, the count on the bell, having read them."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.http import see_other
from events.models import Notification
from events.notifications import mark_read, text_of
from workspaces.requests import WorkspaceRequest

SHOWN = 100
MOST_COUNTED = 100


@require_safe
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The newest ones."""
    found = list(Notification.objects.visible_to(request.membership).newest_first()[:SHOWN])
    context = {
        "notifications": [(one, text_of(one)) for one in found],
        "has_unread": any(one.read_at is None for one in found),
    }
    if request.headers.get("Turbo-Frame") == "notifications":
        return render(request, "events/_notifications.html", context)
    return render(request, "events/notifications.html", context)


@require_safe
def count(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """How many are unread, for the bell."""
    unread = Notification.objects.visible_to(request.membership).unread()
    number = unread[:MOST_COUNTED].count()
    return render(request, "events/bell_count.html", {"count": number, "most": MOST_COUNTED})


@require_POST
def reading(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """All of them have been seen."""
    mark_read(request.membership)
    return see_other("notifications:index", slug)


@require_POST
def opening(request: WorkspaceRequest, slug: str, notification_id: UUID) -> HttpResponse:
    """Go where one of them leads; it has been seen."""
    found = get_object_or_404(
        Notification.objects.visible_to(request.membership), pk=notification_id
    )
    mark_read(request.membership, ids=[found.pk])
    return see_other(found.link or reverse("notifications:index", args=[slug]))
