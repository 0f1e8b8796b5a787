"""What is done to a contact with one click."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contacts import person_export
from contacts.actions import set_consent, update_contact
from contacts.blocking import block_contact, unblock_contact
from contacts.erasing import ask_erasure
from contacts.models import Consent
from contacts.views.person import channels_of, find
from core.http import see_other
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

LONGEST_LABEL = 60


@require_POST
@allowed(Verb.WRITE_CONTACTS)
def labels(request: WorkspaceRequest, slug: str, contact_id: UUID) -> HttpResponse:
    """Put a label on (`add`), made if there is none of this name, or take one off (`remove`)."""
    found = find(request, contact_id)
    names = set(found.labels.values_list("name", flat=True))
    add = request.POST.get("add", "").replace("\0", "").strip()[:LONGEST_LABEL]
    wanted = (names | {add}) - {"", request.POST.get("remove", "")}
    update_contact(contact=found, by=request.membership, labels=sorted(wanted))
    return see_other("contacts:contact-about", slug, found.pk)


@require_POST
@allowed(Verb.WRITE_CONTACTS)
def consent(request: WorkspaceRequest, slug: str, contact_id: UUID) -> HttpResponse:
    """Note what they have said of broadcasts: on `channel`, one of theirs, or on all."""
    found = find(request, contact_id)
    asked, channel = request.POST.get("channel", ""), None
    if asked:
        channel = next((one for one in channels_of(found) if str(one.pk) == asked), None)
        if channel is None:
            raise Http404
    set_consent(
        contact=found,
        channel_id=channel.pk if channel else None,
        granted=request.POST.get("granted") == "yes",
        origin=Consent.Origin.AGENT,
        by=request.membership,
    )
    return see_other("contacts:contact-about", slug, found.pk)


@require_POST
@allowed(Verb.WRITE_CONTACTS)
def block(request: WorkspaceRequest, slug: str, contact_id: UUID) -> HttpResponse:
    """Block with a reason, or unblock."""
    found = find(request, contact_id)
    if request.POST.get("blocked") == "yes":
        block_contact(contact=found, by=request.membership, reason=request.POST.get("reason", ""))
        messages.success(request, _("The contact is blocked"))
    else:
        unblock_contact(contact=found, by=request.membership)
        messages.success(request, _("The contact is no longer blocked"))
    return see_other("contacts:contact", slug, found.pk)


@require_safe
@allowed(Verb.EXPORT_CONTACTS)
def export(request: WorkspaceRequest, slug: str, contact_id: UUID) -> HttpResponse:
    """All that is known of them, for them: JSON and files in a ZIP."""
    found = find(request, contact_id)
    name = f"contact-{found.pk}.zip"
    answer: Any = FileResponse(person_export.archive(found), as_attachment=True, filename=name)
    return cast(HttpResponse, answer)


@require_POST
@allowed(Verb.MANAGE_WORKSPACE)
def erasure(request: WorkspaceRequest, slug: str, contact_id: UUID) -> HttpResponse:
    """They wish to be forgotten."""
    found = find(request, contact_id)
    ask_erasure(contact=found, by=request.membership)
    messages.success(request, _("The contact is being erased"))
    return see_other("workspaces:start", slug)
