"""Which recipients are next, and taking hold of them.

Two steps. *Leased* recipients are looked at: whether they may still be written to, and with which
words; a lease that ends puts them back. `sending` is committed for a handful, right before the
calls. Both look at the status of the broadcast and of the channel: a pause bites with the next
handful.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.utils import timezone

from core.postgresql import prepared
from core.postgresql.arrays import uuids
from marketing import limits
from marketing.models import Broadcast, BroadcastRecipient, State
from marketing.schedules import zone_of
from workspaces.scope import current_workspace_id
from workspaces.zones import zone

LEASE: Final = timedelta(seconds=30)
SEND_SECONDS: Final = 60.0
# The lease outlives the send, so that only a dead process loses it.
SENDING_LEASE: Final = timedelta(seconds=SEND_SECONDS + 15)

_LEASE: Final = """
    with next as (
        select r.id from marketing_broadcastrecipient r
        where r.workspace_id = %(workspace)s and r.broadcast_id = %(broadcast)s
            and r.channel_id = %(channel)s and r.state = 'queued' and r.variant <> ''
            and r.next_at <= now()
            and exists (select from marketing_broadcast b where b.workspace_id = %(workspace)s
                and b.id = %(broadcast)s and b.status = 'running')
            and exists (select from channels_connectors_channel c
                where c.workspace_id = %(workspace)s and c.id = %(channel)s
                and c.status in ('active', 'connecting'))
        order by r.next_at, r.id limit %(count)s
        for update of r skip locked
    )
    update marketing_broadcastrecipient r
    set state = 'leased', lease_token = %(token)s, lease_until = now() + %(lease)s
    from next where r.workspace_id = %(workspace)s and r.id = next.id
    returning r.id, r.contact_id, r.address, r.variant, r.zone, r.attempts
"""
_SENDING: Final = """
    update marketing_broadcastrecipient r
    set state = 'sending', attempts = r.attempts + 1, lease_until = now() + %(lease)s,
        reason = '', error_class = ''
    from marketing_broadcast b, channels_connectors_channel c
    where r.workspace_id = %(workspace)s and r.id = any(%(ids)s::uuid[])
        and r.lease_token = %(token)s and r.state = 'leased' and r.lease_until > now()
        and b.workspace_id = r.workspace_id and b.id = r.broadcast_id and b.status = 'running'
        and c.workspace_id = r.workspace_id and c.id = r.channel_id
        and c.status in ('active', 'connecting')
    returning r.id
"""
_TAKE_BACK: Final = """
    update marketing_broadcastrecipient r
    set state = 'queued', attempts = r.attempts - 1, lease_token = null, lease_until = null
    where r.workspace_id = %(workspace)s and r.id = any(%(ids)s::uuid[])
        and r.lease_token = %(token)s and r.state = 'sending'
"""


@dataclass(frozen=True, slots=True)
class Leased:
    """A recipient that is ours to look at."""

    id: UUID
    contact_id: UUID
    address: str
    variant: str
    zone: str
    attempts: int


def lease(broadcast: Broadcast, channel_id: UUID, count: int) -> tuple[UUID, list[Leased]]:
    """Take hold of the next recipients of a channel; the token is shared by all of them."""
    token, room = uuid4(), limits.room_today()
    if room is not None:
        count = min(count, room)
    if count <= 0:
        return token, []
    rows = prepared.run(
        _LEASE,
        {
            "workspace": current_workspace_id(),
            "broadcast": broadcast.pk,
            "channel": channel_id,
            "count": count,
            "token": token,
            "lease": LEASE,
        },
    )
    found = sorted((Leased(*row) for row in rows), key=lambda one: one.id)
    return token, _inside_window(broadcast, found)


def begin_sending(ids: Sequence[UUID], token: UUID) -> set[UUID]:
    """Commit that bytes may leave from now on; the others were paused, stopped or lost."""
    rows = prepared.run(
        _SENDING,
        {
            "workspace": current_workspace_id(),
            "ids": uuids(ids),
            "token": token,
            "lease": SENDING_LEASE,
        },
    )
    return {row[0] for row in rows}


def take_back(ids: Sequence[UUID], token: UUID) -> None:
    """Let others have what is `sending` and certainly was not begun."""
    prepared.run(
        _TAKE_BACK, {"workspace": current_workspace_id(), "ids": uuids(ids), "token": token}
    )


def give_back(ids: Sequence[UUID], token: UUID, *, at: datetime | None = None) -> None:
    """Let others have what was leased, not before `at`."""
    values: dict[str, Any] = {"state": State.QUEUED, "lease_token": None, "lease_until": None}
    if at is not None:
        values["next_at"] = at
    BroadcastRecipient.objects.filter(
        pk__in=list(ids), lease_token=token, state=State.LEASED
    ).update(**values)


def _inside_window(broadcast: Broadcast, found: list[Leased]) -> list[Leased]:
    """Those whose hour it is; the others go back until it is."""
    if not found or (not broadcast.window and limits.loud_hours() is None):
        return found
    now, own, inside = timezone.now(), zone(), []
    later: dict[datetime, list[UUID]] = {}
    for one in found:
        opens = limits.next_open(broadcast, now, zone_of(one.zone) or own)
        if opens <= now:
            inside.append(one)
        else:
            later.setdefault(opens, []).append(one.id)
    for moment, ids in later.items():
        BroadcastRecipient.objects.filter(pk__in=ids).update(
            state=State.QUEUED, lease_token=None, lease_until=None, next_at=moment
        )
    return inside
