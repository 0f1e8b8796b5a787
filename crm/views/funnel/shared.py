"""What every page of the funnel needs: its pipeline, its filters, its deals."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from crm.board.filters import BoardFilters
from crm.board.queries import of_pipeline
from crm.models import Deal, Pipeline, Stage
from workspaces.permissions import Verb, can, require
from workspaces.requests import WorkspaceRequest

# What the list asks for beside the filters.
OF_LIST: Final = ("sort", "closed", "stage")


@dataclass
class Asked:
    """The pipeline and the filters of a request, with what the viewer may do."""

    request: WorkspaceRequest
    pipeline: Pipeline
    pipelines: list[Pipeline]
    filters: BoardFilters

    def deals(self) -> QuerySet[Deal]:
        """The deals of the pipeline that are visible and asked for."""
        return of_pipeline(self.pipeline, self.filters, self.request.membership)

    def stages(self) -> list[Stage]:
        """The pipeline's stages, from left to right."""
        return list(Stage.objects.in_use().filter(pipeline=self.pipeline).in_order())

    @property
    def status(self) -> int:
        """400 for a page whose conditions cannot be read; a frame shows why, as any other."""
        is_refused = self.filters.builder.error and "Turbo-Frame" not in self.request.headers
        return 400 if is_refused else 200

    def keep(self, view: str = "") -> dict[str, str]:
        """The parameters of a view's address, without the conditions."""
        found = self.filters.keep("filter")
        if view == "list":
            asked = self.request.GET
            found |= {name: asked[name] for name in OF_LIST if asked.get(name)}
        return found

    def context(self, view: str = "") -> dict[str, Any]:
        """What the head of each view shows; no queries."""
        slug = self.request.workspace.slug
        funnel_url = reverse("funnel:index", args=[slug])
        builder_url = reverse("funnel:conditions", args=[slug, self.pipeline.pk])
        parameters = self.keep(view) | {"view": view, "filter": self.filters.filter}
        return {
            "view": view,
            "pipeline": self.pipeline,
            "pipelines": self.pipelines,
            "filters": self.filters,
            "address": self.filters.address(),
            "builder": self.filters.builder,
            "keep": self.keep(view),
            "conditions_url": f"{builder_url}?{urlencode(parameters)}",
            "funnel_url": funnel_url,
            "pipeline_url": reverse("funnel:board", args=[slug, self.pipeline.pk]),
            "can_write": can(self.request.membership, Verb.WRITE_DEALS),
            "can_manage": can(self.request.membership, Verb.MANAGE_PIPELINES),
            "can_export": can(self.request.membership, Verb.EXPORT_CONTACTS),
            "viewer": self.request.membership,
            "workspace": self.request.workspace,
        }


def asked(request: WorkspaceRequest, pipeline_id: UUID | None = None) -> Asked:
    """What a request asks for. One query. Raises `Http404`, `PermissionDenied`."""
    require(request.membership, Verb.READ_DEALS)
    pipelines = list(Pipeline.objects.visible_to(request.membership).in_use().in_order())
    if pipeline_id is None:
        found = next((one for one in pipelines if one.is_default), None) or next(
            iter(pipelines), None
        )
    else:
        found = next((one for one in pipelines if one.pk == pipeline_id), None)
    if found is None:
        raise Http404
    return Asked(request, found, pipelines, BoardFilters.from_address(request.GET))


def find_deal(request: WorkspaceRequest, deal_id: UUID) -> Deal:
    """The deal, if the viewer may see it; else the 404 that tells nothing."""
    found: Deal | None = (
        Deal.objects.visible_to(request.membership)
        .select_related(
            "stage", "pipeline", "contact", "company", "owner__user", "team", "channel",
            "conversation", "loss_reason", "evidence",
        )
        .filter(pk=deal_id)
        .first()
    )  # fmt: skip
    if found is None:
        raise Http404
    return found


def writable(request: WorkspaceRequest, deal_id: UUID) -> Deal:
    """The deal, for somebody who may change it."""
    found = find_deal(request, deal_id)
    require(request.membership, Verb.WRITE_DEALS)
    return found


def find_stage(request: WorkspaceRequest, stage_id: UUID | None) -> Stage:
    """A stage of a pipeline that the viewer may work in, also one that was deleted meanwhile."""
    seen = Pipeline.objects.visible_to(request.membership)
    found: Stage | None = (
        Stage.objects.select_related("pipeline").filter(pipeline__in=seen, pk=stage_id).first()
    )
    if found is None:
        raise Http404
    return found


def uuid_of(text: str | None) -> UUID | None:
    """An id out of a form, or None."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
