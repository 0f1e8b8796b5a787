"""Files to and from a visitor."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import override
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from core.serving import respond
from inbox.models import Attachment
from inbox.models.message import Direction
from livechat import limits, links, uploads
from livechat.views.frame import LANGUAGES
from livechat.views.shared import address, from_our_frame, get_widget, refuse, visitor, wait
from workspaces.scope import workspace_scope
from workspaces.storage import absolute

_FORM_AROUND: Final = 16 * 1024  # bytes that a form adds to its file


@csrf_exempt  # the token is in a header, which no other site can set
@require_POST
@from_our_frame
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """Take a file. Answers with the sealed `upload` to send along with a message."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > limits.LARGEST_FILE + _FORM_AROUND:
        return refuse(413, "large")
    widget = get_widget(key)
    known = visitor(request, widget)
    if known is None:
        return refuse(401, "token")
    if seconds := limits.wait_to_upload(known.visitor_id, address(request)):
        return wait(seconds)
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        return refuse(400, "file")
    asked = request.headers.get("Accept-Language", "")[:2]
    with override(asked if asked in LANGUAGES else widget.language):
        try:
            kept = uploads.keep(given, widget)
        except uploads.Refused as refused:
            return refuse(422, "file", words=str(refused))
    return JsonResponse(
        {
            "upload": uploads.seal(kept, widget, known.visitor_id),
            "kind": kept.kind,
            "name": kept.name,
            "size": kept.size,
            "width": kept.width,
            "height": kept.height,
        },
        status=201,
    )


@xframe_options_exempt
@require_safe
def file(request: HttpRequest, key: str, attachment_id: UUID) -> HttpResponseBase:
    """A file of the visitor's own conversation, by an address made for them."""
    widget = get_widget(key)
    visitor_id = links.visitor_with(request.GET.get("pass", ""), attachment_id)
    if visitor_id is None:
        return HttpResponse(status=403)
    with workspace_scope(widget.workspace_id):
        found = (
            Attachment.objects.filter(
                pk=attachment_id,
                status=Attachment.Status.READY,
                message__conversation__channel=widget.channel,
                message__conversation__identity__external_id=str(visitor_id),
                message__deleted_at__isnull=True,
            )
            .exclude(message__direction=Direction.INTERNAL)
            .first()
        )
    if found is None or not found.path:
        raise Http404
    response = respond(request, absolute(found.path), found.mime, found.name or found.kind)
    response.headers["Cache-Control"] = "private, max-age=600"
    return response
