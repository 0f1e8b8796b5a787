"""Holding a broadcast up, letting it go on, ending it; copying and deleting."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.http import see_other
from marketing.actions import (
    copy_broadcast,
    delete_broadcast,
    pause_broadcast,
    resume_broadcast,
    stop_broadcast,
)
from marketing.models import Broadcast
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_POST
@allowed(Verb.LAUNCH_BROADCASTS)
def pause(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """Send nothing more until it is resumed."""
    return _held(request, broadcast_id, pause_broadcast)


@require_POST
@allowed(Verb.LAUNCH_BROADCASTS)
def resume(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """Go on where it was paused."""
    return _held(request, broadcast_id, resume_broadcast)


@require_POST
@allowed(Verb.LAUNCH_BROADCASTS)
def stop(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """Send nothing more for good."""
    return _held(request, broadcast_id, stop_broadcast)


@require_POST
@allowed(Verb.WRITE_BROADCASTS)
def copy(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """A draft that is like it."""
    made = copy_broadcast(_find(request, broadcast_id), by=request.membership)
    messages.success(request, _("A draft was made of it"))
    return see_other("broadcasts:audience", slug, made.pk)


@require_POST
@allowed(Verb.WRITE_BROADCASTS)
def deletion(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """Delete a draft."""
    try:
        delete_broadcast(_find(request, broadcast_id), by=request.membership)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return see_other("broadcasts:broadcast", slug, broadcast_id)
    messages.success(request, _("The draft is deleted"))
    return see_other("broadcasts:index", slug)


def _find(request: WorkspaceRequest, broadcast_id: UUID) -> Broadcast:
    seen = Broadcast.objects.visible_to(request.membership)
    found: Broadcast = get_object_or_404(seen, pk=broadcast_id)
    return found


def _held(request: WorkspaceRequest, broadcast_id: UUID, verb: Callable[..., Any]) -> HttpResponse:
    try:
        verb(_find(request, broadcast_id), by=request.membership)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return see_other("broadcasts:broadcast", request.workspace.slug, broadcast_id)
