"""From stage to stage.

Of the deals that were born in the period (or, by date of the event, entered any stage in it): how
many ever reached a stage or one beyond it. A jump forward passes what it jumps over, a step back
erases nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from analytics.factors import in_currency, now_in
from analytics.facts.money import major
from analytics.models import Base, Fact, Kind
from analytics.reports.counted import facts
from analytics.reports.drilldown import Behind
from analytics.reports.filtering import conjuncts
from analytics.reports.question import Question
from analytics.reports.slices import of_paths, rollups
from analytics.rollups import histogram
from analytics.rollups.cubes import path_for
from core.conditions import Condition
from core.conditions.nodes import Leaf
from core.money import CENT, as_document
from crm.models import Deal, Group, LossReason, Pipeline, Stage

Total = tuple[int, Decimal, Decimal]

_CHANGING: Final = frozenset({"agent_id", "team_id", "stage_id"})

_REACHED: Final = """
    with entered as ({facts}),
    placed as (
        select deal_id, array_position(%(stages)s::uuid[], stage_id) as place from entered
    ),
    -- A set of deals by its hash: how many there are is more than the planner can guess.
    reached as materialized (
        select (%(pipelines)s::uuid[])[place] as pipeline_id, deal_id,
            max((%(ranks)s::int[])[place]) as farthest
        from placed where place is not null group by 1, 2
    )
    select pipeline_id, farthest, count(*) from reached group by 1, 2
