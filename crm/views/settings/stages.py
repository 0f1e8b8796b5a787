"""One stage of a pipeline."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.http import invalid
from crm.actions import delete_stage, place_stage, update_stage
from crm.forms.stages import StageDeletionForm, StageForm
from crm.models import Deal, Stage
from crm.views.settings.shared import back_to, place, tried
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def stage(request: WorkspaceRequest, slug: str, stage_id: UUID) -> HttpResponse:
    """Its name, colour, probability, and what it asks for."""
    found = _find(stage_id)
    if request.method != "POST":
        return render(request, "crm/settings/stage.html", _context(found, StageForm(stage=found)))
    form = StageForm(request.POST, stage=found)
    if form.is_valid() and tried(
        form, lambda: update_stage(found, by=request.membership, **form.cleaned_data)
    ):
        messages.success(request, _("The stage is saved"))
        return back_to("pipeline", slug, found.pipeline_id)
    return invalid(request, "crm/settings/stage.html", _context(_find(stage_id), form))


@require_POST
@allowed(Verb.MANAGE_PIPELINES)
def placement(request: WorkspaceRequest, slug: str, stage_id: UUID) -> HttpResponse:
    """Put a stage elsewhere in its group."""
    found = _find(stage_id)
    siblings = Stage.objects.in_use().filter(pipeline=found.pipeline_id, group=found.group)
    place(request, found, list(siblings.in_order()), place_stage)
    return back_to("pipeline", slug, found.pipeline_id)


@require_POST
@allowed(Verb.MANAGE_PIPELINES)
def deletion(request: WorkspaceRequest, slug: str, stage_id: UUID) -> HttpResponse:
    """Take a stage away; its open deals go elsewhere."""
    found = _find(stage_id)
    form = StageDeletionForm(request.POST, stage=found)

    def delete() -> None:
        move_to, reason = form.cleaned_data["move_to"]
        delete_stage(found, by=request.membership, move_to=move_to, loss_reason=reason)

    if form.is_valid() and tried(form, delete):
        messages.success(request, _("The stage is deleted"))
        return back_to("pipeline", slug, found.pipeline_id)
    context = _context(found, StageForm(stage=found), form)
    return invalid(request, "crm/settings/stage.html", context)


def _find(stage_id: UUID) -> Stage:
    rows = Stage.objects.in_use().select_related("pipeline")
    found: Stage = get_object_or_404(rows, pk=stage_id)
    return found


def _context(
    found: Stage, form: StageForm, deletion_form: StageDeletionForm | None = None
) -> dict[str, Any]:
    return {
        "stage": found,
        "form": form,
        "deletion": deletion_form or StageDeletionForm(stage=found),
        "open_deals": Deal.objects.filter(stage=found).open().count(),
    }
