"""Facts of deals with the credit of each of their touches, as one query.

A fact whose contact has no touch before the deal's birth counts for the deal's own source. Counts
are divided in millionths, money in minor units, both so that the parts sum to the whole.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.sql import Query

from analytics.attribution.weights import HALF_LIFE, Model
from analytics.facts.sources import DIRECT, WINDOW
from analytics.models import Fact
from workspaces.scope import current_workspace_id

# What one fact is divided into.
WHOLE: Final = 1_000_000

_WEIGHT: Final[dict[Model, str]] = {
    "first": "(k = 1)::int",
    "last": "(k = m)::int",
    "last_non_direct": "(k = coalesce(last_named, m))::int",
    "linear": "1.0 / m",
    "u_shape": "case when m < 3 then 1.0 / m when k in (1, m) then 0.4 else 0.2 / (m - 2) end",
    "time_decay": "power(2::float8, -extract(epoch from age) / %(half_life)s)"
    " / sum(power(2::float8, -extract(epoch from age) / %(half_life)s)) over (partition by id)",
}
_CREDITED: Final = """
    with facts as ({facts}),
    paths as (
        select f.*, coalesce(t.source, f.source) as t_source,
            coalesce(t.medium, f.medium) as t_medium,
            coalesce(t.campaign, f.campaign) as t_campaign, coalesce(t.content, f.ad) as t_ad,
            f.born_at - coalesce(t.at, f.born_at) as age,
            row_number() over by_time as k, count(*) over (partition by f.id) as m,
            max(case when lower(t.source) <> all(%(direct)s) then t.place end)
                over (partition by f.id) as last_named
        from facts f left join lateral (
            select o.*, row_number() over (order by o.at, o.id) as place
            from contacts_touch o
            where o.workspace_id = %(workspace)s and o.contact_id = f.contact_id
                and o.at <= f.born_at and o.at > f.born_at - %(window)s
        ) t on true
        window by_time as (partition by f.id order by t.at, t.id)
    ),
    weighed as (select *, ({weight})::float8 as weight from paths),
    divided as (
        select *, {exact_n} as exact_n, {exact_amount} as exact_amount, {exact_cost} as exact_cost
        from weighed
    ),
    credited as (
        select {carried}, t_source as source, t_medium as medium, t_campaign as campaign,
            t_ad as ad, weight, {n} as n, {amount} as amount, {cost} as cost
        from divided where weight > 0
    )
"""
_CARRIED: Final = (
    "id, kind, at, born_at, deal_id, contact_id, conversation_id, agent_id, team_id, channel_id,"
    " pipeline_id, stage_id, loss_reason_id, currency, flag, local_day"
)


def credited(
    facts: QuerySet[Fact],
    model: Model,
    condition: Q,
    select: str,
    tail: str,
    values: dict[str, Any],
) -> list[tuple[Any, ...]]:
    """Rows of `select ... from credited where <condition> <tail>`.

    `facts` are annotated with `local_day`; `condition` speaks of columns of a fact, of which
    source, medium, campaign and ad are those of the touch.
    """
    query, parameters = facts.query.sql_with_params()
    # Positional parameters of the ORM become named ones beside ours.
    names = {f"fact_{place}": value for place, value in enumerate(parameters)}
    query = query % tuple(f"%({name})s" for name in names)
    where, given = _where(condition)
    more = {f"where_{place}": value for place, value in enumerate(given)}
    where = where % tuple(f"%({name})s" for name in more)
    statement = _CREDITED.format(
        facts=query,
        weight=_WEIGHT[model],
        carried=_CARRIED,
        exact_n=f"({WHOLE} * weight)",
        exact_amount="(amount * weight)",
        exact_cost="(cost * weight)",
        n=_part("exact_n", str(WHOLE)),
        amount=_part("exact_amount", "amount"),
        cost=_part("exact_cost", "cost"),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} select {select} from credited where {where} {tail}",  # noqa: S608
            {
                **names,
                **more,
                **values,
                "workspace": current_workspace_id(),
                "direct": sorted(DIRECT),
                "window": WINDOW,
                "half_life": HALF_LIFE / timedelta(seconds=1),
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def columns() -> Sequence[str]:
    """What a query of facts must carry to be credited."""
    return [
        *("id", "kind", "at", "born_at", "deal_id", "contact_id", "conversation_id"),
        *("agent_id", "team_id", "channel_id", "pipeline_id", "stage_id", "loss_reason_id"),
        *("source", "medium", "campaign", "ad", "currency", "flag", "amount", "cost"),
        "local_day",
    ]


def _part(exact: str, total: str) -> str:
    """The largest remainder: floor, and one more for those who lost most by it."""
    # Rounded first: a third of 300 is 99.99999999999999 to the machine.
    floor = f"floor(round({exact}::numeric, 6))"
    rank = f"row_number() over (partition by id order by {floor} - {exact}::numeric, k)"
    left = f"{total} - sum({floor}) over (partition by id)"
    return f"({floor} + ({rank} <= {left})::int)::bigint"


def _where(condition: Q) -> tuple[str, list[Any]]:
    if not condition:
        return "true", []
    query = Query(model=Fact, alias_cols=False)
    where = query.build_where(condition)
    sql, values = where.as_sql(query.get_compiler(connection=connection), connection)
    return sql or "true", list(values)
