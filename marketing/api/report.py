"""A broadcast's report in the public contract."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketing import totals
from marketing.api.broadcasts import OfBroadcasts
from marketing.api.serializers import ReportSerializer
from marketing.reporting.money import USUAL, WINDOWS, Money
from marketing.reporting.summary import report_of


class ReportQuery(serializers.Serializer[Any]):
    """For how many days after the message deals and orders count."""

    days = serializers.ChoiceField(choices=WINDOWS, default=USUAL)


@extend_schema(tags=["broadcasts"])
class BroadcastReport(OfBroadcasts):
    """A broadcast's numbers in parts, and what it brought."""

    @extend_schema(parameters=[ReportQuery], responses=ReportSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        broadcast = self.broadcast(pk)
        asked = ReportQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        report = report_of(broadcast, int(asked.validated_data["days"]))
        return Response(
            ReportSerializer(
                {
                    "totals": totals.totals(broadcast.pk),
                    "variants": totals.totals_by_variant(broadcast.pk),
                    "reasons": totals.reasons(broadcast.pk),
                    "figures": report.figures,
                    "channels": {part.key: part.figures for part in report.channels},
                    "links": report.links,
                    "money": money_shown(report.money, report.cost),
                }
            ).data
        )


def money_shown(money: Money, cost: Decimal | None = None) -> dict[str, Any]:
    """As the contract tells it."""

    def shown(amount: Decimal | None) -> dict[str, str] | None:
        return None if amount is None else {"amount": f"{amount:.2f}", "currency": money.currency}

    return {
        "days": money.days,
        "deals": money.deals,
        "in_work": shown(money.open_amount),
        "orders": money.orders,
        "revenue": shown(money.revenue),
        "cost": shown(cost),
    }
