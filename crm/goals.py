"""What was planned for a month and what has come of it.

Revenue is what reports call so: the amounts of deals by the day they were won, less refunds by the
day the money went back, of deals that are won still.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from core import money
from crm.board.filters import ME, TEAM
from crm.models import Deal, Goal, Payment, Pipeline
from workspaces.models import Membership, Team, TeamMembership, Visibility
from workspaces.zones import workspace_in_scope, zone

Whose = tuple[UUID | None, UUID | None]  # member, team; neither is everybody


@dataclass(frozen=True, slots=True)
class Progress:
    """A plan and its fulfilment. Shares are fractions, None where nothing is planned.

    Money counts deals in `currency` alone, `won` counts all of them. A month in which more went
    back than came has less than nothing.
    """

    month: date
    currency: str
    revenue: Decimal
    won: int
    goal_revenue: Decimal | None = None
    goal_count: int | None = None

    @property
    def revenue_share(self) -> float | None:
        return float(self.revenue / self.goal_revenue) if self.goal_revenue else None

    @property
    def count_share(self) -> float | None:
        return self.won / self.goal_count if self.goal_count else None

    @property
    def is_planned(self) -> bool:
        return bool(self.goal_revenue or self.goal_count)


def month_of(day: date) -> date:
    """The first day of its month."""
    return date(day.year, day.month, 1)


def months_from(month: date, count: int) -> list[date]:
    """So many months, from this one on; backwards where the count is negative."""
    first = month.year * 12 + month.month - 1
    steps = range(count) if count >= 0 else range(count, 0)
    return [date((first + n) // 12, (first + n) % 12 + 1, 1) for n in steps]


def bounds(first: date, last: date | None = None) -> tuple[datetime, datetime]:
    """The first moment of a month, and the first one after it (or after `last`), by the
    workspace's clock."""
    after = months_from(last or first, 2)[1]
    place = zone()
    return (
        datetime(first.year, first.month, 1, tzinfo=place),
        datetime(after.year, after.month, 1, tzinfo=place),
    )


def progress(
    month: date,
    *,
    member: Membership | None = None,
    team: Team | None = None,
    pipeline: Pipeline | None = None,
) -> Progress:
    """How far a member, a team or everybody has come in a month, in a pipeline or in all.

    Deals won count in the month in which they were closed. A team's are those given to it and,
    where a deal has no team, those of its members. Three queries.
    """
    month = month_of(month)
    found, returned = _won(month, pipeline=pipeline), _refunds(month, pipeline=pipeline)
    if member is not None:
        found, returned = found.filter(owner=member), returned.filter(deal__owner=member)
    if team is not None:
        found = found.filter(_of_team(team.pk))
        returned = returned.filter(_of_team(team.pk, "deal__"))
    currency = currency_of(pipeline)
    sums = found.aggregate(
        revenue=Coalesce(Sum("amount", filter=Q(currency=currency)), Decimal(0)),
        won=Count("pk"),
    )
    back = returned.filter(currency=currency).aggregate(sum=Coalesce(Sum("amount"), Decimal(0)))
    goal = Goal.objects.filter(month=month, member=member, team=team, pipeline=pipeline).first()
    return Progress(
        month,
        currency,
        sums["revenue"] + back["sum"],
        sums["won"],
        goal.revenue if goal else None,
        goal.count if goal else None,
    )


def table(
    months: list[date], *, pipeline: Pipeline | None = None
) -> dict[tuple[date, Whose], Progress]:
    """The progress of everybody who has a plan or a sale in these months; four queries."""
    currency = currency_of(pipeline)
    sums: dict[tuple[date, Whose], tuple[Decimal, int]] = {}
    teams = _teams_of_members()
    for row in [*_sales(months, pipeline, currency), *_returns(months, pipeline, currency)]:
        month = row["month"]
        of_teams = [row["team_id"]] if row["team_id"] else teams.get(row["owner_id"], [])
        whose: list[Whose] = [(None, None), *((None, team) for team in of_teams)]
        if row["owner_id"]:
            whose.append((row["owner_id"], None))
        for one in whose:
            revenue, won = sums.get((month, one), (Decimal(0), 0))
            sums[month, one] = revenue + row["revenue"], won + row["won"]
    goals = {
        (goal.month, (goal.member_id, goal.team_id)): goal
        for goal in Goal.objects.filter(month__in=months, pipeline=pipeline)
    }
    found = {}
    for key in sums.keys() | goals.keys():
        revenue, won = sums.get(key, (Decimal(0), 0))
        goal = goals.get(key)
        found[key] = Progress(
            key[0],
            currency,
            revenue,
            won,
            goal.revenue if goal else None,
            goal.count if goal else None,
        )
    return found


