"""Pipelines and their stages."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.http import invalid
from crm.actions import (
    archive_pipeline,
    create_pipeline,
    create_stage,
    place_pipeline,
    restore_pipeline,
    update_pipeline,
)
from crm.forms.settings import NewPipelineForm, PipelineForm
from crm.forms.stages import NewStageForm
from crm.models import Pipeline, Stage
from crm.models.stage import Group
from crm.views.settings.shared import back_to, place, refused, tried
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def pipelines(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """All pipelines, and a form for one more."""
    form = NewPipelineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: create_pipeline(by=request.membership, **form.cleaned_data))
        if made:
            messages.success(request, _("The pipeline is created"))
            return back_to("pipelines", slug)
    context = _of_list() | {"form": form}
    if request.method == "POST":
        return invalid(request, "crm/settings/pipelines.html", context)
    return render(request, "crm/settings/pipelines.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def pipeline(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """One pipeline: name, money, rights, and its stages."""
    found = get_object_or_404(Pipeline, pk=pipeline_id)
    if request.method != "POST":
        context = _of_pipeline(found, form=PipelineForm(pipeline=found))
        return render(request, "crm/settings/pipeline.html", context)
    form = PipelineForm(request.POST, pipeline=found)
    if form.is_valid():
        given = form.cleaned_data
        if not given["is_default"]:
            given.pop("is_default")
        if tried(form, lambda: update_pipeline(found, by=request.membership, **given)):
            messages.success(request, _("The pipeline is saved"))
            return back_to("pipeline", slug, found.pk)
    return invalid(request, "crm/settings/pipeline.html", _of_pipeline(found, form=form))


@require_POST
@allowed(Verb.MANAGE_PIPELINES)
def placement(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """Put a pipeline elsewhere in the list."""
    found = get_object_or_404(Pipeline.objects.in_use(), pk=pipeline_id)
    place(request, found, list(Pipeline.objects.in_use().in_order()), place_pipeline)
    return back_to("pipelines", slug)


@require_POST
@allowed(Verb.MANAGE_PIPELINES)
def archiving(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """Take a pipeline out of use, or with `restore` into use again."""
    found = get_object_or_404(Pipeline, pk=pipeline_id)
    act = restore_pipeline if request.POST.get("restore") else archive_pipeline
    if words := refused(request, lambda: act(found, by=request.membership)):
        context = _of_list() | {"form": NewPipelineForm(), "refusal": words}
        return invalid(request, "crm/settings/pipelines.html", context)
    return back_to("pipelines", slug)


@require_POST
@allowed(Verb.MANAGE_PIPELINES)
def stages(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """Add a stage."""
    found = get_object_or_404(Pipeline, pk=pipeline_id)
    form = NewStageForm(request.POST)
    if form.is_valid() and tried(
        form, lambda: create_stage(found, by=request.membership, **form.cleaned_data)
    ):
        return back_to("pipeline", slug, found.pk)
    context = _of_pipeline(found, form=PipelineForm(pipeline=found), new_stage=form)
    return invalid(request, "crm/settings/pipeline.html", context)


def _of_list() -> dict[str, Any]:
    known = list(Pipeline.objects.in_order().prefetch_related("stages", "access_list__team"))
    in_use = [one for one in known if one.archived_at is None]
    for one in in_use:
        one.shown_stages = sorted(
            (stage for stage in one.stages.all() if stage.archived_at is None),
            key=lambda stage: (stage.position, stage.pk),
        )
    return {"pipelines": in_use, "archived": [one for one in known if one.archived_at]}


def _of_pipeline(
    found: Pipeline, *, form: PipelineForm, new_stage: NewStageForm | None = None
) -> dict[str, Any]:
    in_use = list(Stage.objects.in_use().filter(pipeline=found).in_order())
    groups = [(group, [stage for stage in in_use if stage.group == group.value]) for group in Group]
    return {
        "pipeline": found,
        "form": form,
        "new_stage": new_stage or NewStageForm(),
        "groups": groups,
    }
