from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.alerts.actions import delete_alert, set_alert
from analytics.metrics import METRICS
from analytics.models import AlertFiring, MetricAlert
from analytics.reports import filtering
from core.api.fields import JsonObject
from core.api.pagination import OldestFirst, Pages
from core.conditions import InvalidCondition, parse
from inbox.models import Conversation
from workspaces.api.views import WorkspaceView, checked
from workspaces.models import Membership
from workspaces.permissions import Verb

# Named for the OpenAPI document.
METRIC_KEYS = sorted(one.key for one in METRICS.values() if one.is_summed)
CONDITIONS = MetricAlert.Condition.values


class MetricAlertSerializer(serializers.Serializer[Any]):
    """Tells `member` (by default who made the token) when a metric of today is above or below
    `threshold`, or yesterday's differs by more than that share from the same weekday."""

    id = serializers.UUIDField(read_only=True)
    member = serializers.UUIDField(source="membership_id", required=False)
    metric = serializers.ChoiceField(choices=METRIC_KEYS)
    condition = serializers.ChoiceField(choices=CONDITIONS)
    threshold = serializers.DecimalField(max_digits=18, decimal_places=4)
    filter = JsonObject(required=False)
    by_email = serializers.BooleanField(required=False)
    conversation = serializers.UUIDField(
        source="conversation_id",
        required=False,
        allow_null=True,
        help_text="A chat that is told too.",
    )
    muted_until = serializers.DateTimeField(required=False, allow_null=True)
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


class AlertChangesSerializer(MetricAlertSerializer):
    """What is left out stays."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class AlertFiringSerializer(serializers.Serializer[Any]):
    """One time that it told something; values in the metric's unit, money in its main unit."""

    id = serializers.UUIDField()
    day = serializers.DateField()
    at = serializers.DateTimeField()
    condition = serializers.CharField()
    value = serializers.FloatField()
    limit = serializers.FloatField()
    message = serializers.UUIDField(source="message_id", allow_null=True)
    error = serializers.CharField()


class LatestFirst(Pages):
    order = ("-at", "-id")


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
        alert = set_alert(by=self.viewer, **found(self.viewer, values))
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

    @extend_schema(request=AlertChangesSerializer, responses=MetricAlertSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given; `muted_until` silences it."""
        alert = get_object_or_404(MetricAlert.objects.select_for_update(), pk=pk)
        values = checked(AlertChangesSerializer, request.data)
        changed = set_alert(alert, by=self.viewer, **found(self.viewer, values))
        return Response(MetricAlertSerializer(changed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Watch it no longer."""
        delete_alert(get_object_or_404(MetricAlert.objects.all(), pk=pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["reports"])
class AlertFiringList(WorkspaceView, generics.ListAPIView[AlertFiring]):
    """When an alert told something, the latest first."""

    reading = (Verb.READ_REPORTS,)
    serializer_class = AlertFiringSerializer
    pagination_class = LatestFirst

    def get_queryset(self) -> Any:
        alert = get_object_or_404(MetricAlert.objects.all(), pk=self.kwargs["pk"])
        return AlertFiring.objects.filter(alert=alert)


def found(viewer: Any, values: dict[str, Any]) -> dict[str, Any]:
    """What was sent, with the things themselves for their ids. Raises `ValidationError`."""
    given = dict(values)
    if "membership_id" in given:
        given["membership"] = Membership.objects.active().get(pk=given.pop("membership_id"))
    if "conversation_id" in given:
        key = given.pop("conversation_id")
        chat = Conversation.objects.visible_to(viewer).filter(pk=key).first() if key else None
        if key and chat is None:
            raise serializers.ValidationError({"conversation": _("No such conversation.")})
        given["conversation"] = chat
    return given
