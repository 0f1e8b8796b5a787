from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from contacts.models import Contact
from core.serving import respond
from inbox.files.serving import serve
from workspaces.storage import absolute


@require_safe
def attachment(
    request: HttpRequest, slug: str, attachment_id: UUID, name: str = ""
) -> HttpResponseBase:
    """A file of a message; the name in the address is for people."""
    return serve(request, attachment_id, request.membership)  # type: ignore[attr-defined]


@require_safe
def avatar(request: HttpRequest, slug: str, contact_id: UUID) -> HttpResponseBase:
    """A contact's picture, where their platform shows one."""
    viewer = request.membership  # type: ignore[attr-defined]
    contact = Contact.objects.visible_to(viewer).filter(pk=contact_id).first()
    if contact is None or not contact.avatar:
        raise Http404
    return respond(request, absolute(contact.avatar), "image/jpeg", "avatar.jpg")
