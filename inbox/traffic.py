"""What goes through the channels, counted from the journal: a row for each channel and day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from core.ids import uuid7
from events import types
from events.models import Event
from workspaces.models import Workspace
from workspaces.scope import current_workspace_id

ACTIONS: Final = (types.MESSAGE_RECEIVED, types.MESSAGE_SENT, types.MESSAGE_FAILED)

_ADD: Final = """
    insert into channels_connectors_channelday (id, workspace_id, created_at, channel_id, day,
        received, sent, failed, last_received_at, last_sent_at)
    select %s, %s, now(), c.id, %s, %s, %s, %s, %s, %s
    from channels_connectors_channel c where c.workspace_id = %s and c.id = %s
    on conflict (workspace_id, channel_id, day) do update set
        received = channels_connectors_channelday.received + excluded.received,
        sent = channels_connectors_channelday.sent + excluded.sent,
        failed = channels_connectors_channelday.failed + excluded.failed,
        last_received_at = greatest(
            channels_connectors_channelday.last_received_at, excluded.last_received_at),
        last_sent_at = greatest(channels_connectors_channelday.last_sent_at, excluded.last_sent_at)
"""


@dataclass
class _Sum:
    received: int = 0
    sent: int = 0
    failed: int = 0
    last_received_at: datetime | None = None
    last_sent_at: datetime | None = None


def on_events(events: list[Event]) -> None:
    """Add a batch. The subscription's cursor moves in the same transaction: each counts once."""
    zone = ZoneInfo(Workspace.objects.get(pk=current_workspace_id()).time_zone)
    sums: defaultdict[tuple[UUID, date], _Sum] = defaultdict(_Sum)
    for event in events:
        if "channel" in event.data:
            moment = _moment(event)
            _count(sums[UUID(event.data["channel"]), moment.astimezone(zone).date()], event, moment)
    with connection.cursor() as cursor:
        # In one order, so that two workers never wait for each other crosswise.
        for (channel_id, day), found in sorted(sums.items()):
            cursor.execute(
                _ADD,
                [
                    uuid7(),
                    current_workspace_id(),
                    day,
                    found.received,
                    found.sent,
                    found.failed,
                    found.last_received_at,
                    found.last_sent_at,
                    current_workspace_id(),
                    channel_id,
                ],
            )


def _count(found: _Sum, event: Event, moment: datetime) -> None:
    if event.action == types.MESSAGE_RECEIVED:
        found.received += 1
        found.last_received_at = max(found.last_received_at or moment, moment)
    elif event.action == types.MESSAGE_SENT:
        found.sent += 1
        found.last_sent_at = max(found.last_sent_at or moment, moment)
    else:
        found.failed += 1


def _moment(event: Event) -> datetime:
    """When it was said, as far as the platform's clock is not ahead of ours."""
    said = datetime.fromisoformat(str(event.data.get("sent_at") or event.at.isoformat()))
    return min(said if said.tzinfo else said.replace(tzinfo=UTC), event.at)
