"""Who may have a file of a message."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from core.serving import respond
from inbox.models import Attachment, Conversation
from workspaces.models import Membership
from workspaces.storage import absolute


def serve(request: HttpRequest, attachment_id: UUID, viewer: Any) -> HttpResponseBase:
    """The file, to a member or API token who sees its conversation or has just uploaded it.

    Raises `Http404` for everybody else.
    """
    if isinstance(viewer, Membership):
        mine = Q(message=None, uploaded_by=viewer)
    else:
        mine = Q(message=None, reference={"token": str(viewer.id)})
    seen = Q(message__conversation__in=Conversation.objects.visible_to(viewer))
    found = (
        Attachment.objects.filter(pk=attachment_id, status=Attachment.Status.READY)
        .filter(seen | mine)
        .first()
    )
    if found is None or not found.path:
        raise Http404
    return respond(request, absolute(found.path), found.mime, found.name or found.kind)
