from datetime import date
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.alerts import METRIC_KEYS
from analytics.digest.decisions import drop_decision, make_decision
from analytics.models import Decision, WeeklyDigest
from core.api.fields import JsonObject
from core.api.pagination import Pages
from core.api.problems import Unprocessable
from crm.api.money import GivenMoney
from workspaces.api.views import WorkspaceView, checked
from workspaces.models import Membership
from workspaces.permissions import Verb
from workspaces.zones import workspace_in_scope

# Named for the OpenAPI document.
CONDITIONS = Decision.Condition.values
STATES = Decision.State.values


class DigestSerializer(serializers.Serializer[Any]):
    """What a week brought. `effects` sum up to the change of the revenue exactly; they and
    `revenue` are in hundredths of `currency`. `disputes` name refusals, `decisions` those that
    were due."""

    id = serializers.UUIDField()
    week = serializers.DateField(help_text="Its Monday.")
    made_at = serializers.DateTimeField(source="created_at")

    def get_fields(self) -> dict[str, Any]:
        # `data` is taken by the class itself.
        return {**super().get_fields(), "data": JsonObject()}


class DecisionSerializer(serializers.Serializer[Any]):
    """What was decided. When its day is over the metric of the last seven days is compared with
    `threshold`, in the metric's unit: `held` or `missed`."""

    id = serializers.UUIDField()
    week = serializers.DateField()
    text = serializers.CharField()
    detail = serializers.CharField()
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    metric = serializers.CharField()
    condition = serializers.CharField()
    threshold = serializers.FloatField()
    due_on = serializers.DateField()
    state = serializers.ChoiceField(choices=STATES)
    worth = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    value_before = serializers.FloatField(allow_null=True)
    value_after = serializers.FloatField(allow_null=True)
    measured_at = serializers.DateTimeField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "filter": JsonObject()}


class NewDecisionSerializer(serializers.Serializer[Any]):
    """A decision, with the number that is to tell whether it helped."""

    text = serializers.CharField(max_length=200)
    detail = serializers.CharField(max_length=500, required=False, allow_blank=True)
    owner = serializers.UUIDField(required=False, allow_null=True)
    metric = serializers.ChoiceField(choices=METRIC_KEYS)
    condition = serializers.ChoiceField(choices=CONDITIONS)
    threshold = serializers.DecimalField(max_digits=18, decimal_places=4)
    due_on = serializers.DateField()
    week = serializers.DateField(required=False)
    worth = GivenMoney(required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "filter": JsonObject(required=False)}


class DecisionEndSerializer(serializers.Serializer[Any]):
    """The one thing that may be changed: it is not to be done any more."""

    state = serializers.ChoiceField(choices=[Decision.State.DROPPED.value])


class LatestWeekFirst(Pages):
    order = ("-week", "-id")


class _OfDigests(WorkspaceView):
    reading = (Verb.READ_REPORTS,)


@extend_schema(tags=["reports"])
class DigestList(_OfDigests, generics.ListAPIView[WeeklyDigest]):
    """Digests of weeks, the latest first. They are made when a week is over."""

    serializer_class = DigestSerializer
    pagination_class = LatestWeekFirst

    def get_queryset(self) -> Any:
        return WeeklyDigest.objects.all()


@extend_schema(tags=["reports"])
class DigestDetail(_OfDigests):
    """One digest."""

    @extend_schema(responses=DigestSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        found = get_object_or_404(WeeklyDigest.objects.all(), pk=pk)
        return Response(DigestSerializer(found).data)


@extend_schema(tags=["reports"])
class DecisionList(_OfDigests, generics.ListAPIView[Decision]):
    """Decisions, those of the latest week first."""

    serializer_class = DecisionSerializer
    pagination_class = LatestWeekFirst

    def get_queryset(self) -> Any:
        return Decision.objects.all()

    @extend_schema(request=NewDecisionSerializer, responses={201: DecisionSerializer})
    def post(self, request: Request) -> Response:
        """Write a decision down."""
        given = checked(NewDecisionSerializer, request.data)
        week: date | None = given.pop("week", None)
        made = make_decision(
            metric_key=given.pop("metric"),
            narrowing=given.pop("filter", None),
            owner=_owner(given.pop("owner", None)),
            worth=_worth(given.pop("worth", None)),
            week=week,
            by=self.viewer,
            **given,
        )
        return Response(DecisionSerializer(made).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["reports"])
class DecisionDetail(_OfDigests):
    """One decision."""

    @extend_schema(responses=DecisionSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        found = get_object_or_404(Decision.objects.all(), pk=pk)
        return Response(DecisionSerializer(found).data)

    @extend_schema(request=DecisionEndSerializer, responses=DecisionSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Drop it."""
        found = get_object_or_404(Decision.objects.all(), pk=pk)
        checked(DecisionEndSerializer, request.data)
        return Response(DecisionSerializer(drop_decision(found, by=self.viewer)).data)


def _owner(pk: UUID | None) -> Membership | None:
    if pk is None:
        return None
    found: Membership | None = Membership.objects.active().filter(pk=pk).first()
    if found is None:
        raise Unprocessable(_("No such member."))
    return found


def _worth(given: Any) -> Any:
    if given is None:
        return None
    amount, currency = given
    ours = workspace_in_scope().currency
    if currency not in {"", ours}:
        raise Unprocessable(_("The company counts in %(currency)s.") % {"currency": ours})
    return amount
