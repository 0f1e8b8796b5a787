"""Deciding of those of whom nobody knows whether they got the message."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from core.http import see_other
from marketing.actions.unknown import mark_as_sent, send_again
from marketing.models import Broadcast, BroadcastRecipient
from marketing.views.broadcasts.report import found
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


def settle(
    request: WorkspaceRequest, broadcast: Broadcast, recipient_id: UUID, verb: Callable[..., Any]
) -> None:
    """Do it to a recipient of the broadcast; the page says why where it cannot be done. Raises
    `Http404`."""
    recipient = get_object_or_404(
        BroadcastRecipient.objects.visible_to(request.membership),
        broadcast=broadcast,
        pk=recipient_id,
    )
    try:
        verb(recipient, by=request.membership)
    except ValidationError as error:
        messages.warning(request, error.messages[0])


@require_POST
@allowed(Verb.LAUNCH_BROADCASTS)
def sent(
    request: WorkspaceRequest, slug: str, broadcast_id: UUID, recipient_id: UUID
) -> HttpResponse:
    """Somebody has seen that it arrived."""
    one = found(request, broadcast_id)
    settle(request, one, recipient_id, mark_as_sent)
    return see_other("broadcasts:broadcast", slug, one.pk)


@require_POST
@allowed(Verb.LAUNCH_BROADCASTS)
def again(
    request: WorkspaceRequest, slug: str, broadcast_id: UUID, recipient_id: UUID
) -> HttpResponse:
    """Send it once more."""
    one = found(request, broadcast_id)
    settle(request, one, recipient_id, send_again)
    return see_other("broadcasts:broadcast", slug, one.pk)