"""


def funnel(question: Question) -> dict[str, Any]:
    """Stages in their order, pipeline by pipeline, and what the losses cost by reason."""
    pipelines = list(Pipeline.objects.in_order().filter(_of_pipelines(question)))
    stages = {
        pipeline.pk: list(
            Stage.objects.in_order().filter(pipeline=pipeline, group__in=[Group.ACTIVE, Group.WON])
        )
        for pipeline in pipelines
    }
    came = _reached(question, stages)
    lasted = _lasted(question)
    standing = _here(question)
    rows, total = [], (0, Decimal(0), Decimal(0))
    for pipeline in pipelines:
        before: int | None = None
        first = 0
        for rank, stage in enumerate(_in_rank(stages[pipeline.pk])):
            count = sum(n for place, n in came.get(pipeline.pk, {}).items() if place >= rank)
            first = first or count
            counts = lasted.get(stage.pk, 0)
            now, amount = standing.get(stage.pk, (0, None))
            expected = (amount or Decimal(0)) * stage.probability / 100
            total = _add(total, now, amount or Decimal(0), expected)
            rows.append(
                {
                    "pipeline": str(pipeline.pk),
                    "stage": str(stage.pk),
                    "label": stage.name,
                    "stage_group": stage.group,
                    "reached": count,
                    "conversion": round(count / before, 6) if before else None,
                    "of_first": round(count / first, 6) if first else None,
                    "stage_median": _rounded(histogram.percentile(counts, 0.5)),
                    "stage_p90": _rounded(histogram.percentile(counts, 0.9)),
                    "now": now,
                    "now_amount": as_document(_cents(amount), question.currency),
                    "probability": round(stage.probability / 100, 6),
                    "forecast": as_document(_cents(expected), question.currency),
                }
            )
            before = count
    return {
        "rows": rows,
        "total": {
            "now": total[0],
            "now_amount": as_document(_cents(total[1]), question.currency),
            "forecast": as_document(_cents(total[2]), question.currency),
        },
        "losses": _losses(question),
    }


def reached(question: Question, cell: dict[str, Any]) -> Behind:
    """An entry of each deal that came to a stage or beyond it; `cell` is `{"stage": id}`. Raises
    `ValidationError`."""
    stage = _stage(cell)
    some = Stage.objects.in_order().filter(
        pipeline=stage.pipeline_id, group__in=[Group.ACTIVE, Group.WON]
    )
    ranked = _in_rank(list(some))
    beyond = ranked[ranked.index(stage) :] if stage in ranked else []
    entered = _entries(question).filter(stage_id__in=[one.pk for one in beyond])
    one_each = entered.order_by("deal_id", "-at", "-id").distinct("deal_id").values("pk")
    return Behind(Fact.objects.filter(pk__in=one_each))


def here(question: Question, cell: dict[str, Any]) -> Behind:
    """Open deals that are in a stage now; without one, in any."""
    found = _open(question)
    if cell.get("stage"):
        found = found.filter(stage=_stage(cell))
    return Behind(found, ("-stage_since", "-id"))


def _stage(cell: dict[str, Any]) -> Stage:
    try:
        found: Stage | None = Stage.objects.filter(pk=UUID(str(cell.get("stage")))).first()
    except ValueError:
        found = None
    if found is None:
        raise ValidationError({"cell": _("An id is needed.")})
    return found


def _add(total: Total, now: int, amount: Decimal, expected: Decimal) -> Total:
    return total[0] + now, total[1] + amount, total[2] + expected


def _of_pipelines(question: Question) -> Q:
    wanted = [
        leaf.value if isinstance(leaf.value, list) else [leaf.value]
        for leaf in question.condition.leaves
        if leaf.field.name == "pipeline" and leaf.operator in {"eq", "in"}
    ]
    return Q(pk__in=[one for some in wanted for one in some]) if wanted else Q()


def _in_rank(stages: list[Stage]) -> list[Stage]:
    """Those in work in their order, then those that win; archived ones keep their place."""
    return sorted(stages, key=lambda stage: stage.group == Group.WON)


def _reached(question: Question, stages: dict[UUID, list[Stage]]) -> dict[UUID, dict[int, int]]:
    """By pipeline and farthest rank: how many deals."""
    ranks = {
        stage.pk: (pipeline_id, rank)
        for pipeline_id, some in stages.items()
        for rank, stage in enumerate(_in_rank(some))
    }
    cube = _path(question)
    if cube is not None:
        return _by_paths(question, cube, ranks)
    return _by_entries(question, ranks)


def _path(question: Question) -> str | None:
    """The cube of paths that answers it; None where there is none.

    Who has a deal, and its stage, change from one entry to the next: a deal is in as many rows as
    it had values, of which a filter must leave one. All else is the same of all its entries.
    """
    if question.base != Base.BIRTH or question.asks_people:
        return None
    parts = conjuncts(question.condition)
    for leaf in question.condition.leaves:
        is_one = leaf.operator == "eq" and any(leaf is part for part in parts)
        if leaf.field.path in _CHANGING and not is_one:
            return None
    return path_for(_beside_pipelines(question).columns)


def _by_paths(
    question: Question, cube: str, ranks: Mapping[UUID, tuple[UUID, int]]
) -> dict[UUID, dict[int, int]]:
    # Pipelines are told apart by their stages.
    paths = of_paths(_beside_pipelines(question), cube)
    reached: dict[UUID, dict[int, int]] = {}
    for entered, count in paths.values_list("stages").annotate(Sum("n")).order_by():
        farthest: dict[UUID, int] = {}
        for stage in entered:
            if stage in ranks:
                pipeline_id, rank = ranks[stage]
                farthest[pipeline_id] = max(rank, farthest.get(pipeline_id, rank))
        for pipeline_id, rank in farthest.items():
            counts = reached.setdefault(pipeline_id, {})
            counts[rank] = counts.get(rank, 0) + count
    return reached


def _by_entries(
    question: Question, ranks: Mapping[UUID, tuple[UUID, int]]
) -> dict[UUID, dict[int, int]]:
    """From the facts, where the question speaks of what paths do not know."""
    found = _entries(question).order_by()
    query, parameters = found.values("deal_id", "stage_id").query.sql_with_params()
    names = {f"fact_{place}": value for place, value in enumerate(parameters)}
    query = query % tuple(f"%({name})s" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            _REACHED.format(facts=query),
            {
                **names,
                "stages": list(ranks),
                "pipelines": [pipeline for pipeline, _rank in ranks.values()],
                "ranks": [rank for _pipeline, rank in ranks.values()],
            },
        )
        reached: dict[UUID, dict[int, int]] = {}
        for pipeline_id, farthest, count in cursor.fetchall():
            reached.setdefault(pipeline_id, {})[farthest] = count
    return reached


def _entries(question: Question) -> Any:
    found = facts(question, question.base, [Kind.STAGE])
    if any(leaf.field.name == "pipeline" for leaf in question.condition.leaves):
        ids = Pipeline.objects.filter(_of_pipelines(question)).values("pk")
        found = found.filter(stage_id__in=Stage.objects.filter(pipeline__in=ids).values("pk"))
    return found.filter(_beside_pipelines(question).narrowing)


def _beside_pipelines(question: Question) -> Question:
    """All but the pipeline: a deal that moved on to another is in the funnel of both."""
    parts = conjuncts(question.condition)
    rest = [
        part for part in parts if not (isinstance(part, Leaf) and part.field.name == "pipeline")
    ]
    return replace(question, condition=Condition(rest))


def _lasted(question: Question) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    rows = rollups(question, question.base, [Kind.STAGE], ["stage_id"])
    # Where rows are many, most of them are of one deal: the same few hundred times again and again.
    alike = rows.values_list("stage_id", "histogram").annotate(times=Count("*")).order_by()
    for stage_id, counts, times in alike:
        found[stage_id] = found.get(stage_id, 0) + times * histogram.unpack(counts)
    return found


def _here(question: Question) -> dict[UUID, tuple[int, Any]]:
    """What stands in each stage now: number and amount in the report's currency, by the rates of
    today."""
    rows = _open(question).values_list("stage_id")
    return {
        stage_id: (count, amount)
        for stage_id, count, amount in rows.annotate(
            deals=Count("id"), sum_amount=Sum(now_in(question.currency, "amount"))
        ).order_by()
    }


def _open(question: Question) -> Any:
    """Open deals, under the names of facts' columns."""
    found = Deal.objects.filter(status=Deal.Status.OPEN)
    return found.annotate(agent_id=F("owner_id"), ad=F("content")).filter(question.narrowing)


def _losses(question: Question) -> list[dict[str, Any]]:
    """Reasons of losses, the most expensive first; refusals of leads after them."""
    found = rollups(question, question.base, [Kind.LOST, Kind.REJECTED], ["loss_reason_id"])
    rows = found.values_list("kind", "loss_reason_id").annotate(
        sum_n=Sum("n"), sum_amount=Sum(in_currency(question.currency, "day", "amount"))
    )
    listed = list(rows.order_by())
    names = dict(
        LossReason.objects.filter(pk__in={row[1] for row in listed}).values_list("pk", "name")
    )
    listed.sort(key=lambda row: (row[0] != Kind.LOST, -(row[3] or 0), -row[2]))
    return [
        {
            "outcome": kind,
            "loss_reason": str(reason) if reason else None,
            "label": names.get(reason, ""),
            "deals": count,
            "amount": _money(amount, question.currency),
        }
        for kind, reason, count, amount in listed
    ]


def _money(amount: Any, currency: str) -> Any:
    return as_document(major(round(amount or 0)), currency)


def _cents(amount: Decimal | None) -> Decimal:
    return (amount or Decimal(0)).quantize(CENT)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