def headline(
    month: date, *, viewer: Membership, pipeline: Pipeline | None, owner: str = ""
) -> Progress | None:
    """The plan that a member should have before their eyes; of the pipeline, else of all of them.

    That of everybody for who sees all deals, else one's own, else that of one's team; where a board
    shows the deals of an `owner` (see `BoardFilters`), that owner's. None where nothing is planned.
    """
    month = month_of(month)
    planned = {
        (goal.pipeline_id, (goal.member_id, goal.team_id)): goal
        for goal in Goal.objects.visible_to(viewer)
        .filter(Q(pipeline=pipeline) | Q(pipeline=None), month=month)
        .select_related("member", "team")
        if goal.revenue or goal.count
    }
    if not planned:
        return None
    whose = _whose(owner, viewer)
    for place in dict.fromkeys([pipeline, None]):
        for one in whose:
            if goal := planned.get((place.pk if place else None, one)):
                return progress(month, member=goal.member, team=goal.team, pipeline=place)
    return None


def _whose(owner: str, viewer: Membership) -> list[Whose]:
    """Whose plan to look for, the nearest first."""
    mine: Whose = (viewer.pk, None)
    teams: list[Whose] = [
        (None, team) for team in viewer.team_memberships.values_list("team_id", flat=True)
    ]
    if owner == ME:
        return [mine]
    if owner == TEAM:
        return teams
    if owner:
        try:
            return [(UUID(owner), None)]
        except ValueError:
            return []
    if viewer.visibility == Visibility.ALL:
        return [(None, None), mine]
    return [mine, *teams]


def currency_of(pipeline: Pipeline | None) -> str:
    """In which a plan is told."""
    return str(pipeline.currency if pipeline else workspace_in_scope().currency)


def as_document(found: Progress) -> dict[str, Any]:
    """For the API."""
    return {
        "revenue": money.as_document(found.revenue, found.currency),
        "count": found.won,
        "revenue_share": found.revenue_share,
        "count_share": found.count_share,
    }


def _won(first: date, last: date | None = None, *, pipeline: Pipeline | None = None) -> Any:
    start, end = bounds(first, last)
    found = Deal.objects.filter(status=Deal.Status.WON, closed_at__gte=start, closed_at__lt=end)
    return found.filter(pipeline=pipeline) if pipeline else found


def _refunds(first: date, last: date | None = None, *, pipeline: Pipeline | None = None) -> Any:
    """Money that went back in these months, of deals that are won."""
    after = months_from(last or first, 2)[1]
    found = Payment.objects.filter(
        amount__lt=0, paid_on__gte=first, paid_on__lt=after, deal__status=Deal.Status.WON
    )
    return found.filter(deal__pipeline=pipeline) if pipeline else found


def _of_team(team_id: UUID, to: str = "") -> Q:
    """Deals of a team; of other rows, those whose deal is `to` them."""
    members = TeamMembership.objects.filter(
        team_id=team_id, membership_id=OuterRef(f"{to}owner_id")
    )
    return Q(**{f"{to}team_id": team_id}) | Q(Exists(members), **{f"{to}team_id": None})


def _returns(months: list[date], pipeline: Pipeline | None, currency: str) -> list[Any]:
    found = (
        _refunds(min(months), max(months), pipeline=pipeline)
        .filter(currency=currency)
        .annotate(month=TruncMonth("paid_on"))
        .values("month", owner_id=F("deal__owner_id"), team_id=F("deal__team_id"))
        .annotate(revenue=Sum("amount"))
        .order_by()
    )
    return [{**row, "won": 0} for row in found]


def _sales(months: list[date], pipeline: Pipeline | None, currency: str) -> list[Any]:
    found = (
        _won(min(months), max(months), pipeline=pipeline)
        .annotate(month=TruncMonth("closed_at", tzinfo=zone()))
        .values("month", "owner_id", "team_id")
        .annotate(
            revenue=Coalesce(Sum("amount", filter=Q(currency=currency)), Decimal(0)),
            won=Count("pk"),
        )
        .order_by()
    )
    return [{**row, "month": row["month"].date()} for row in found]


def _teams_of_members() -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    for member, team in TeamMembership.objects.values_list("membership_id", "team_id"):
        found.setdefault(member, []).append(team)
    return found
