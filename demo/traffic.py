"""What went through the channels before the demo began: it has messages, and no journal of them."""

from django.db import connection

from workspaces.models import Workspace

_COUNT = """
    insert into channels_connectors_channelday (id, workspace_id, created_at, channel_id, day,
        received, sent, failed, last_received_at, last_sent_at)
    select gen_random_uuid(), m.workspace_id, now(), m.channel_id,
        (m.sent_at at time zone %(zone)s)::date,
        count(*) filter (where m.direction = 'incoming'),
        count(*) filter (where m.direction = 'outgoing' and m.status <> 'failed'),
        count(*) filter (where m.status = 'failed'),
        max(m.sent_at) filter (where m.direction = 'incoming'),
        max(m.sent_at) filter (where m.direction = 'outgoing' and m.status <> 'failed')
    from inbox_message m
    where m.workspace_id = %(workspace)s and m.direction <> 'internal'
        and m.status not in ('queued', 'sending')
    group by 2, 4, 5
    on conflict (workspace_id, channel_id, day) do update set
        received = excluded.received, sent = excluded.sent, failed = excluded.failed,
        last_received_at = excluded.last_received_at, last_sent_at = excluded.last_sent_at
"""


def count_days(workspace: Workspace) -> None:
    """Count all messages of the workspace in scope by channel and day."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"zone": workspace.time_zone, "workspace": workspace.pk})
