from collections import defaultdict
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.models import Contact
from core.api.pagination import NewestFirst, Pages
from crm.api.references import one
from marketing import actions
from marketing.actions.series_steps import (
    add_step_file,
    remove_step_files,
    step_of,
    steps_of,
)
from marketing.api.broadcasts import FileSerializer
from marketing.api.report import ReportQuery, money_shown
from marketing.api.series_serializers import (
    SERIES_STATUSES,
    ParticipantQuery,
    SeriesAskedSerializer,
    SeriesLetInSerializer,
    SeriesParticipantSerializer,
    SeriesReportSerializer,
    SeriesSerializer,
    SeriesStepSerializer,
)
from marketing.models import Series, SeriesParticipant, SeriesStep
from marketing.reporting.money import money_of
from marketing.series.numbers import numbers_of, recipients_in, steps_with_numbers
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb
from workspaces.zones import workspace_in_scope


class _OfSeries(WorkspaceView):
    reading, writing = (Verb.READ_BROADCASTS,), (Verb.WRITE_BROADCASTS,)
    serializer_class: Any = SeriesSerializer

    def get_queryset(self) -> Any:
        return Series.objects.visible_to(self.viewer)

    def series(self, pk: UUID) -> Series:
        """One that the viewer sees. Raises `Http404`."""
        found: Series = get_object_or_404(Series.objects.visible_to(self.viewer), pk=pk)
        return found

    def step(self, pk: UUID, step_id: UUID) -> SeriesStep:
        """A step that is in it. Raises `Http404`."""
        found = step_of(self.series(pk), step_id)
        if found is None:
            raise Http404
        return found

    def shown(self, found: Any, *, many: bool = False) -> Any:
        """With steps and numbers."""
        rows = found if many else [found]
        steps: defaultdict[UUID, list[SeriesStep]] = defaultdict(list)
        for step in (
            SeriesStep.objects.filter(series__in=rows).in_order().select_related("broadcast")
        ):
            steps[step.series_id].append(step)
        context = {"steps": steps, "numbers": numbers_of([row.pk for row in rows])}
        return SeriesSerializer(found, many=many, context=context).data

    def asked(self, **options: Any) -> tuple[dict[str, Any], list[Any] | None]:
        """What was sent: the series' own values, and its steps if they were."""
        values = checked(SeriesAskedSerializer, self.request.data, **options)
        return values, values.pop("steps", None)


class SeriesQuery(serializers.Serializer[Any]):
    """Filters of the list of series."""

    status = serializers.ChoiceField(choices=SERIES_STATUSES, required=False)


