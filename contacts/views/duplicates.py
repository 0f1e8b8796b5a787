"""Contacts that may be one person: judged, merged field by field, parted again."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import custom_fields, duplicates, languages
from contacts.merges import merge_contacts, undo_merge
from contacts.models import Contact, Duplicate, MergeRecord
from contacts.views.person import find
from core.http import see_other
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

PAGE: Final = 30
_COLUMNS: Final = {
    "name": pgettext_lazy("of a person", "Name"),
    "phone": gettext_lazy("Main phone"),
    "email": gettext_lazy("Main e-mail"),
    "language": gettext_lazy("Language"),
    "owner": gettext_lazy("Owner"),
    "company": gettext_lazy("Company"),
    "note": gettext_lazy("Note"),
}


@require_safe
@allowed(Verb.READ_CONTACTS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Pairs that wait for a judgement, the surest first."""
    pages = Paginator(duplicates.open_pairs(), PAGE)
    context = {"page": pages.get_page(request.GET.get("page")), "slug": slug}
    return render(request, "contacts/duplicates.html", context)


@require_POST
@allowed(Verb.WRITE_CONTACTS)
def dismissal(request: WorkspaceRequest, slug: str, pair_id: UUID) -> HttpResponse:
    """They are two people."""
    duplicates.dismiss(get_object_or_404(Duplicate, pk=pair_id), by=request.membership)
    return see_other("contacts:duplicates", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_CONTACTS)
def merge(request: WorkspaceRequest, slug: str, contact_id: UUID, other_id: UUID) -> HttpResponse:
    """GET: what each of them has, to choose from. POST: make one of them."""
    kept, other = find(request, contact_id), find(request, other_id)
    if request.method == "POST":
        choices = {
            name.removeprefix("choose_"): value
            for name, value in request.POST.items()
            if name.startswith("choose_") and value == "absorbed"
        }
        try:
            merge_contacts(kept=kept, absorbed=other, by=request.membership, choices=choices)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("The contacts are merged"))
        return see_other("contacts:contact", slug, kept.pk)
    context = {
        "kept": kept,
        "other": other,
        "rows": _rows(kept, other),
        "moves": _moves(other),
        "slug": slug,
    }
    return render(request, "contacts/merge.html", context)


@require_POST
@allowed(Verb.WRITE_CONTACTS)
def undoing(request: WorkspaceRequest, slug: str, contact_id: UUID, merge_id: UUID) -> HttpResponse:
    """It was a mistake."""
    kept = find(request, contact_id)
    found = get_object_or_404(MergeRecord, pk=merge_id, kept=kept)
    try:
        restored = undo_merge(merge=found, by=request.membership)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return see_other("contacts:contact", slug, kept.pk)
    messages.success(request, _("The contacts are two again"))
    return see_other("contacts:contact", slug, restored.pk)


def _rows(kept: Contact, other: Contact) -> list[dict[str, Any]]:
    """Values that differ, side by side; what only the other one has is taken by itself."""
    rows = []
    for name, label in _COLUMNS.items():
        one, two = (str(getattr(side, name) or "") for side in (kept, other))
        if name == "language":
            one, two = languages.named(one), languages.named(two)
        rows.append({"name": name, "label": label, "kept": one, "absorbed": two})
    for field in custom_fields.definitions("contact"):
        one, two = (
            custom_fields.words(field, side.fields.get(field.key)) for side in (kept, other)
        )
        name = f"fields.{field.key}"
        rows.append({"name": name, "label": field.label, "kept": one, "absorbed": two})
    return [row for row in rows if row["kept"] != row["absorbed"]]


def _moves(other: Contact) -> list[tuple[Any, int]]:
    """What moves over, counted."""
    counted = [
        (_("Channels"), other.identities.count()),
        (_("Labels"), other.labels.count()),
        (_("Visits and advertisements"), other.touches.count()),
        (_("Lines of the story"), other.timeline.count()),
    ]
    return [(label, count) for label, count in counted if count]
