"""Where money was lost, told by facts and not by opinions.

Each deal of the period that was lost or called "not a lead" falls to one side by what is written
down of it: how its customer was answered, whether a task of it ran over, what was said of it.

| side | deals |
| --- | --- |
| `source` | no leads, and they were handled as promised: what marketing brought |
| `handling` | lost, and the customer waited too long, in vain, or for a task that ran over |
| `both` | no leads that were handled badly as well |
| `offer` | lost although handled as promised: the price, the date, the goods |
| `undecided` | still open but handled badly, or refused and disputed |

An amount counts as it is; a deal without one counts what a lead of its source usually brings, as an
estimate. By date of the event only what came to its outcome in the period counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from analytics.factors import today
from analytics.models import Base, Kind, ReportSettings
from analytics.reports.counted import facts
from analytics.reports.drilldown import Behind
from analytics.reports.question import Question
from analytics.reports.slices import rollups
from analytics.reports.worth import Worth
from core.money import CENT, as_document
from crm.models import Deal
from workspaces.scope import current_workspace_id

SIDES: Final = ("source", "handling", "both", "offer", "undecided")
FAULTS: Final = ("never_answered", "answered_late", "task_overdue")
# Of more deals than this it takes too long to tell each one's story.
MOST: Final = 8_000
_KEYS: Final = frozenset({"side", "fault", "source", "loss_reason"})
# A first reply may stand before the deal that it led to.
_LOST: Final = """
    with counted as ({facts}),
    told as (
        select d.id, d.status, d.amount, d.currency, d.loss_reason_id, c.source, c.born_at,
            coalesce(d.closed_at, now()) as until, c.contact_id,
            exists (
                select from crm_leadrefusal r where r.workspace_id = %(workspace)s
                    and r.deal_id = d.id and r.state = 'contested'
            ) as is_disputed
        from (select distinct on (deal_id) * from counted order by deal_id) c
        join crm_deal d on d.workspace_id = %(workspace)s and d.id = c.deal_id
        where d.status in ('lost', 'not_a_lead', 'open')
    ),
    handled as (
        select told.*, case
            when reply.flag is null and reply.is_asked then 'never_answered'
            when not reply.flag then 'answered_late'
            when exists (
                select from crm_task t where t.workspace_id = %(workspace)s
                    and t.deal_id = told.id and t.due_at < told.until
                    and (t.done_at is null or t.done_at > t.due_at + interval '1 day')
            ) then 'task_overdue'
        end as fault
        from told left join lateral (
            select (array_agg(f.flag order by f.at) filter (where f.kind = 'first_reply'))[1]
                    as flag,
                bool_or(f.kind = 'inquiry' and (told.status <> 'open'
                    or f.at < now() - %(patience)s * interval '1 second')) as is_asked
            from analytics_fact f
            where f.workspace_id = %(workspace)s and f.contact_id = told.contact_id
                and f.kind in ('first_reply', 'inquiry') and f.voided_at is null
                and f.at >= told.born_at - interval '1 day' and f.at <= told.until
        ) reply on true
    ),
    lost as (
        select *, case
            when status = 'open' then case when fault is not null then 'undecided' end
            when status = 'lost' then case when fault is null then 'offer' else 'handling' end
            when is_disputed then 'undecided'
            when fault is null then 'source'
            else 'both'
        end as side
        from handled
    )
"""
_COUNTED: Final = """
    select side, fault, source, loss_reason_id, count(*),
        coalesce(sum(amount * rate), 0), count(*) - count(amount * rate)
    from lost left join unnest(%(currencies)s::text[], %(rates)s::numeric[])
        known (unit, rate) on known.unit = lost.currency where side is not null group by 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Loss:
    """Deals of one side, fault, source and reason, and their money in the report's currency."""

    side: str
    fault: str | None
    source: str
    loss_reason: UUID | None
    deals: int
    money: Decimal
    is_estimate: bool


def losses(question: Question) -> dict[str, Any]:
    """As a report tells them; null where there are too many deals to ask each."""
    found = lost(question)
    if found is None:
        return {"lost_money": None}
    return {
        "lost_money": [
            {
                "side": one.side,
                "fault": one.fault,
                "source": one.source or None,
                "loss_reason": str(one.loss_reason) if one.loss_reason else None,
                "deals": one.deals,
                "money": as_document(one.money, question.currency),
                "is_estimate": one.is_estimate,
            }
            for one in found
        ]
    }


def lost(question: Question) -> list[Loss] | None:
    """What was lost, the most expensive first; None where there are too many deals."""
    if _count(question) > MOST:
        return None
    worth = Worth()
    # Nothing was won: the money of today is what it could have been.
    usual_rate = today(question.currency).get(worth.currency, Decimal(0))
    found = []
    for side, fault, source, reason, deals, amount, unpriced in _rows(question, _COUNTED, {}):
        usual = worth.usual(source) * unpriced * usual_rate
        money = (amount + usual).quantize(CENT)
        found.append(Loss(side, fault, source, reason, deals, money, bool(unpriced)))
    return sorted(found, key=lambda one: -one.money)


def deals(question: Question, cell: dict[str, Any]) -> Behind:
    """The deals behind `{"side", "fault", "source", "loss_reason"}`, each of which may be left out.
    Raises `ValidationError`."""
    if set(cell) - _KEYS - {"label"}:
        raise ValidationError({"cell": _("There is no such key.")})
    where, values = ["side is not null"], {}
    for key in sorted(_KEYS & set(cell)):
        column = "loss_reason_id" if key == "loss_reason" else key
        value = cell[key]
        if key == "source":
            value = value or ""
        if value is None:
            where.append(f"{column} is null")
            continue
        cast = "::uuid" if key == "loss_reason" else ""
        where.append(f"{column} = %(cell_{key})s{cast}")
        values[f"cell_{key}"] = _uuid(value) if key == "loss_reason" else str(value)[:200]
    select = f"select id from lost where {' and '.join(where)}"  # noqa: S608  columns of ours
    ids = [row[0] for row in _rows(question, select, values)]
    return Behind(Deal.objects.filter(pk__in=ids), ("-created_at", "-id"))


def _counted(question: Question) -> Any:
    """A fact of each deal that the period is about."""
    return facts(question, question.base, _kinds(question)).filter(question.narrowing)


def _count(question: Question) -> int:
    """How many facts those are, out of rollups."""
    kinds = _kinds(question)
    found = rollups(question, question.base, kinds, []).aggregate(all=Sum("n"))
    return int(found["all"] or 0)


def _kinds(question: Question) -> list[str]:
    return [Kind.LEAD] if question.base == Base.BIRTH else [Kind.LOST, Kind.REJECTED]


def _rows(question: Question, select: str, more: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
    found = _counted(question).order_by().values("deal_id", "contact_id", "source", "born_at")
    query, parameters = found.query.sql_with_params()
    names = {f"fact_{place}": value for place, value in enumerate(parameters)}
    query = query % tuple(f"%({name})s" for name in names)
    settings = ReportSettings.objects.first() or ReportSettings()
    rates = today(question.currency)
    with connection.cursor() as cursor:
        cursor.execute(
            _LOST.format(facts=query) + select,
            {
                **names,
                **more,
                "workspace": current_workspace_id(),
                "currencies": list(rates),
                "rates": list(rates.values()),
                "patience": settings.first_reply_target,
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _uuid(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise ValidationError({"cell": _("An id is needed.")}) from None
