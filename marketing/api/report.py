"""A broadcast's report in the public contract."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketing import totals
from marketing.api.broadcasts import OfBroadcasts
from marketing.api.serializers import ReportSerializer
from marketing.reporting.money import USUAL, WINDOWS
from marketing.reporting.summary import Report, report_of


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
                    "money": _money(report),
                }
            ).data
        )


def _money(report: Report) -> dict[str, Any]:
    def shown(amount: Any) -> dict[str, str] | None:
        if amount is None:
            return None
        return {"amount": f"{amount:.2f}", "currency": report.money.currency}

    return {
        "days": report.money.days,
        "deals": report.money.deals,
        "in_work": shown(report.money.open_amount),
        "orders": report.money.orders,
        "revenue": shown(report.money.revenue),
        "cost": shown(report.cost),
    }
