from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.spend import Cost, SpendPages
from analytics.models import AcquisitionCost
from analytics.spend.actions import put_acquisition_cost
from core import money
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


class AcquisitionCostSerializer(serializers.Serializer[Any]):
    """What winning customers cost besides advertisements on one day."""

    date = serializers.DateField()
    name = serializers.CharField()
    cost = Cost()

    def to_representation(self, instance: AcquisitionCost) -> dict[str, Any]:
        return {
            "date": instance.date.isoformat(),
            "name": instance.name,
            "cost": money.as_document(Decimal(instance.cost), instance.currency),
        }


class AcquisitionCostsAnswer(serializers.Serializer[Any]):
    """The days that a sum was spread over."""

    results = AcquisitionCostSerializer(many=True)


class NewAcquisitionCostSerializer(serializers.Serializer[Any]):
    """A sum for a period, which is spread over its days."""

    name = serializers.CharField(max_length=120)
    cost = Cost()

    def get_fields(self) -> dict[str, Any]:
        days = {"from": serializers.DateField(), "to": serializers.DateField()}
        return {**super().get_fields(), **days}


@extend_schema(tags=["spend"])
class AcquisitionCostList(WorkspaceView, generics.ListAPIView[AcquisitionCost]):
    """What winning customers costs besides advertisements; counts in CAC alone."""

    reading, writing = (Verb.READ_REPORTS,), (Verb.WRITE_SPEND,)
    serializer_class = AcquisitionCostSerializer
    pagination_class = SpendPages

    def get_queryset(self) -> Any:
        return AcquisitionCost.objects.all()

    @extend_schema(
        request=NewAcquisitionCostSerializer,
        responses={201: AcquisitionCostsAnswer},
    )
    def post(self, request: Request) -> Response:
        """Spread a cost over the days of a period; the same name on the same days is replaced."""
        values = checked(NewAcquisitionCostSerializer, request.data)
        cost, currency = values["cost"]
        rows = put_acquisition_cost(
            first=values["from"],
            last=values["to"],
            name=values["name"],
            cost=cost,
            currency=currency,
            by=self.viewer,
        )
        shown = AcquisitionCostSerializer(rows, many=True).data
        return Response({"results": shown}, status=status.HTTP_201_CREATED)
