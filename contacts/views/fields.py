"""Settings: the workspace's own fields."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contacts import custom_fields
from contacts.defining import create_field, place_field, update_field
from contacts.forms import FieldForm, NewFieldForm
from contacts.models import CustomField
from core.http import invalid, see_other
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_WORKSPACE)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The fields of contacts, companies or deals, and a form for one more."""
    entity = request.GET.get("of", CustomField.Entity.CONTACT)
    if entity not in CustomField.Entity.values:
        raise Http404
    form = NewFieldForm(request.POST or None)
    context = {"entity": entity, "entities": CustomField.Entity.choices, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            create_field(entity=entity, by=request.membership, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            messages.success(request, _("The field is made"))
            return see_other(f"{request.path}?of={entity}")
    context["fields"] = custom_fields.definitions(entity, archived=True)
    if request.method == "POST":
        return invalid(request, "contacts/fields.html", context)
    return render(request, "contacts/fields.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_WORKSPACE)
def field(request: WorkspaceRequest, slug: str, field_id: UUID) -> HttpResponse:
    """One field: its name and its choices."""
    found = get_object_or_404(CustomField, pk=field_id)
    if request.method != "POST":
        form = FieldForm(field=found)
        return render(request, "contacts/field.html", {"field": found, "form": form})
    form = FieldForm(request.POST, field=found)
    if form.is_valid():
        try:
            update_field(
                field=found,
                by=request.membership,
                label=form.cleaned_data["label"],
                choices=form.wanted_choices,
            )
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            messages.success(request, _("The field is saved"))
            return _back(slug, found)
    return invalid(request, "contacts/field.html", {"field": found, "form": form})


@require_POST
@allowed(Verb.MANAGE_WORKSPACE)
def place(request: WorkspaceRequest, slug: str, field_id: UUID) -> HttpResponse:
    """Move a field up or down by one."""
    found = get_object_or_404(CustomField, pk=field_id)
    row = [one.pk for one in custom_fields.definitions(found.entity, archived=True)]
    index = row.index(found.pk)
    target = index - 1 if request.POST.get("to") == "up" else index + 2
    if target >= 0:
        before = row[target] if target < len(row) else None
        place_field(field=found, by=request.membership, before=before)
    return _back(slug, found)


@require_POST
@allowed(Verb.MANAGE_WORKSPACE)
def archiving(request: WorkspaceRequest, slug: str, field_id: UUID) -> HttpResponse:
    """Put a field out of use, or back."""
    found = get_object_or_404(CustomField, pk=field_id)
    archived = request.POST.get("archived") == "yes"
    update_field(field=found, by=request.membership, archived=archived)
    return _back(slug, found)


def _back(slug: str, found: CustomField) -> HttpResponse:
    url = reverse("own_fields:index", args=[slug])
    return see_other(f"{url}?of={found.entity}")
