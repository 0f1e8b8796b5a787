"""What every page of the funnel needs: its pipeline, its filters, its deals."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse

from crm.board.filters import BoardFilters
from crm.board.queries import of_pipeline
from crm.models import Deal, Pipeline, Stage
from workspaces.models import Membership
from workspaces.permissions import RIGHTS, Verb, can, require


@dataclass
class Asked:
    """The pipeline and the filters of a request, with what the viewer may do."""

    request: HttpRequest
    pipeline: Pipeline
    pipelines: list[Pipeline]
    filters: BoardFilters

    def deals(self) -> QuerySet[Deal]:
        """The deals of the pipeline that are visible and asked for."""
        return of_pipeline(self.pipeline, self.filters, self.request.membership)

    def stages(self) -> list[Stage]:
        """The pipeline's stages, from left to right."""
        return list(Stage.objects.in_use().filter(pipeline=self.pipeline).in_order())

    def context(self) -> dict[str, Any]:
        """What the head of each view shows; no queries."""
        slug = self.request.workspace.slug
        funnel_url = reverse("funnel:index", args=[slug])
        return {
            "pipeline": self.pipeline,
            "pipelines": self.pipelines,
            "filters": self.filters,
            "address": self.filters.address(),
            "funnel_url": funnel_url,
            "pipeline_url": reverse("funnel:board", args=[slug, self.pipeline.pk]),
            "can_write": can(self.request.membership, Verb.WRITE_DEALS),
            "can_manage": can(self.request.membership, Verb.MANAGE_PIPELINES),
            "can_export": can(self.request.membership, Verb.EXPORT_CONTACTS),
            "viewer": self.request.membership,
            "workspace": self.request.workspace,
        }


def asked(request: HttpRequest, pipeline_id: UUID | None = None) -> Asked:
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


def find_deal(request: HttpRequest, deal_id: UUID) -> Deal:
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


def writable(request: HttpRequest, deal_id: UUID) -> Deal:
    """The deal, for somebody who may change it."""
    found = find_deal(request, deal_id)
    require(request.membership, Verb.WRITE_DEALS)
    return found


def find_stage(request: HttpRequest, stage_id: UUID | None) -> Stage:
    """A stage of a pipeline that the viewer may work in, also one that was deleted meanwhile."""
    seen = Pipeline.objects.visible_to(request.membership)
    found: Stage | None = (
        Stage.objects.select_related("pipeline").filter(pipeline__in=seen, pk=stage_id).first()
    )
    if found is None:
        raise Http404
    return found


def sellers() -> list[Membership]:
    """Members who may have deals, by name."""
    members = Membership.objects.active().with_user()
    found = [member for member in members if Verb.WRITE_DEALS in RIGHTS[member.role]]
    return sorted(found, key=lambda member: member.name.casefold())


def uuid_of(text: str | None) -> UUID | None:
    """An id out of a form, or None."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
