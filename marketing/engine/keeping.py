"""What a broadcast needs besides sending: its start, its audience, dead leases, its winner, its
end."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.registry import kinds
from channels_connectors.types import SendReceipt
from events import types
from events.journal import SYSTEM
from marketing import limits, trials
from marketing.actions.running import leave_out_rest, start_broadcast
from marketing.engine import claims, freezing, outcomes, telling
from marketing.engine.claims import Leased
from marketing.engine.flights import Left
from marketing.engine.preparing import Workshop
from marketing.models import UNSETTLED, Broadcast, BroadcastRecipient, State
from marketing.totals import Tally, tallies_by_variant, totals
from marketing.variants import best
from workspaces.scope import current_workspace_id

EXPIRED_AT_ONCE: Final = 200

_DUE: Final = """
    select c.id from channels_connectors_channel c
    where c.workspace_id = %(workspace)s and c.status in ('active', 'connecting')
        and exists (
            select from marketing_broadcastrecipient r where r.workspace_id = %(workspace)s
                and r.broadcast_id = %(broadcast)s and r.channel_id = c.id
                and r.state = 'queued' and r.variant <> '' and r.next_at <= now()
        )
"""
_UNLEASE: Final = """
    update marketing_broadcastrecipient r
    set state = 'queued', lease_token = null, lease_until = null
    where r.workspace_id = %(workspace)s and r.broadcast_id = %(broadcast)s
        and r.state = 'leased' and r.lease_until < now()
"""


@dataclass
class Look:
    """What was found: the channels that have something to send, and whether there is more to do
    at once."""

    channels: list[UUID] = field(default_factory=list)
    has_more: bool = False


def places() -> list[tuple[UUID, UUID]]:
    """(workspace id, broadcast id) of all broadcasts that need a look."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, broadcast_id from broadcasts_at_work()")
        return [(row[0], row[1]) for row in cursor.fetchall()]


def look(broadcast_id: UUID) -> Look:
    """Do what is due besides sending. Runs in the workspace's scope."""
    broadcast: Broadcast | None = Broadcast.objects.filter(pk=broadcast_id).first()
    if broadcast is None:
        return Look()
    if broadcast.status == Broadcast.Status.SCHEDULED:
        broadcast = start_broadcast(broadcast, by=SYSTEM)
    expire_leases(broadcast)
    if broadcast.status == Broadcast.Status.STOPPED:
        leave_out_rest(broadcast)
    if broadcast.status != Broadcast.Status.RUNNING:
        return Look()
    # The row is locked only while there is something to add.
    is_freezing = not broadcast.is_frozen and freezing.freeze_chunk(broadcast.pk)
    channels = due_channels(broadcast.pk)
    has_winner = False
    if not is_freezing and not channels and not broadcast.is_rolling:
        has_winner = choose_winner(broadcast)
        finish(broadcast)
    telling.tell(broadcast)
    return Look(channels, has_more=is_freezing or has_winner)


def due_channels(broadcast_id: UUID) -> list[UUID]:
    """The channels that work and have somebody to write to, while the day has room for more."""
    if limits.room_today() == 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"workspace": current_workspace_id(), "broadcast": broadcast_id})
        return [row[0] for row in cursor.fetchall()]


def expire_leases(broadcast: Broadcast) -> None:
    """Put back what a dead process had only looked at, and say of what it was sending that nobody
    knows."""
    with connection.cursor() as cursor:
        cursor.execute(_UNLEASE, {"workspace": current_workspace_id(), "broadcast": broadcast.pk})
    lost = list(
        BroadcastRecipient.objects.filter(
            broadcast=broadcast, state=State.SENDING, lease_until__lt=Now()
        )
        .order_by("id")
        .select_for_update(no_key=True, skip_locked=True)[:EXPIRED_AT_ONCE]
    )
    by_channel: dict[UUID, list[BroadcastRecipient]] = defaultdict(list)
    for recipient in lost:
        by_channel[recipient.channel_id].append(recipient)
    for channel in Channel.objects.filter(pk__in=[pk for pk in by_channel if pk]):
        _expire(broadcast, channel, by_channel[channel.pk], {})


def choose_winner(broadcast: Broadcast) -> bool:
    """Give the rest the best variant, once those who tried them have had their time; whether that
    was now."""
    if not trials.is_open(broadcast):
        return False
    ends_at = trials.ends_at(broadcast)
    if ends_at is None or timezone.now() < ends_at:
        return False
    broadcast = broadcast.lock()
    if broadcast.chosen_variant:
        return False
    rule: dict[str, Any] = broadcast.winner or {}
    numbers = tallies_by_variant(broadcast.pk)
    results = []
    for key in (str(variant["key"]) for variant in broadcast.variants):
        count, sent = numbers.get(key, Tally()).part(rule["metric"])
        results.append((key, sent, count))
    broadcast.chosen_variant = best(results)
    broadcast.save(update_fields=["chosen_variant"])
    count = freezing.release_held(broadcast, broadcast.chosen_variant)
    broadcast.record(
        types.BROADCAST_WINNER_CHOSEN,
        by=SYSTEM,
        variant=broadcast.chosen_variant,
        metric=rule["metric"],
        results={key: {"sent": sent, "count": found} for key, sent, found in results},
        recipients=count,
    )
    return True


def finish(broadcast: Broadcast) -> None:
    """Nobody is left: it is done."""
    if BroadcastRecipient.objects.filter(broadcast=broadcast, state__in=UNSETTLED).exists():
        return
    broadcast = broadcast.lock()
    if broadcast.status == Broadcast.Status.RUNNING and broadcast.is_frozen:
        broadcast.become(
            Broadcast.Status.DONE,
            types.BROADCAST_FINISHED,
            by=SYSTEM,
            totals=totals(broadcast.pk),
        )


def settle_flight(left: Left) -> None:
    """Settle those of whom a dead process has left word. Runs in the workspace's scope."""
    _, broadcast_id, channel_id = left.place
    broadcast = Broadcast.objects.filter(pk=broadcast_id).first()
    channel = Channel.objects.filter(pk=channel_id).first()
    if broadcast is None or channel is None:
        return
    rows = list(
        BroadcastRecipient.objects.filter(
            pk__in=left.ids, lease_token=left.token, state__in=[State.SENDING, State.UNKNOWN]
        )
        .order_by("id")
        .select_for_update(no_key=True)
    )
    if left.is_whole:
        claims.take_back([one.pk for one in rows if one.pk not in left.begun], left.token)
    found = [
        one
        for one in rows
        if one.pk in left.ended or (one.pk in left.begun and one.state == State.SENDING)
    ]
    _expire(broadcast, channel, found, left.ended)


def _expire(
    broadcast: Broadcast,
    channel: Channel,
    lost: list[BroadcastRecipient],
    results: Mapping[UUID, SendReceipt | ConnectorError],
) -> None:
    if not lost or channel.kind not in kinds():
        return
    found = [
        Leased(one.pk, one.contact_id, one.address, one.variant, one.zone, one.attempts - 1)
        for one in lost
    ]
    prepared, refused = Workshop(broadcast, channel).prepare(found)
    outcomes.expire(broadcast, channel, prepared, results)
    # The words cannot be made any more, but the send was under way all the same.
    BroadcastRecipient.objects.filter(pk__in=[one.recipient_id for one in refused]).update(
        state=State.UNKNOWN, reason=outcomes.INTERRUPTED, lease_until=None
    )
