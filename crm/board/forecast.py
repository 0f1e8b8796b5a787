"""What may still be sold, month by month: amounts times the probability of their stages."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from crm.board.filters import ME, BoardFilters
from crm.models import Deal, Goal, Payment, Pipeline
from workspaces.models import Membership
from workspaces.zones import moments, zone

AHEAD: Final = 6  # months, this one included


@dataclass(slots=True)
class Month:
    """One month; `day` is its first, None stands for deals without an expected date. `won` is less
    what went back in that month, as plans and reports count it."""

    day: date | None
    count: int = 0
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    won_count: int = 0
    won: Decimal = Decimal(0)
    goal: Decimal | None = None

    @property
    def likely(self) -> Decimal:
        """Won so far and what may come."""
        return self.won + self.weighted

    @property
    def share(self) -> int | None:
        """Percent of the plan that is won; None without a plan."""
        return int(100 * self.won / self.goal) if self.goal else None


def months(
    deals: QuerySet[Deal], pipeline: Pipeline, filters: BoardFilters, viewer: Membership
) -> list[Month]:
    """This month and the next ones, then what is expected later, then what has no date.

    Open deals that are overdue count into this month: they may still come. Five queries.
    """
    today = moments().today
    first = today.replace(day=1)
    found = {day: Month(day) for day in _days(first)}
    own = Q(currency=pipeline.currency)
    weight = Sum(F("amount") * F("stage__probability"), filter=own)
    for one in (
        deals.filter(status=Deal.Status.OPEN)
        .order_by()
        .annotate(month=TruncMonth("expected_on"))
        .values("month")
        .annotate(count=Count("id"), total=Sum("amount", filter=own), weighted=weight)
    ):
        day = max(one["month"], first) if one["month"] else None
        month = found.setdefault(day, Month(day))
        month.count += one["count"]
        month.amount += one["total"] or 0
        month.weighted += ((one["weighted"] or Decimal(0)) / 100).quantize(Decimal(1))
    begins = moments().begins(first)
    won = deals.filter(status=Deal.Status.WON, closed_at__gte=begins).order_by()
    for sold in (
        won.annotate(month=TruncMonth("closed_at", tzinfo=zone()))
        .values("month")
        .annotate(count=Count("id"), amount=Sum("amount", filter=own))
    ):
        day = sold["month"].date()
        month = found.setdefault(day, Month(day))
        month.won_count, month.won = sold["count"], sold["amount"] or Decimal(0)
    for returned in _refunds(deals, pipeline, first):
        month = found.setdefault(returned["month"], Month(returned["month"]))
        month.won += returned["amount"]
    for day, goal in _goals(pipeline, filters, viewer, first).items():
        if day in found:
            found[day].goal = goal
    return sorted(found.values(), key=lambda month: month.day or date.max)


def whole(found: list[Month]) -> Month:
    """What all months come to; the plan of those that have one."""
    goals = [month.goal for month in found if month.goal is not None]
    return Month(
        None,
        count=sum(month.count for month in found),
        amount=sum((month.amount for month in found), Decimal(0)),
        weighted=sum((month.weighted for month in found), Decimal(0)),
        won_count=sum(month.won_count for month in found),
        won=sum((month.won for month in found), Decimal(0)),
        goal=sum(goals, Decimal(0)) if goals else None,
    )


def _refunds(deals: QuerySet[Deal], pipeline: Pipeline, first: date) -> QuerySet[Any, Any]:
    """What went back since a day, by month."""
    won = deals.filter(status=Deal.Status.WON)
    refunds = Payment.objects.filter(amount__lt=0, paid_on__gte=first, currency=pipeline.currency)
    found: QuerySet[Any, Any] = (
        refunds.filter(deal__in=won.order_by().values("pk"))
        .annotate(month=TruncMonth("paid_on"))
        .values("month")
        .annotate(amount=Sum("amount"))
        .order_by()
    )
    return found


def _days(first: date) -> list[date | None]:
    found: list[date | None] = []
    for _month in range(AHEAD):
        found.append(first)
        first = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return [*found, None]


def _goals(
    pipeline: Pipeline, filters: BoardFilters, viewer: Membership, first: date
) -> dict[date, Decimal]:
    """Plans of everybody, or of the member whose deals are shown. Other filters have no plan."""
    member = viewer.pk if filters.owner == ME else filters.owner_id
    if filters.owner and member is None:
        return {}
    if filters != BoardFilters(owner=filters.owner):
        return {}
    asked = Goal.objects.filter(month__gte=first, team=None, revenue__isnull=False)
    asked = asked.filter(member_id=member)
    asked = asked.filter(Q(pipeline=pipeline) | Q(pipeline=None)).order_by(
        F("pipeline_id").asc(nulls_first=True)
    )
    return dict(asked.values_list("month", "revenue"))
