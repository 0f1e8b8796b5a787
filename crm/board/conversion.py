"""How many go on: of the deals that entered a stage lately, the share that ever got further.

By the day of entry, so that a stage is not blamed for what came before. A percent of whole
pipelines, whoever looks; counted in one query and kept for a while.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from crm.models import Group, Pipeline, Stage

WINDOW: Final = timedelta(days=90)
KEPT_FOR: Final = 15 * 60  # seconds

_COUNT: Final = """
with ranks as (
    select * from unnest(%(stages)s::uuid[], %(ranks)s::int[]) as r (stage, rank)
), births as (
    select d.id as deal, coalesce(first.stage, d.stage_id) as stage
    from crm_deal d
    left join lateral (
        select (c.before #>> '{}')::uuid as stage from crm_dealchange c
        where c.workspace_id = d.workspace_id and c.deal_id = d.id and c.field = 'stage'
        order by c.at, c.id limit 1
    ) first on true
    where d.workspace_id = %(workspace)s and d.pipeline_id = %(pipeline)s
        and d.created_at >= %(since)s
), moves as (
    select c.deal_id as deal, (c.after #>> '{}')::uuid as stage from crm_dealchange c
    where c.workspace_id = %(workspace)s and c.field = 'stage' and c.at >= %(since)s
), entered as (
    select deal, stage, rank
    from (select * from births union select * from moves) every_one join ranks using (stage)
), furthest as (
    select deal, max(rank) as rank from entered group by deal
)
select entered.stage, count(*), count(*) filter (where furthest.rank > entered.rank)
from entered join furthest using (deal) group by entered.stage
"""


def known(pipeline: Pipeline) -> dict[UUID, int] | None:
    """Percent by stage as last counted; None when it has to be counted again."""
    found: dict[UUID, int] | None = cache.get(_key(pipeline))
    return found


def counted(pipeline: Pipeline, stages: list[Stage]) -> dict[UUID, int]:
    """Percent by stage; a stage that nothing entered is not in it."""
    found = known(pipeline)
    if found is None:
        found = _count(pipeline, stages)
        cache.set(_key(pipeline), found, KEPT_FOR)
    return found


def _count(pipeline: Pipeline, stages: list[Stage]) -> dict[UUID, int]:
    """Later is what stands further right, and success; a refusal is not on the way."""
    ranks = [
        (stage.pk, len(stages) if stage.group == Group.WON else rank)
        for rank, stage in enumerate(stages)
        if stage.group in {Group.ACTIVE, Group.WON}
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "stages": [stage for stage, _ in ranks],
                "ranks": [rank for _, rank in ranks],
                "workspace": pipeline.workspace_id,
                "pipeline": pipeline.pk,
                "since": timezone.now() - WINDOW,
            },
        )
        return {stage: round(100 * on / all_) for stage, all_, on in cursor.fetchall()}


def _key(pipeline: Pipeline) -> str:
    return f"conversion:{pipeline.workspace_id}:{pipeline.pk}"
