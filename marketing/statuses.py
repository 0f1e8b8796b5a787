"""What platforms and people tell of a broadcast's messages, told of its recipients."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from events import types
from events.models import Event
from marketing.engine.telling import tell_change
from marketing.models import Broadcast
from workspaces.scope import current_workspace_id

_STATES: Final = {
    types.MESSAGE_SENT: "sent",
    types.MESSAGE_DELIVERED: "delivered",
    types.MESSAGE_READ: "read",
    types.MESSAGE_FAILED: "failed",
}
ACTIONS: Final = tuple(_STATES)

# The lattice of inbox.delivery.lattice. A retry by an agent begins anew: its own news come by the
# same way.
_RISE: Final = """
    update marketing_broadcastrecipient r set state = u.state,
        reason = case when u.state = 'failed' then u.reason else '' end,
        error_class = case when u.state = 'failed' then u.error_class else '' end,
        sent_at = coalesce(r.sent_at, now()), lease_token = null, lease_until = null
    from unnest(%(ids)s::uuid[], %(states)s::text[], %(reasons)s::text[], %(classes)s::text[])
        u (id, state, reason, error_class)
    where r.workspace_id = %(workspace)s and r.id = u.id
        and array_position(%(order)s, u.state) > array_position(%(order)s, r.state::text)
    returning r.broadcast_id
"""
ORDER: Final = ["sending", "unknown", "sent", "failed", "delivered", "read"]


def on_events(events: Sequence[Event]) -> None:
    """Raise what rises. The subscription's cursor moves in the same transaction."""
    best: dict[UUID, tuple[str, str, str]] = {}
    for event in events:
        if event.action == types.MESSAGE_SENT and "broadcast" in event.data:
            continue  # by the engine, which has written it
        state = _STATES[event.action]
        error = event.data.get("error") or {}
        known = best.get(event.subject_id)
        if known is None or ORDER.index(state) > ORDER.index(known[0]):
            best[event.subject_id] = (
                state,
                str(error.get("message", ""))[:250],
                str(error.get("class", ""))[:20],
            )
    rows = sorted(best.items())
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _RISE,
            {
                "workspace": current_workspace_id(),
                "ids": [pk for pk, _ in rows],
                "states": [state for _, (state, _, _) in rows],
                "reasons": [reason for _, (_, reason, _) in rows],
                "classes": [found for _, (_, _, found) in rows],
                "order": ORDER,
            },
        )
        tell_later({row[0] for row in cursor.fetchall()})


def tell_later(broadcast_ids: Collection[UUID]) -> None:
    """Tell the screens of broadcasts that nobody looks after any more; of the others the
    broadcaster tells."""
    if not broadcast_ids:
        return
    running = Q(status=Broadcast.Status.RUNNING, is_rolling=False)
    for broadcast in Broadcast.objects.filter(pk__in=broadcast_ids).exclude(running):
        tell_change(broadcast)
