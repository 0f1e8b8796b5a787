"""Many plain deals at once, to look at the speed of the board."""

from uuid import UUID

from django.db import connection

from core import positions
from crm import numbers
from crm.models import Pipeline, Stage
from workspaces.scope import workspace_scope

CHUNK = 20_000

INSERT = """
with numbered as (
    select c.id as conversation_id, c.contact_id, c.channel_id,
        row_number() over (order by c.created_at, c.id) as n
    from inbox_conversation c
    where c.workspace_id = %(workspace)s and not exists (
        select from crm_deal d
        where d.workspace_id = c.workspace_id and d.conversation_id = c.id)
    limit %(count)s
), deals as (
    select {id} as id, n, conversation_id, contact_id, channel_id,
        (%(stages)s::uuid[])[1 + n %% cardinality(%(stages)s::uuid[])] as stage_id,
        (%(groups)s::text[])[1 + n %% cardinality(%(stages)s::uuid[])] as status,
        now() - (%(first)s + n) * interval '5 minutes' as at
    from numbered
), born as (
    insert into crm_deal
        (id, created_at, workspace_id, number, title, pipeline_id, stage_id, status, position,
         stage_since, amount, currency, paid, owner_id, contact_id, conversation_id, channel_id,
         source, medium, campaign, content, term, closed_at, accepted_at, loss_comment, fields,
         updated_at)
    select id, at, %(workspace)s, %(first)s + n - 1, '', %(pipeline)s, stage_id, status,
        (%(places)s::text[])[n], at, 1000 * (n %% 300), %(currency)s, 0,
        (%(owners)s::uuid[])[1 + n %% cardinality(%(owners)s::uuid[])],
        contact_id, conversation_id, channel_id,
        (array['VK', 'Директ', 'Авито', ''])[1 + n %% 4], 'cpc',
        (array['Велюр, осень', 'Поиск', ''])[1 + n %% 3], '', '',
        case when status <> 'open' then at + interval '1 hour' end, at, '', '{{}}', now()
    from deals returning id
), moved as (
insert into crm_dealchange
    (id, created_at, workspace_id, deal_id, field, before, after, before_words, after_words,
     author_name, rule, is_late, at)
select {id}, at, %(workspace)s, id, 'stage', to_jsonb(%(begin)s::text), to_jsonb(stage_id::text),
    '', '', '', '', false, at
from deals where stage_id <> %(begin)s
)
select count(*) from born
"""


def add_deals(workspace_id: UUID, owners: list[UUID], count: int) -> int:
    """A deal for each of `count` conversations that have none, in the default pipeline: for each in
    a stage four in each outcome, one every five minutes backwards. Returns how many were made.

    Without facts in the journal; in chunks of a transaction each.
    """
    made = 0
    while made < count:
        with workspace_scope(workspace_id), connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version_num')::int >= 180000")
            generator = "uuidv7()" if cursor.fetchone()[0] else "gen_random_uuid()"
            size = min(CHUNK, count - made)
            cursor.execute(INSERT.format(id=generator), _parameters(workspace_id, owners, size))
            chunk: int = cursor.fetchone()[0]
        made += chunk
        if chunk < size:
            break
    return made


def _parameters(workspace_id: UUID, owners: list[UUID], size: int) -> dict[str, object]:
    pipeline = Pipeline.objects.get(is_default=True)
    stages = list(Stage.objects.in_use().filter(pipeline=pipeline).in_order())
    # Most deals of a company that has many are over.
    spread = [stage for stage in stages for _ in range(1 if stage.group == "active" else 4)]
    last = pipeline.deals.order_by("position").values_list("position", flat=True).last()
    return {
        "workspace": workspace_id,
        "count": size,
        "pipeline": pipeline.pk,
        "currency": pipeline.currency,
        "stages": [stage.pk for stage in spread],
        "groups": ["open" if stage.group == "active" else stage.group for stage in spread],
        "owners": owners,
        "first": numbers.take(size),
        "places": positions.several(size, before=last),
        "begin": stages[0].pk,
    }
