from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.agreements.actions import (
    SIGNS,
    propose_agreement,
    sign_agreement,
    withdraw_agreement,
)
from analytics.agreements.keeping import MONTHS, Kept, Month, months
from analytics.agreements.promises import OFFERS
from analytics.models import Agreement, AgreementPromise
from core.api.pagination import Pages
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

# Named for the OpenAPI document.
PROMISE_METRICS = sorted(OFFERS)
SIDES = sorted(SIGNS)
MOST_MONTHS = 36


class PromiseSerializer(serializers.Serializer[Any]):
    """`threshold` is in the metric's unit: shares are fractions, durations seconds, money is in its
    main unit. The metric decides on the side, and on whether more of it is promised or less."""

    metric = serializers.ChoiceField(choices=PROMISE_METRICS)
    side = serializers.ChoiceField(choices=SIDES, read_only=True)
    condition = serializers.ChoiceField(choices=AgreementPromise.Condition.values, read_only=True)
    threshold = serializers.DecimalField(max_digits=18, decimal_places=4)


class AgreementSerializer(serializers.Serializer[Any]):
    """A version of what marketing and sales promise each other. It is in force from the month
    `since` on once both have signed, until a later one is."""

    id = serializers.UUIDField(read_only=True)
    number = serializers.IntegerField(read_only=True)
    since = serializers.DateField(help_text="The first day of this or a later month.")
    accepted_lead = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    promises = PromiseSerializer(many=True)
    proposed_by = serializers.UUIDField(source="proposed_by_id", read_only=True, allow_null=True)
    marketing_by = serializers.UUIDField(source="marketing_by_id", read_only=True, allow_null=True)
    marketing_at = serializers.DateTimeField(read_only=True, allow_null=True)
    sales_by = serializers.UUIDField(source="sales_by_id", read_only=True, allow_null=True)
    sales_at = serializers.DateTimeField(read_only=True, allow_null=True)
    withdrawn_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def to_representation(self, instance: Agreement) -> dict[str, Any]:
        told: dict[str, Any] = super().to_representation(instance)
        promises = sorted(instance.promises.all(), key=lambda one: one.metric)
        return {**told, "promises": PromiseSerializer(promises, many=True).data}


class AgreementSignatureSerializer(serializers.Serializer[Any]):
    """Whose name it is."""

    side = serializers.ChoiceField(choices=SIDES)


class MonthsQuery(serializers.Serializer[Any]):
    """How far to look back."""

    count = serializers.IntegerField(min_value=1, max_value=MOST_MONTHS, default=MONTHS)


class KeptPromiseSerializer(PromiseSerializer):
    """`value` as the report tells it; `state`: `kept` or `broken`, while the month runs `on_track`
    or `behind`, `untold` without a value; `missing`: how many more it would have taken."""

    value = serializers.JSONField(read_only=True)
    state = serializers.CharField(read_only=True)
    missing = serializers.IntegerField(read_only=True)


class AgreementMonthSerializer(serializers.Serializer[Any]):
    """A month and the version that it is held against."""

    month = serializers.DateField()
    agreement = serializers.UUIDField()
    number = serializers.IntegerField()
    is_over = serializers.BooleanField()
    promises = KeptPromiseSerializer(many=True)


class LatestVersionFirst(Pages):
    order = ("-number", "-id")


class _OfAgreements(WorkspaceView):
    reading = (Verb.READ_REPORTS,)


@extend_schema(tags=["reports"])
class AgreementList(_OfAgreements, generics.ListAPIView[Agreement]):
    """Versions of the agreement of marketing and sales, the latest first."""

    serializer_class = AgreementSerializer
    pagination_class = LatestVersionFirst

    def get_queryset(self) -> Any:
        return Agreement.objects.prefetch_related("promises")

    @extend_schema(request=AgreementSerializer, responses={201: AgreementSerializer})
    def post(self, request: Request) -> Response:
        """Propose a version; it takes the place of one that waits for signatures."""
        values = checked(AgreementSerializer, request.data)
        values["promises"] = {one["metric"]: one["threshold"] for one in values["promises"]}
        agreement = propose_agreement(by=self.viewer, **values)
        shown = AgreementSerializer(agreement).data
        return Response(shown, status=status.HTTP_201_CREATED)


@extend_schema(tags=["reports"])
class AgreementDetail(_OfAgreements):
    """One version."""

    @extend_schema(responses=AgreementSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(AgreementSerializer(_found(pk)).data)


@extend_schema(tags=["reports"])
class AgreementSignature(_OfAgreements):
    """A side's name under a version."""

    @extend_schema(request=AgreementSignatureSerializer, responses=AgreementSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Sign it."""
        agreement = _found(pk)
        side = checked(AgreementSignatureSerializer, request.data)["side"]
        signed = sign_agreement(agreement, side=side, by=self.viewer)
        return Response(AgreementSerializer(signed).data)


@extend_schema(tags=["reports"])
class AgreementWithdrawal(_OfAgreements):
    """A version that is taken back."""

    @extend_schema(request=None, responses=AgreementSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Withdraw it before both have signed."""
        withdrawn = withdraw_agreement(_found(pk), by=self.viewer)
        return Response(AgreementSerializer(withdrawn).data)


@extend_schema(tags=["reports"])
class AgreementMonths(_OfAgreements):
    """How it was kept."""

    @extend_schema(parameters=[MonthsQuery], responses=AgreementMonthSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Month by month, the latest first."""
        count = checked(MonthsQuery, request.query_params)["count"]
        return Response([_told(month) for month in months(count)])


def _found(pk: UUID) -> Agreement:
    found: Agreement = get_object_or_404(Agreement.objects.prefetch_related("promises"), pk=pk)
    return found


def _told(month: Month) -> dict[str, Any]:
    return {
        "month": month.first.isoformat(),
        "agreement": str(month.agreement.pk),
        "number": month.agreement.number,
        "is_over": month.is_over,
        "promises": [_kept(one) for one in month.promises],
    }


def _kept(one: Kept) -> dict[str, Any]:
    return {
        **PromiseSerializer(one.promise).data,
        "value": one.value,
        "state": one.state.value,
        "missing": one.missing,
    }
