"""Reasons for a loss, in two levels."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.http import invalid
from crm.actions import archive_reason, create_reason, place_reason, restore_reason, update_reason
from crm.forms.settings import ReasonChangesForm, ReasonForm
from crm.models import LossReason
from crm.models.stage import Group
from crm.views.settings.shared import back_to, place, refused, tried
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

TEMPLATE = "crm/settings/reasons.html"


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def reasons(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """All reasons, and forms for more."""
    if request.method != "POST":
        return render(request, TEMPLATE, _context())
    form = ReasonForm(request.POST)
    if form.is_valid() and tried(
        form, lambda: create_reason(by=request.membership, **form.cleaned_data)
    ):
        return back_to("reasons", slug)
    words = " ".join(str(message) for errors in form.errors.values() for message in errors)
    return invalid(request, TEMPLATE, _context() | {"refusal": words})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def reason(request: WorkspaceRequest, slug: str, reason_id: UUID) -> HttpResponse:
    """What one reason is called, and for which pipeline it is."""
    found = get_object_or_404(LossReason, pk=reason_id)
    if request.method != "POST":
        context = {"reason": found, "form": ReasonChangesForm(reason=found)}
        return render(request, "crm/settings/reason.html", context)
    form = ReasonChangesForm(request.POST, reason=found)
    if form.is_valid() and tried(
        form, lambda: update_reason(found, by=request.membership, **form.cleaned_data)
    ):
        messages.success(request, _("The reason is saved"))
        return back_to("reasons", slug)
    return invalid(request, "crm/settings/reason.html", {"reason": found, "form": form})


@require_POST
@allowed(Verb.MANAGE_PIPELINES)
def placement(request: WorkspaceRequest, slug: str, reason_id: UUID) -> HttpResponse:
    """Put a reason elsewhere among those of its level."""
    found = get_object_or_404(LossReason, pk=reason_id, archived_at=None)
    siblings = LossReason.objects.filter(
        outcome=found.outcome, parent=found.parent_id, archived_at=None
    )
    place(request, found, list(siblings.order_by("position", "id")), place_reason)
    return back_to("reasons", slug)


@require_POST
@allowed(Verb.MANAGE_PIPELINES)
def archiving(request: WorkspaceRequest, slug: str, reason_id: UUID) -> HttpResponse:
    """Offer a reason no more, or with `restore` again."""
    found = get_object_or_404(LossReason, pk=reason_id)
    act = restore_reason if request.POST.get("restore") else archive_reason
    if words := refused(request, lambda: act(found, by=request.membership)):
        return invalid(request, TEMPLATE, _context() | {"refusal": words})
    return back_to("reasons", slug)


def _context() -> dict[str, Any]:
    known = list(LossReason.objects.select_related("pipeline").order_by("position", "id"))
    in_use = [one for one in known if one.archived_at is None]
    return {
        "outcomes": [
            {
                "group": outcome,
                "families": [
                    (family, [one for one in in_use if one.parent_id == family.pk])
                    for family in in_use
                    if family.parent_id is None and family.outcome == outcome.value
                ],
            }
            for outcome in (Group.LOST, Group.NOT_A_LEAD)
        ],
        "archived": [one for one in known if one.archived_at is not None],
    }
