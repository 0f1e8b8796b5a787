"""Who a cohort's numbers count: a fact for each contact, or each order."""

import re
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from analytics.factors import factor_sql
from analytics.models import Fact
from analytics.reports.cohorts import DAY, kind_of
from analytics.reports.drilldown import Behind
from analytics.reports.question import Question
from analytics.rollups import state
from workspaces.scope import current_workspace_id

_FIRSTS: Final = """
    with firsts as (
        select distinct on (contact_id) contact_id, id, at
        from analytics_fact
        where workspace_id = %(workspace)s and kind = %(kind)s and voided_at is null
            and contact_id is not null
        order by contact_id, at, id
    ), members as (
        select contact_id, id, date_trunc('month', at at time zone %(zone)s) as cohort
        from firsts where at >= %(start)s and at < %(end)s
            and (%(cohort)s::text is null
                or to_char(at at time zone %(zone)s, 'YYYY-MM') = %(cohort)s)
    ), bought as (
        select w.id, w.contact_id, w.at,
            (extract(year from o.month) - extract(year from m.cohort)) * 12
                + extract(month from o.month) - extract(month from m.cohort) as age
        from members m join analytics_fact w on w.workspace_id = %(workspace)s
            and w.contact_id = m.contact_id and w.kind = 'won' and w.voided_at is null
            and {factor} is not null
        cross join lateral (
            select date_trunc('month', coalesce(w.on_day::timestamp,
                w.at at time zone %(zone)s)) as month
        ) o
    )
"""
_CONTACTS: Final = "select id from members"
_ORDERS: Final = "select id from bought where %(age)s::int is null or age = %(age)s"
_CUSTOMERS: Final = (
    "select distinct on (contact_id) id from bought"
    " where %(age)s::int is null or age = %(age)s order by contact_id, at, id"
)


def contacts(question: Question, cell: dict[str, Any]) -> Behind:
    """The first deal, or order, of each contact of a cohort: `{"cohort": "2026-03"}`."""
    return _behind(question, cell, _CONTACTS)


def customers(question: Question, cell: dict[str, Any]) -> Behind:
    """An order of each contact of a cohort who bought, `{"cohort", "age"}`: at an age in months."""
    return _behind(question, cell, _CUSTOMERS)


def orders(question: Question, cell: dict[str, Any]) -> Behind:
    """The orders of a cohort."""
    return _behind(question, cell, _ORDERS)


def _behind(question: Question, cell: dict[str, Any], select: str) -> Behind:
    start, end = state.bounds(question.first, question.last)
    cohort, age = cell.get("cohort"), cell.get("age")
    is_month = cohort is None or re.fullmatch(r"\d{4}-\d{2}", str(cohort))
    is_age = age is None or (isinstance(age, int) and 0 <= age < 12_000)
    if not is_month or not is_age or set(cell) - {"cohort", "age", "label"}:
        raise ValidationError({"cell": _("There is no such key.")})
    times, rates = factor_sql(question.currency, "w.currency", DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            _FIRSTS.format(factor=times) + select,
            {
                "workspace": current_workspace_id(),
                "kind": kind_of(question),
                "zone": state.current().time_zone,
                "start": start,
                "end": end,
                **rates,
                "cohort": cohort,
                "age": age,
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
    return Behind(Fact.objects.filter(pk__in=ids))
