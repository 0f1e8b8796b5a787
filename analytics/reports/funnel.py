"""From stage to stage.

Of the deals that were born in the period (or, by date of the event, entered any stage in it): how
many ever reached a stage or one beyond it. A jump forward passes what it jumps over, a step back
erases nothing.
"""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, Sum

from analytics.facts.money import major
from analytics.models import Kind
from analytics.reports.collecting import facts, rollups, spans_of_histograms
from analytics.reports.question import Question
from analytics.rollups import histogram
from core.money import as_document
from crm.models import Deal, Group, LossReason, Pipeline, Stage

_REACHED: Final = """
    with entered as ({facts})
    select place.pipeline_id, farthest, count(*)
    from (
        select s.pipeline_id, e.deal_id, max(s.rank) as farthest
        from entered e join unnest(%(stages)s::uuid[], %(pipelines)s::uuid[], %(ranks)s::int[])
            s (stage_id, pipeline_id, rank) on s.stage_id = e.stage_id
        group by 1, 2
    ) place group by 1, 2
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
    reached = _reached(question, stages)
    lasted = _lasted(question)
    here = _here(question)
    rows = []
    for pipeline in pipelines:
        before: int | None = None
        first = 0
        for rank, stage in enumerate(_in_rank(stages[pipeline.pk])):
            count = sum(n for place, n in reached.get(pipeline.pk, {}).items() if place >= rank)
            first = first or count
            counts = lasted.get(stage.pk, {})
            now, amount = here.get(stage.pk, (0, None))
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
                    "now_amount": as_document(amount or Decimal(0), question.currency),
                }
            )
            before = count
    return {"rows": rows, "total": {}, "losses": _losses(question)}


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
    ranked = [
        (stage.pk, pipeline_id, rank)
        for pipeline_id, some in stages.items()
        for rank, stage in enumerate(_in_rank(some))
    ]
    found = _entries(question).order_by()
    query, parameters = found.values("deal_id", "stage_id").query.sql_with_params()
    names = {f"fact_{place}": value for place, value in enumerate(parameters)}
    query = query % tuple(f"%({name})s" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            _REACHED.format(facts=query),
            {
                **names,
                "stages": [stage for stage, _, _ in ranked],
                "pipelines": [pipeline for _, pipeline, _ in ranked],
                "ranks": [rank for _, _, rank in ranked],
            },
        )
        reached: dict[UUID, dict[int, int]] = {}
        for pipeline_id, farthest, count in cursor.fetchall():
            reached.setdefault(pipeline_id, {})[farthest] = count
    return reached


def _entries(question: Question) -> Any:
    narrowing = _without_stage(question)
    return facts(question, question.base, [Kind.STAGE]).filter(narrowing)


def _without_stage(question: Question) -> Q:
    """All but the pipeline: a deal that moved on to another is in the funnel of both."""
    if any(leaf.field.name == "pipeline" for leaf in question.condition.leaves):
        ids = Pipeline.objects.filter(_of_pipelines(question)).values("pk")
        return Q(stage_id__in=Stage.objects.filter(pipeline__in=ids).values("pk"))
    return question.narrowing


def _lasted(question: Question) -> dict[UUID, dict[int, int]]:
    found: dict[UUID, dict[int, int]] = {}
    for rows in spans_of_histograms(question, question.base, Kind.STAGE, ["stage_id"]):
        for stage_id, counts in rows.values_list("stage_id", "histogram"):
            histogram.merge(found.setdefault(stage_id, {}), counts)
    return found


def _here(question: Question) -> dict[UUID, tuple[int, Any]]:
    """What stands in each stage now: number and amount in the report's currency."""
    ours = Q(currency=question.currency)
    rows = Deal.objects.filter(status=Deal.Status.OPEN).values_list("stage_id")
    return {
        stage_id: (count, amount)
        for stage_id, count, amount in rows.annotate(
            deals=Count("id"), sum_amount=Sum("amount", filter=ours)
        ).order_by()
    }


def _losses(question: Question) -> list[dict[str, Any]]:
    """Reasons of losses, the most expensive first; refusals of leads after them."""
    found = rollups(question, question.base, [Kind.LOST, Kind.REJECTED], ["loss_reason_id"])
    rows = found.values_list("kind", "loss_reason_id").annotate(
        sum_n=Sum("n"), sum_amount=Sum("amount", filter=Q(currency=question.currency))
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


def _money(amount: int | None, currency: str) -> Any:
    return as_document(major(amount or 0), currency)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