@extend_schema(tags=["series"])
class SeriesList(_OfSeries, generics.ListAPIView[Series]):
    """Series, newest first."""

    pagination_class = NewestFirst

    @extend_schema(parameters=[SeriesQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = SeriesQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        page = self.paginate_queryset(self.get_queryset().filter(**asked.validated_data))
        assert page is not None
        return self.get_paginated_response(self.shown(page, many=True))

    @extend_schema(request=SeriesAskedSerializer, responses={201: SeriesSerializer})
    def post(self, request: Request) -> Response:
        """Prepare a series. Nothing is sent before `start`."""
        values, steps = self.asked()
        series = actions.create_series(by=self.viewer, **values)
        if steps:
            actions.set_steps(series, steps, by=self.viewer)
        return Response(self.shown(series), status=status.HTTP_201_CREATED)


@extend_schema(tags=["series"])
class SeriesDetail(_OfSeries):
    """One series."""

    @extend_schema(responses=SeriesSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(self.shown(self.series(pk)))

    @extend_schema(request=SeriesAskedSerializer, responses=SeriesSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given; `steps` are all of them. 422 for one that was stopped."""
        series = self.series(pk)
        values, steps = self.asked(partial=True)
        series = actions.update_series(series, by=self.viewer, **values)
        if steps is not None:
            actions.set_steps(series, steps, by=self.viewer)
        return Response(self.shown(series))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a draft; 422 for what was started."""
        actions.delete_series(self.series(pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


class _Running(_OfSeries):
    writing = (Verb.LAUNCH_BROADCASTS,)
    verb: ClassVar[Any]

    @extend_schema(request=None, responses=SeriesSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        series = type(self).verb(self.series(pk), by=self.viewer)
        return Response(self.shown(series))


@extend_schema(tags=["series"], description="Run it, or go on where it was paused.")
class SeriesStart(_Running):
    verb = staticmethod(actions.start_series)


@extend_schema(tags=["series"], description="Let nobody in and send nothing until it starts again.")
class SeriesPause(_Running):
    verb = staticmethod(actions.pause_series)


@extend_schema(tags=["series"], description="For good: everybody leaves it.")
class SeriesStop(_Running):
    verb = staticmethod(actions.stop_series)


@extend_schema(tags=["series"])
class SeriesReport(_OfSeries):
    """The numbers of a series, by step."""

    @extend_schema(parameters=[ReportQuery], responses=SeriesReportSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        series = self.series(pk)
        asked = ReportQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        currency = workspace_in_scope().currency
        money = money_of(recipients_in(series), int(asked.validated_data["days"]), currency)
        people = numbers_of([series.pk])[series.pk]
        steps = steps_with_numbers(series, steps_of(series))
        told = {"people": people, "steps": steps, "money": money_shown(money)}
        return Response(SeriesReportSerializer(told).data)


class _Latest(Pages):
    order = ("-entered_at", "-id")


@extend_schema(tags=["series"])
class SeriesPeople(_OfSeries, generics.ListAPIView[SeriesParticipant]):
    """Who is and was in a series, the latest first."""

    serializer_class: Any = SeriesParticipantSerializer
    pagination_class = _Latest

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return SeriesParticipant.objects.none()
        series = self.series(self.kwargs["pk"])
        asked = ParticipantQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        found = SeriesParticipant.objects.visible_to(self.viewer).filter(series=series)
        return found.filter(**asked.validated_data)

    @extend_schema(parameters=[ParticipantQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=SeriesLetInSerializer, responses={201: SeriesParticipantSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Let a contact in by hand; 422 where the series does not run. Who is in it stays."""
        series = self.series(pk)
        asked = checked(SeriesLetInSerializer, request.data)
        contact = one(
            Contact.objects.visible_to(self.viewer), asked["contact"], _("No such contact.")
        )
        actions.let_in(series, contact, by=self.viewer)
        found = (
            SeriesParticipant.objects.filter(series=series, contact=contact)
            .order_by("-round")
            .first()
        )
        if found is None:
            raise serializers.ValidationError(
                {
                    "contact": [
                        _("The customer does not want offers, or the series is not for them.")
                    ]
                }
            )
        return Response(SeriesParticipantSerializer(found).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["series"])
class SeriesPerson(_OfSeries):
    """Somebody in a series."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID, participant_id: UUID) -> Response:
        """Take them out. Nothing happens to who is not in it any more."""
        found = get_object_or_404(
            SeriesParticipant.objects.visible_to(self.viewer),
            series=self.series(pk),
            pk=participant_id,
        )
        actions.take_out(found, by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["series"])
class StepFiles(_OfSeries):
    """Files beside a step's text."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": FileSerializer}, responses={201: SeriesStepSerializer}
    )
    def post(self, request: Request, pk: UUID, step_id: UUID) -> Response:
        """Add a file."""
        step = self.step(pk, step_id)
        asked = checked(FileSerializer, request.data)
        step = add_step_file(step, asked["file"], by=self.viewer)
        return Response(SeriesStepSerializer(step).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={200: SeriesStepSerializer})
    def delete(self, request: Request, pk: UUID, step_id: UUID) -> Response:
        """Take all files off it."""
        step = remove_step_files(self.step(pk, step_id), by=self.viewer)
        return Response(SeriesStepSerializer(step).data)
