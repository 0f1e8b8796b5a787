"""The page of one contact: who they are, and everything that happened."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from contacts import custom_fields, duplicates, timeline
from contacts.actions import update_contact
from contacts.cards import cards
from contacts.companies import find_or_create_company
from contacts.forms import PersonForm
from contacts.forms.own_fields import PREFIX
from contacts.models import Contact, Label, MergeRecord, TimelineEntry
from core.http import invalid, see_other
from workspaces.models import Membership
from workspaces.permissions import Verb, can, require
from workspaces.requests import WorkspaceRequest, allowed

ABOUT_FRAME = "contacts/_about.html"


@require_safe
@allowed(Verb.READ_CONTACTS)
def contact(request: WorkspaceRequest, slug: str, contact_id: UUID) -> HttpResponse:
    """The whole card. The address of a contact that was merged leads to whom they became."""
    try:
        found = find(request, contact_id)
    except Http404:
        return see_other("contacts:contact", slug, _became(contact_id))
    context = about_context(request, found)
    context |= {
        "identities": found.identities.select_related("channel").order_by("created_at"),
        "duplicates": duplicates.others_like(found),
        "merges": [
            merge
            for merge in MergeRecord.objects.filter(kept=found).order_by("-created_at")[:5]
            if merge.can_be_undone
        ],
        "cards": [
            {"card": card, **card.context(request.membership, found)}
            for card in cards()
            if can(request.membership, card.verb)
        ],
        **_story(request, found),
    }
    return render(request, "contacts/contact.html", context)


def _became(contact_id: UUID) -> UUID:
    """Whom a contact that is no more was merged into. Raises `Http404`."""
    became = MergeRecord.objects.filter(absorbed_id=contact_id, undone_at=None).first()
    if became is None:
        raise Http404
    kept: UUID = became.kept_id
    return kept


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_CONTACTS)
def about(request: WorkspaceRequest, slug: str, contact_id: UUID) -> HttpResponse:
    """GET: what is written of them, or with ?edit=1 its form. POST: as it should be.

    The page of a contact that was merged meanwhile is led to whom they became.
    """
    try:
        found = find(request, contact_id)
    except Http404:
        if request.method == "POST":
            raise
        return render(request, "contacts/_became.html", {"kept": _became(contact_id)})
    if request.method != "POST":
        context = about_context(request, found)
        if "edit" in request.GET and can(request.membership, Verb.WRITE_CONTACTS):
            context["form"] = PersonForm(contact=found)
        return render(request, ABOUT_FRAME, context)
    require(request.membership, Verb.WRITE_CONTACTS)
    # Held, so that what the form is compared with stays until it is written.
    Contact.objects.select_for_update(no_key=True).filter(pk=found.pk).first()
    found = find(request, contact_id)
    form = PersonForm(request.POST, contact=found)
    if form.is_valid():
        changes = _changes(form, by=request.membership)
        if form.is_valid():
            try:
                update_contact(contact=found, by=request.membership, **changes)
            except ValidationError as refusal:
                form.add_error(None, " ".join(refusal.messages))
            else:
                return see_other("contacts:contact-about", slug, found.pk)
    return invalid(request, ABOUT_FRAME, about_context(request, found) | {"form": form})


def _changes(form: PersonForm, *, by: Membership) -> dict[str, Any]:
    """What was edited, as `update_contact` takes it; a clash with somebody else is an error."""
    edited = form.edited()
    own = {name: edited.pop(name) for name in list(edited) if name.startswith(PREFIX)}
    if form.errors:
        return {}
    if "owner" in edited:
        edited["owner_id"] = edited.pop("owner") or None
    if "company" in edited:
        company = find_or_create_company(edited.pop("company"), by=by)
        edited["company_id"] = company.pk if company else None
    if own:
        edited["field_values"] = {name.removeprefix(PREFIX): value for name, value in own.items()}
    return edited


@require_safe
@allowed(Verb.READ_CONTACTS)
def story(request: WorkspaceRequest, slug: str, contact_id: UUID) -> HttpResponse:
    """A stretch of the story: `?kind=` narrows it, `?before=` goes on."""
    found = find(request, contact_id)
    template = "contacts/_story_page.html" if "before" in request.GET else "contacts/_story.html"
    return render(request, template, {"contact": found, **_story(request, found)})


def find(request: WorkspaceRequest, contact_id: UUID) -> Contact:
    """A contact that the member may see. Raises `Http404`."""
    seen = Contact.objects.visible_to(request.membership)
    found: Contact = get_object_or_404(
        seen.select_related("company", "owner__user").prefetch_related("points"), pk=contact_id
    )
    return found


def about_context(request: WorkspaceRequest, found: Contact) -> dict[str, Any]:
    """What is written of a contact."""
    points = sorted(found.points.all(), key=lambda point: point.pk)
    return {
        "contact": found,
        "slug": request.workspace.slug,
        "can_edit": can(request.membership, Verb.WRITE_CONTACTS),
        "can_erase": can(request.membership, Verb.MANAGE_WORKSPACE),
        "can_export": can(request.membership, Verb.EXPORT_CONTACTS),
        "phones": [p for p in (found.phone, *_of(points, "phone")) if p],
        "emails": [e for e in (found.email, *_of(points, "email")) if e],
        "labels": list(found.labels.order_by("name")),
        "known_labels": Label.objects.order_by("name").values_list("name", flat=True)[:200],
        "channels": channels_of(found),
        "consents": found.consents.select_related("channel").order_by("purpose", "at"),
        "own_fields": [
            (field, custom_fields.words(field, found.fields.get(field.key)))
            for field in custom_fields.definitions("contact")
        ],
    }


def channels_of(found: Contact) -> list[Any]:
    """Where a contact can be met, each channel once."""
    identities = found.identities.select_related("channel").order_by("created_at")
    return list(dict.fromkeys(identity.channel for identity in identities))


def _story(request: WorkspaceRequest, found: Contact) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    kinds = [kind] if kind in TimelineEntry.Kind.values else []
    before = request.GET.get("before", "")
    shown = timeline.page(found, request.membership, kinds=kinds, before=before)
    return {
        "slug": request.workspace.slug,
        "story": shown,
        "kind": kinds[0] if kinds else "",
        "kinds": [
            (value, label)
            for value, label in TimelineEntry.Kind.choices
            if value not in timeline.NEEDS
            or can(request.membership, timeline.NEEDS[TimelineEntry.Kind(value)])
        ],
    }


def _of(points: list[Any], kind: str) -> list[str]:
    return [point.value for point in points if point.kind == kind]
