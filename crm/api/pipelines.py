from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import Pages
from crm.actions import (
    archive_pipeline,
    create_pipeline,
    create_stage,
    delete_stage,
    order_stages,
    place_pipeline,
    update_pipeline,
    update_stage,
)
from crm.api import references
from crm.api.pipeline_serializers import (
    GivenStageSerializer,
    NewPipelineSerializer,
    NewStageSerializer,
    PipelineChangesSerializer,
    PipelineSerializer,
    StageDeletionQuery,
    StageOrderSerializer,
    StageSerializer,
)
from crm.models import Pipeline, Stage
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


class InOrder(Pages):
    order = ("position", "id")


class OfPipelines(WorkspaceView):
    """Pipelines that the token may work in."""

    reading, writing = (Verb.READ_DEALS,), (Verb.MANAGE_PIPELINES,)

    def pipelines(self) -> Any:
        """All of them, with what their serializer shows."""
        found = Pipeline.objects.visible_to(self.viewer)
        return found.prefetch_related("stages", "access_list")

    def pipeline(self, pk: UUID) -> Pipeline:
        """One of them. Raises `Http404`."""
        found: Pipeline = get_object_or_404(self.pipelines(), pk=pk)
        return found

    def shown(self, pk: UUID, code: int = status.HTTP_200_OK) -> Response:
        """A pipeline as it is now."""
        return Response(PipelineSerializer(self.pipeline(pk)).data, status=code)


@extend_schema(tags=["pipelines"])
class PipelineList(OfPipelines, generics.ListAPIView[Pipeline]):
    """Pipelines in use, in their order."""

    serializer_class = PipelineSerializer
    pagination_class = InOrder

    def get_queryset(self) -> Any:
        return self.pipelines().in_use()

    @extend_schema(request=NewPipelineSerializer, responses={201: PipelineSerializer})
    def post(self, request: Request) -> Response:
        """Make a pipeline."""
        given = checked(NewPipelineSerializer, request.data)
        if "teams" in given:
            given["teams"] = references.teams(given["teams"])
        pipeline = create_pipeline(by=self.viewer, **given)
        return self.shown(pipeline.pk, status.HTTP_201_CREATED)


@extend_schema(tags=["pipelines"])
class PipelineDetail(OfPipelines):
    """One pipeline."""

    @extend_schema(responses=PipelineSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return self.shown(pk)

    @extend_schema(request=PipelineChangesSerializer, responses=PipelineSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given; `after` or `before` put it elsewhere in the list."""
        pipeline = self.pipeline(pk)
        given = checked(PipelineChangesSerializer, request.data, partial=True)
        place = {name: given.pop(name) for name in ("before", "after") if name in given}
        if "teams" in given:
            given["teams"] = references.teams(given["teams"])
        update_pipeline(pipeline, by=self.viewer, **given)
        if place:
            place_pipeline(pipeline, by=self.viewer, **place)
        return self.shown(pk)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Archive a pipeline that has no open deals; its history stays."""
        archive_pipeline(self.pipeline(pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["pipelines"])
class StageList(OfPipelines, generics.ListAPIView[Stage]):
    """Stages of a pipeline, in their order."""

    serializer_class = StageSerializer
    pagination_class = InOrder

    def get_queryset(self) -> Any:
        return Stage.objects.in_use().filter(pipeline=self.pipeline(self.kwargs["pk"]))

    @extend_schema(request=NewStageSerializer, responses={201: StageSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Add a stage."""
        pipeline = self.pipeline(pk)
        given = checked(NewStageSerializer, request.data)
        stage = create_stage(pipeline, by=self.viewer, **given)
        return Response(StageSerializer(stage).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=StageOrderSerializer, responses=StageSerializer(many=True))
    def put(self, request: Request, pk: UUID) -> Response:
        """Put the stages into this order."""
        pipeline = self.pipeline(pk)
        given = checked(StageOrderSerializer, request.data)
        order_stages(pipeline, given["stages"], by=self.viewer)
        return self.list(request)


@extend_schema(tags=["pipelines"])
class StageDetail(OfPipelines):
    """One stage."""

    def stage(self, pk: UUID, stage_id: UUID) -> Stage:
        """One of the pipeline's. Raises `Http404`."""
        found: Stage = get_object_or_404(
            Stage.objects.in_use().filter(pipeline=self.pipeline(pk)), pk=stage_id
        )
        return found

    @extend_schema(request=GivenStageSerializer, responses=StageSerializer)
    def patch(self, request: Request, pk: UUID, stage_id: UUID) -> Response:
        """Change what is given. The history goes on calling it as it was called then."""
        stage = self.stage(pk, stage_id)
        given = checked(GivenStageSerializer, request.data, partial=True)
        stage = update_stage(stage, by=self.viewer, **given)
        return Response(StageSerializer(stage).data)

    @extend_schema(parameters=[StageDeletionQuery], responses={204: None})
    def delete(self, request: Request, pk: UUID, stage_id: UUID) -> Response:
        """Archive a stage; its open deals go to `move_to`."""
        stage = self.stage(pk, stage_id)
        asked = checked(StageDeletionQuery, request.query_params)
        target = references.stage(self.viewer, asked.get("move_to"))
        reason = references.loss_reason(asked.get("loss_reason"), target) if target else None
        delete_stage(stage, by=self.viewer, move_to=target, loss_reason=reason)
        return Response(status=status.HTTP_204_NO_CONTENT)
