from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.metrics import metrics_of
from analytics.models import ReportSettings
from analytics.reports.catalogue import REPORTS
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

LONGEST_TARGET = 30 * 86_400  # seconds


class ReportSettingsSerializer(serializers.Serializer[Any]):
    """`first_reply_target`: seconds of working time within which a first reply is in time;
    `judgement_target`: the same for sales' word on a lead. A new one judges what happens from now
    on."""

    first_reply_target = serializers.IntegerField(
        min_value=1, max_value=LONGEST_TARGET, required=False
    )
    judgement_target = serializers.IntegerField(
        min_value=1, max_value=LONGEST_TARGET, required=False
    )


class ReportListSerializer(serializers.Serializer[Any]):
    """A report that there is."""

    name = serializers.CharField()
    groups = serializers.ListField(child=serializers.CharField())
    base = serializers.CharField()
    metrics = serializers.ListField(child=serializers.CharField())


@extend_schema(tags=["reports"])
class ReportList(WorkspaceView):
    """Which reports there are."""

    reading = (Verb.READ_REPORTS, Verb.READ_OWN_NUMBERS)

    @extend_schema(responses=ReportListSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(
            [
                {
                    "name": one.name,
                    "groups": list(one.groups),
                    "base": str(one.base),
                    "metrics": [metric.key for metric in metrics_of(one.name)],
                }
                for one in REPORTS.values()
            ]
        )


@extend_schema(tags=["reports"])
class ReportSettingsDetail(WorkspaceView):
    """What the company promises its customers."""

    reading, writing = (Verb.READ_REPORTS,), (Verb.MANAGE_WORKSPACE,)

    @extend_schema(responses=ReportSettingsSerializer)
    def get(self, request: Request) -> Response:
        found = ReportSettings.objects.first() or ReportSettings()
        return Response(ReportSettingsSerializer(found).data)

    @extend_schema(request=ReportSettingsSerializer, responses=ReportSettingsSerializer)
    def patch(self, request: Request) -> Response:
        """Promise another time."""
        values = checked(ReportSettingsSerializer, request.data)
        found = ReportSettings.objects.first() or ReportSettings()
        for name, value in values.items():
            setattr(found, name, value)
        found.save()
        return Response(ReportSettingsSerializer(found).data)
