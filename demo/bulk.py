"""Many plain conversations at once, to look at the speed of lists and searches."""

from uuid import UUID

from django.db import connection

from workspaces.scope import workspace_scope

CHUNK = 20_000

INSERT = """
with people as (
    select n, {id} contact_id, {id} identity_id, {id} conversation_id,
        (array['Анна','Борис','Вера','Глеб','Дарья','Егор','Жанна','Захар','Ирина','Олег'])
            [1 + n %% 10]
            || ' ' ||
        (array['Орлова','Громов','Ким','Назаров','Власова','Зимин','Лебедь'])
            [1 + n %% 7]
            || ' ' || n as name,
        now() - n * interval '20 seconds' as at,
        case when n %% 5 = 0 then 'new' when n %% 5 < 3 then 'accepted' else 'closed' end as status
    from generate_series(%(first)s, %(last)s) n
), contacts as (
    insert into contacts_contact
        (id, created_at, workspace_id, name, phone, email, language, note, fields, avatar,
         updated_at)
    select contact_id, at, %(workspace)s, name, '', '', '', '', '{{}}', '', at from people
), identities as (
    insert into contacts_contactidentity
        (id, created_at, workspace_id, channel_id, contact_id, external_id, name, username,
         is_group, is_reachable, unreachable_reason)
    select identity_id, at, %(workspace)s, %(channel)s, contact_id, 'bulk-' || n, name, '',
        false, true, '' from people
), conversations as (
    insert into inbox_conversation
        (id, created_at, workspace_id, channel_id, contact_id, identity_id, status, assignee_id,
         last_activity_at, last_message_text, last_message_kind, last_message_direction,
         last_message_status, unread_count, waiting_since, last_incoming_at, opened_at,
         accepted_at, closed_at)
    select conversation_id, at, %(workspace)s, %(channel)s, contact_id, identity_id, status,
        case when status = 'new' then null else %(assignee)s::uuid end,
        at, 'Здравствуйте, есть вопрос № ' || n, 'text', 'incoming', 'received', n %% 3,
        case when status = 'new' then at end, at, at, at,
        case when status = 'closed' then at end from people
)
insert into inbox_message
    (id, created_at, workspace_id, conversation_id, channel_id, direction, kind, text, entities,
     payload, external_id, group_key, status, error_class, error, sender_name,
     reply_to_external_id, sent_at, platform_order, attempts)
select {id}, at, %(workspace)s, conversation_id, %(channel)s, 'incoming', 'text',
    'Здравствуйте, есть вопрос № ' || n, '[]', '{{}}', 'bulk-' || n || ':' || m, '', 'received',
    '', '', name, '', at - (%(messages)s - m) * interval '1 minute', m, 0
from people, generate_series(1, %(messages)s) m
"""


def add_conversations(
    workspace_id: UUID, channel_id: UUID, assignee_id: UUID, count: int, messages: int = 2
) -> None:
    """Insert `count` conversations of so many messages each, without facts in the journal.

    In chunks of a transaction each; numbering goes on from what an earlier call made.
    """
    with workspace_scope(workspace_id), connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from contacts_contactidentity where external_id like 'bulk-%%'"
        )
        before = cursor.fetchone()[0]
        cursor.execute("select current_setting('server_version_num')::int >= 180000")
        generator = "uuidv7()" if cursor.fetchone()[0] else "gen_random_uuid()"
    for first in range(before + 1, before + count + 1, CHUNK):
        with workspace_scope(workspace_id), connection.cursor() as cursor:
            cursor.execute(
                INSERT.format(id=generator),
                {
                    "first": first,
                    "last": min(first + CHUNK - 1, before + count),
                    "workspace": workspace_id,
                    "channel": channel_id,
                    "assignee": assignee_id,
                    "messages": messages,
                },
            )
