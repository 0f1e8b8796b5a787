from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.drilldown import CellQuery, FactPages, FactSerializer
from analytics.api.questions import QuestionQuery, question_of
from analytics.exports.files import file_of
from analytics.exports.writing import FORMATS
from analytics.metrics import Unit
from analytics.models import Fact
from analytics.reports import drilldown, reading
from analytics.reports.catalogue import REPORTS, Report
from analytics.reports.rights import own_alone
from analytics.reports.telling import tell
from analytics.rollups import freshness
from core.serving import attachment
from workspaces.api.views import WorkspaceView
from workspaces.models import Membership
from workspaces.permissions import Verb

NAME = OpenApiParameter("name", str, OpenApiParameter.PATH, enum=sorted(REPORTS))


class MetricSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    unit = serializers.ChoiceField(choices=[unit.value for unit in Unit])
    definition = serializers.CharField()
    formula = serializers.CharField()
    base = serializers.CharField()
    attributed = serializers.BooleanField()
    better = serializers.ChoiceField(choices=["more", "less", ""])
    version = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        # `label` is taken by the class itself.
        return {**super().get_fields(), "label": serializers.CharField()}


class ReportDocumentSerializer(serializers.Serializer[Any]):
    """Ratios are fractions, durations seconds, money `{amount, currency}`, a ratio without a
    denominator null. A row has the keys of its group, `label`, and a value for each metric."""

    report = serializers.CharField()
    question = serializers.DictField()
    metrics = MetricSerializer(many=True)
    rows = serializers.ListField(child=serializers.DictField())
    total = serializers.DictField()
    coverage = serializers.DictField()


class _OfReports(WorkspaceView):
    reading = (Verb.READ_REPORTS, Verb.READ_OWN_NUMBERS)

    def report(self, name: str) -> tuple[Report, UUID | None]:
        """The report, and the member whose numbers alone it may show. Raises `Http404`,
        `PermissionDenied`."""
        report = REPORTS.get(name)
        if report is None:
            raise Http404
        return report, own_alone(self.viewer, report, self._member())

    def _member(self) -> UUID | None:
        """Whose numbers are a viewer's own: a program's are those of who made its token."""
        if isinstance(self.viewer, Membership):
            return self.viewer.pk
        return self.viewer.created_by_id


@extend_schema(tags=["reports"], parameters=[NAME])
class ReportDetail(_OfReports):
    """A report of a period, right up to this moment."""

    @extend_schema(parameters=[QuestionQuery], responses=ReportDocumentSerializer)
    def get(self, request: Request, name: str) -> Response:
        report, member = self.report(name)
        question, compared = question_of(report, request.query_params, agent_id=member)
        return Response(reading.read(report, question, compared))


@extend_schema(tags=["reports"], parameters=[NAME])
class ReportFile(_OfReports):
    """A report as a file."""

    @extend_schema(
        parameters=[
            QuestionQuery,
            OpenApiParameter("as", str, enum=sorted(FORMATS)),
            OpenApiParameter("columns", str, description="Metrics, apart by commas; all."),
        ],
        responses={(200, mime.partition(";")[0]): OpenApiTypes.BINARY for mime in FORMATS.values()},
    )
    def get(self, request: Request, name: str) -> HttpResponse:
        report, member = self.report(name)
        wanted = request.query_params.get("as") or "xlsx"
        if wanted not in FORMATS:
            raise serializers.ValidationError({"as": _("There is no such kind of file.")})
        file = file_of(report, request.query_params, wanted, agent_id=member)
        return attachment(file.content, file.name, file.mime)


@extend_schema(tags=["reports"], parameters=[NAME])
class ReportRows(_OfReports, generics.ListAPIView[Fact]):
    """What stands behind a cell of a report: the deals or conversations that were counted."""

    serializer_class = FactSerializer
    pagination_class = FactPages

    @extend_schema(parameters=[QuestionQuery, CellQuery])
    def get(self, request: Request, name: str) -> Response:
        report, member = self.report(name)
        question, _compared = question_of(report, request.query_params, agent_id=member)
        asked = CellQuery(data=request.query_params, context={"report": report})
        asked.is_valid(raise_exception=True)
        freshness.refresh(question.first, question.last)
        metric, cell = asked.validated_data["metric"], asked.validated_data.get("cell") or {}
        found = drilldown.behind(question, metric, cell, report.opens)
        pages = FactPages(found.order)
        page = pages.paginate_queryset(found.rows, request, view=self)
        answer = pages.get_paginated_response(tell(page, self.viewer))
        assert isinstance(answer.data, dict)
        answer.data["count"] = found.rows.count()
        return answer
