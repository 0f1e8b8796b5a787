"""Facts of deals with the credit of each of their touches, as one query: for whoever reads them,
and for rollups, which keep what each model gives.

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

# Models in which one touch gets all: nothing is divided.
_WHOLE: Final = frozenset({"first", "last", "last_non_direct"})
_WEIGHT: Final[dict[Model, str]] = {
    "first": "(k = 1)::int::float8",
    "last": "(k = m)::int::float8",
    "last_non_direct": "(k = coalesce(last_named, m))::int::float8",
    "linear": "1.0::float8 / m",
    "u_shape": "case when m < 3 then 1.0::float8 / m when k in (1, m) then 0.4"
    " else 0.2::float8 / (m - 2) end",
    "time_decay": "power(2::float8, -extract(epoch from age) / %(half_life)s)"
    " / sum(power(2::float8, -extract(epoch from age) / %(half_life)s))"
    " over (partition by model, deal_id)",
}
# The path of a deal is weighed once, and then laid beside each of its facts. Money is divided where
# it is counted: of orders and refunds. What stands beside is not kept: its halves have no fact in
# common.
_CREDITED: Final = """
    with facts as materialized ({facts}),
    deals as materialized (
        select distinct on (deal_id) deal_id, contact_id, born_at from facts
    ),
    placed as (
        select d.deal_id, t.source as t_source, t.medium as t_medium, t.campaign as t_campaign,
            t.content as t_ad, t.term as t_term, d.born_at - coalesce(t.at, d.born_at) as age,
            row_number() over (partition by d.deal_id order by t.at, t.id) as k,
            count(*) over (partition by d.deal_id) as m
        from deals d left join contacts_touch t on t.workspace_id = %(workspace)s
            and t.contact_id = d.contact_id and t.at <= d.born_at
            and t.at > d.born_at - %(window)s
    ),
    named as (
        select *, {last_named} as last_named from placed
    ),
    weighed as (
        select *, case model {weights} end as weight
        from named cross join unnest(array[{models}]) model
    ),
    paths as materialized (
        select model, deal_id, t_source, t_medium, t_campaign, t_ad, t_term, k, m,
            weight, {n} as share
        from weighed where weight > 0
    ),
    beside as not materialized (
        select f.*, coalesce(p.t_source, f.source) as t_source,
            coalesce(p.t_medium, f.medium) as t_medium,
            coalesce(p.t_campaign, f.campaign) as t_campaign, coalesce(p.t_ad, f.ad) as t_ad,
            coalesce(p.t_term, f.term) as t_term, p.model, p.k, p.m, p.weight, p.share
        from facts f join paths p on p.deal_id = f.deal_id
    ),
    credited as (
        select {carried}, t_source as source, t_medium as medium, t_campaign as campaign,
            t_ad as ad, t_term as term, weight, share as n, null::bigint as amount,
            null::bigint as cost
        from beside where kind not in ('won', 'refund')
        union all
        select {carried}, t_source, t_medium, t_campaign, t_ad, t_term, weight, share,
            {amount}, {cost}
        from beside where kind in ('won', 'refund')
    )
"""
_LAST_NAMED: Final = (
    "max(case when lower(t_source) <> all(%(direct)s) then k end) over (partition by deal_id)"
)
_CARRIED: Final = (
    "model, id, kind, at, born_at, deal_id, contact_id, conversation_id, agent_id, team_id,"
    " channel_id, pipeline_id, stage_id, loss_reason_id, currency, flag, local_day"
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
    source, medium, campaign, ad and term are those of the touch.
    """
    query, parameters = facts.query.sql_with_params()
    # Positional parameters of the ORM become named ones beside ours.
    names = {f"fact_{place}": value for place, value in enumerate(parameters)}
    query = query % tuple(f"%({name})s" for name in names)
    where, given = _where(condition)
    more = {f"where_{place}": value for place, value in enumerate(given)}
    where = where % tuple(f"%({name})s" for name in more)
    statement = credits_of(query, [model])
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} select {select} from credited where {where} {tail}",  # noqa: S608
            {
                **names,
                **more,
                **values,
                **parameters_of_credits(),
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def credits_of(facts: str, models: Sequence[Model]) -> str:
    """The `with` of a statement, up to `credited`: rows of `facts`, an SQL query of `columns()`,
    for each of the models and each touch that gets something. It wants `parameters_of_credits()`.
    """
    if _WHOLE.issuperset(models):
        part = _all
    else:
        part = _even if set(models) == {"linear"} else _part
    return _CREDITED.format(
        facts=facts,
        models=", ".join(f"'{model}'" for model in models),
        weights=" ".join(f"when '{model}' then {_WEIGHT[model]}" for model in models),
        carried=_CARRIED,
        last_named=_LAST_NAMED if "last_non_direct" in models else "null",
        n=part(str(WHOLE), "model, deal_id"),
        amount=part("amount", "model, id"),
        cost=part("cost", "model, id"),
    )


def parameters_of_credits() -> dict[str, Any]:
    """What the statement of `credits_of` is given."""
    return {
        "workspace": current_workspace_id(),
        "direct": sorted(DIRECT),
        "window": WINDOW,
        "half_life": HALF_LIFE / timedelta(seconds=1),
    }


def columns() -> Sequence[str]:
    """What a query of facts must carry to be credited."""
    return [
        *("id", "kind", "at", "born_at", "deal_id", "contact_id", "conversation_id"),
        *("agent_id", "team_id", "channel_id", "pipeline_id", "stage_id", "loss_reason_id"),
        *("source", "medium", "campaign", "ad", "term", "currency", "flag", "amount", "cost"),
        "local_day",
    ]


def _all(total: str, _of: str) -> str:
    return total


def _even(total: str, _of: str) -> str:
    """The same for each, without a look at the others: what is left over goes to the first ones."""
    left = f"mod(mod({total}, m) + m, m)"
    return f"(({total} - {left}) / m + (k <= {left})::int)::bigint"


def _part(total: str, of: str) -> str:
    """The largest remainder: floor, and one more for those who lost most by it."""
    # Rounded first: a third of 300 is 99.99999999999999 to the machine.
    exact = f"round(({total} * weight)::numeric, 6)"
    rank = f"row_number() over (partition by {of} order by floor({exact}) - {exact}, k)"
    left = f"{total} - sum(floor({exact})) over (partition by {of})"
    return f"(floor({exact}) + ({rank} <= {left})::int)::bigint"


def _where(condition: Q) -> tuple[str, list[Any]]:
    if not condition:
        return "true", []
    query = Query(model=Fact, alias_cols=False)
    where = query.build_where(condition)
    sql, values = where.as_sql(query.get_compiler(connection=connection), connection)
    return sql or "true", list(values)
