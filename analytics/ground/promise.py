"""What it would have been had every lead been answered in time: an estimate, and no proof.

Of each source, leads that were answered late are given the conversion of those that were answered
in time. Sources with few of either say nothing. The interval is that of the two shares' difference
(normal approximation, 95 %); whoever was answered late may have differed in other ways too.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Any, Final

from django.db import connection

from analytics.factors import factor_sql
from analytics.facts.money import major
from analytics.metrics import Unit
from analytics.models import Base, Kind
from analytics.pages.words import value_words
from analytics.reports.counted import facts
from analytics.reports.question import Question
from analytics.rollups import state
from core.money import as_document
from workspaces.scope import current_workspace_id

FEWEST: Final = 10
MOST_LEADS: Final = 20_000
_SURE: Final = 1.96
_BY_SOURCE: Final = """
    with lead as ({leads})
    select lead.source, reply.flag, count(*), count(won.deal_id),
        round(coalesce(sum((won.amount - coalesce(won.cost, 0)) * {factor}), 0))
    from lead
    join lateral (
        select f.flag from analytics_fact f
        where f.workspace_id = %(workspace)s and f.contact_id = lead.contact_id
            and f.kind = 'first_reply' and f.voided_at is null
            and f.at >= lead.born_at - interval '1 day'
        order by f.at limit 1
    ) reply on true
    left join analytics_fact won on won.workspace_id = %(workspace)s
        and won.deal_id = lead.deal_id and won.kind = 'won' and won.voided_at is null
        and {factor} is not null
    group by 1, 2
"""


@dataclass(frozen=True)
class Answered:
    """Leads of a source that were answered in time, or late: how many, won ones, their margin in
    minor units."""

    leads: int = 0
    won: int = 0
    margin: int = 0

    @property
    def conversion(self) -> float:
        return self.won / self.leads if self.leads else 0.0


@dataclass(frozen=True)
class Estimate:
    """Margin lost by answering late, in minor units, with the bounds of the interval."""

    lost: float
    least: float
    most: float


def estimate(question: Question, leads: float) -> Estimate | None:
    """None where there is too little to say anything, or too much to ask."""
    if not 0 < leads <= MOST_LEADS:
        return None
    lost, variance, is_told = 0.0, 0.0, False
    for groups in _by_source(question).values():
        timely, late = groups.get(True, Answered()), groups.get(False, Answered())
        if timely.leads < FEWEST or late.leads < FEWEST or not timely.won + late.won:
            continue
        is_told = True
        worth = (timely.margin + late.margin) / (timely.won + late.won)
        lost += late.leads * (timely.conversion - late.conversion) * worth
        variance += (late.leads * worth) ** 2 * (_variance(timely) + _variance(late))
    if not is_told or lost <= 0:
        return None
    width = _SURE * sqrt(variance)
    return Estimate(lost, max(0.0, lost - width), lost + width)


def as_words(found: Estimate | None, total: dict[str, Any], currency: str) -> dict[str, str] | None:
    """ROMI as it would have been, its bounds, and the price of being late."""
    if found is None or total["spend"] is None or total["romi"] is None:
        return None
    spend = float(Decimal(total["spend"]["amount"])) * 100
    if spend <= 0:
        return None

    def romi(more: float) -> str:
        return value_words(float(total["romi"]) + more / spend, Unit.RATIO)

    lost = as_document(major(round(found.lost)).quantize(Decimal(1)), currency)
    return {
        "romi": romi(found.lost),
        "least": romi(found.least),
        "most": romi(found.most),
        "lost": value_words(lost, Unit.MONEY),
    }


def _by_source(question: Question) -> dict[str, dict[bool, Answered]]:
    leads = facts(question, Base.BIRTH, [Kind.LEAD]).filter(question.narrowing).order_by()
    query, parameters = leads.values(
        "deal_id", "contact_id", "source", "born_at"
    ).query.sql_with_params()
    names = {f"lead_{place}": value for place, value in enumerate(parameters)}
    query = query % tuple(f"%({name})s" for name in names)
    found: dict[str, dict[bool, Answered]] = {}
    zone = state.current().time_zone
    times, rates = factor_sql(
        question.currency, "won.currency", "(won.at at time zone %(zone)s)::date"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_SOURCE.format(leads=query, factor=times),
            {**names, **rates, "workspace": current_workspace_id(), "zone": zone},
        )
        for source, flag, count, won, margin in cursor.fetchall():
            found.setdefault(source, {})[bool(flag)] = Answered(count, won, int(margin))
    return found


def _variance(one: Answered) -> float:
    return one.conversion * (1 - one.conversion) / one.leads
