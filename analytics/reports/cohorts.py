"""Months of customers and what they bought as they grew older.

A cohort is the month of a contact's first deal, or with `group=first_purchase` of the first order;
an age is a number of months after it. Refunds lessen the cohort's revenue at the age they came at.
"""

from typing import Any, Final

from django.db import connection

from analytics.factors import factor_sql
from analytics.facts.money import major
from analytics.models import Kind
from analytics.reports.question import Question
from analytics.rollups import state
from core.money import as_document
from workspaces.scope import current_workspace_id

FIRST_CONTACT: Final = "first_contact"
FIRST_PURCHASE: Final = "first_purchase"
_BY: Final = {FIRST_CONTACT: Kind.LEAD, FIRST_PURCHASE: Kind.NEW_CUSTOMER}
# The day of an order or a refund, by which its money is converted.
DAY: Final = "coalesce(w.on_day, (w.at at time zone %(zone)s)::date)"
_COHORTS: Final = """
    with firsts as (
        select contact_id, date_trunc('month', min(at) at time zone %(zone)s)::date as cohort
        from analytics_fact
        where workspace_id = %(workspace)s and kind = %(kind)s and voided_at is null
            and contact_id is not null
        group by contact_id
        having min(at) >= %(start)s and min(at) < %(end)s
    ), sizes as (select cohort, count(*) as contacts from firsts group by cohort),
    -- Materialized: how many firsts there are is more than the planner can guess.
    outcomes as materialized (
        select w.contact_id, w.kind, w.amount * {factor} as amount, w.cost * {factor} as cost,
            date_trunc('month', coalesce(w.on_day::timestamp,
                w.at at time zone %(zone)s)) as month
        from analytics_fact w
        where w.workspace_id = %(workspace)s and w.kind in ('won', 'refund')
            and w.voided_at is null and w.contact_id is not null and {factor} is not null
    ), bought as (
        select f.cohort, o.contact_id, o.kind, o.amount, o.cost,
            (extract(year from month) - extract(year from f.cohort)) * 12
                + extract(month from month) - extract(month from f.cohort) as age
        from firsts f join outcomes o on o.contact_id = f.contact_id
    ), sums as (
        select cohort, age::int as age, count(*) filter (where kind = 'won') as orders,
            count(distinct contact_id) filter (where kind = 'won') as customers,
            round(coalesce(sum(amount), 0))::bigint as revenue,
            round(coalesce(sum(cost), 0))::bigint as cost
        from bought group by 1, 2
    )
    select s.cohort, s.contacts, b.age, coalesce(b.orders, 0), coalesce(b.customers, 0),
        coalesce(b.revenue, 0), coalesce(b.cost, 0)
    from sizes s left join sums b on b.cohort = s.cohort order by 1, 3
"""


def kind_of(question: Question) -> str:
    """The facts that give a contact its cohort."""
    names = [one.name for one in question.grouping.dimensions]
    return _BY[names[0] if names else FIRST_CONTACT]


def cohorts(question: Question) -> dict[str, Any]:
    """A row for each month of the period; `ages` are cumulative."""
    names = [one.name for one in question.grouping.dimensions]
    by = names[0] if names else FIRST_CONTACT
    start, end = state.bounds(question.first, question.last)
    times, rates = factor_sql(question.currency, "w.currency", DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            _COHORTS.format(factor=times),
            {
                "workspace": current_workspace_id(),
                "kind": _BY[by],
                "zone": state.current().time_zone,
                "start": start,
                "end": end,
                **rates,
            },
        )
        found = cursor.fetchall()
    rows: dict[Any, dict[str, Any]] = {}
    for cohort, contacts, age, orders, buyers, revenue, cost in found:
        row = rows.setdefault(
            cohort,
            {
                "cohort": f"{cohort:%Y-%m}",
                "label": f"{cohort:%Y-%m}",
                "contacts": contacts,
                "orders": 0,
                "ages": [],
                "_sums": [0, 0],
            },
        )
        if age is None:
            continue
        row["orders"] += orders
        row["_sums"] = [row["_sums"][0] + revenue, row["_sums"][1] + revenue - cost]
        row["ages"].append(
            {
                "age": age,
                "orders": orders,
                "customers": buyers,
                "share": round(buyers / contacts, 6) if contacts else None,
                "revenue": _money(row["_sums"][0], question),
                "margin": _money(row["_sums"][1], question),
            }
        )
    contacts = sum(row["contacts"] for row in rows.values())
    sums = [sum(row["_sums"][place] for row in rows.values()) for place in (0, 1)]
    total = {
        "contacts": contacts,
        "orders": sum(row["orders"] for row in rows.values()),
        "revenue": _money(sums[0], question),
        "margin": _money(sums[1], question),
    }
    for row in rows.values():
        revenue, margin = row.pop("_sums")
        row["revenue"], row["margin"] = _money(revenue, question), _money(margin, question)
        # What a customer has brought so far: the lifetime value that is already there.
        row["ltv"] = _money(round(margin / row["contacts"]), question) if row["contacts"] else None
    return {"rows": list(rows.values()), "total": total, "by": by}


def _money(amount: int, question: Question) -> Any:
    return as_document(major(amount), question.currency)
