from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.metrics import METRICS
from analytics.models import MetricAlert
from analytics.reports import filtering
from core.api.fields import JsonObject
from core.api.pagination import OldestFirst
from core.conditions import InvalidCondition, parse
from workspaces.api.views import WorkspaceView, checked
from workspaces.models import Membership
from workspaces.permissions import Verb


class MetricAlertSerializer(serializers.Serializer[Any]):
    """Tells `member` (by default who made the token) when a metric of today is above or below
    `threshold`, or yesterday's differs by more than that share from the same weekday."""

    id = serializers.UUIDField(read_only=True)
    member = serializers.UUIDField(source="membership_id", required=False)
    metric = serializers.ChoiceField(
        choices=sorted(one.key for one in METRICS.values() if one.is_summed)
    )
    condition = serializers.ChoiceField(choices=MetricAlert.Condition.values)
    threshold = serializers.DecimalField(max_digits=18, decimal_places=4)
    filter = JsonObject(required=False)
    by_email = serializers.BooleanField(required=False)
    told_on = serializers.DateField(read_only=True, allow_null=True)

    def validate_member(self, value: UUID) -> UUID:
        if not Membership.objects.active().filter(pk=value).exists():
            raise serializers.ValidationError(_("No such member."))
        return value

    def validate_filter(self, document: Any) -> Any:
        try:
            parse(document, filtering.VOCABULARY)
        except InvalidCondition as error:
            raise serializers.ValidationError(error.messages) from None
        return document


@extend_schema(tags=["reports"])
class MetricAlertList(WorkspaceView, generics.ListAPIView[MetricAlert]):
    """Alerts on metrics."""

    reading = (Verb.READ_REPORTS,)
    serializer_class = MetricAlertSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return MetricAlert.objects.all()

    @extend_schema(responses={201: MetricAlertSerializer})
    def post(self, request: Request) -> Response:
        """Watch a metric."""
        values = checked(MetricAlertSerializer, request.data)
        values.setdefault("membership_id", self.viewer.created_by_id)
        if values["membership_id"] is None:
            raise serializers.ValidationError({"member": _("Say who is to be told.")})
        report = METRICS[values["metric"]].reports[0]
        alert = MetricAlert.objects.create(report=report, **values)
        shown = MetricAlertSerializer(alert).data
        return Response(shown, status=status.HTTP_201_CREATED)


@extend_schema(tags=["reports"])
class MetricAlertDetail(WorkspaceView):
    """One alert."""

    reading = (Verb.READ_REPORTS,)

    @extend_schema(responses=MetricAlertSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        alert = get_object_or_404(MetricAlert.objects.all(), pk=pk)
        return Response(MetricAlertSerializer(alert).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Watch it no longer."""
        get_object_or_404(MetricAlert.objects.all(), pk=pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
