"""What came of sends, written for many at once.

Only who holds a recipient's lease token writes. Of an unknown outcome the token is kept, so that an
answer which comes after the lease still counts.
"""

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from channels_connectors.types import SendReceipt
from inbox.delivery import effects
from inbox.delivery.outcomes import INTERRUPTED, backoff
from marketing.engine import judging, threads
from marketing.engine.preparing import Prepared
from marketing.models import Broadcast, BroadcastRecipient, State
from workspaces.scope import current_workspace_id

logger = logging.getLogger(__name__)

MOST_ATTEMPTS: Final = 8
# So often an unknown outcome is tried again where the broadcast says so.
MOST_RESENDS: Final = 3
ELSEWHERE: Final = frozenset({"recipient_gone", "window_closed"})

_SENT: Final = """
    update marketing_broadcastrecipient r set sent_at = coalesce(r.sent_at, u.sent_at),
        state = case when r.state in ('sending', 'unknown', 'leased') then u.state
            else r.state end,
        reason = u.reason, error_class = u.error_class, lease_until = null,
        lease_token = case when u.state = 'sent' then null else r.lease_token end
    from unnest(%(ids)s::uuid[], %(states)s::text[], %(moments)s::timestamptz[],
        %(reasons)s::text[], %(classes)s::text[]) u (id, state, sent_at, reason, error_class)
    where r.workspace_id = %(workspace)s and r.id = u.id
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A send that ended; `token` fences it."""

    prepared: Prepared
    token: UUID
    result: SendReceipt | ConnectorError

    @property
    def id(self) -> UUID:
        return self.prepared.recipient_id


def write(broadcast_id: UUID, channel_id: UUID, found: Sequence[Outcome]) -> None:
    """Write the outcomes of one broadcast on one channel. Runs in the workspace's scope."""
    broadcast = Broadcast.objects.get(pk=broadcast_id)
    channel = Channel.objects.get(pk=channel_id)
    held = _held(found)
    mine = [outcome for outcome in found if held.get(outcome.id) == outcome.token]
    if len(mine) < len(found):
        late = len(found) - len(mine)
        logger.warning("%d outcomes came after their recipients had moved on.", late)
    reached: list[threads.Reached] = []
    for outcome in mine:
        if isinstance(outcome.result, SendReceipt):
            reached.append(threads.Reached(outcome.prepared, outcome.result, None))
        elif _is_unknown(broadcast, channel, outcome):
            reached.append(threads.Reached(outcome.prepared, None, outcome.result))
    refused = [
        (outcome, outcome.result)
        for outcome in mine
        if isinstance(outcome.result, ConnectorError)
        and not any(one.prepared is outcome.prepared for one in reached)
    ]
    threads.show(broadcast, channel, reached)
    _mark(reached)
    for outcome, error in refused:
        _refuse(broadcast, channel, outcome, error)


def expire(broadcast: Broadcast, channel: Channel, prepared: Sequence[Prepared]) -> None:
    """Leases ran out in mid-send: a process died, and nobody knows whether the bytes had left."""
    tokens = dict(
        BroadcastRecipient.objects.filter(
            pk__in=[one.recipient_id for one in prepared]
        ).values_list("pk", "lease_token")
    )
    error = ConnectorError("transient", INTERRUPTED, maybe_sent=True)
    write(
        broadcast.pk,
        channel.pk,
        [
            Outcome(one, token, error)
            for one in prepared
            if (token := tokens.get(one.recipient_id)) is not None
        ],
    )


def _held(found: Sequence[Outcome]) -> dict[UUID, UUID | None]:
    """Who holds what: id -> token. Locked, in one order."""
    rows = (
        BroadcastRecipient.objects.filter(pk__in=[outcome.id for outcome in found])
        .filter(state__in=[State.SENDING, State.UNKNOWN])
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    return dict(rows.values_list("pk", "lease_token"))


def _is_unknown(broadcast: Broadcast, channel: Channel, outcome: Outcome) -> bool:
    """Whether nobody knows, and it is not to be tried again."""
    error = outcome.result
    if not isinstance(error, ConnectorError) or not error.maybe_sent:
        return False
    if connector_class(channel.kind).capabilities.dedupes_sends:
        return False
    resends = broadcast.unknown_policy == Broadcast.UnknownPolicy.RESEND
    return not resends or outcome.prepared.attempts + 1 >= MOST_RESENDS


def _mark(reached: Sequence[threads.Reached]) -> None:
    if not reached:
        return
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _SENT,
            {
                "workspace": current_workspace_id(),
                "ids": [one.prepared.recipient_id for one in reached],
                "states": ["sent" if one.receipt else "unknown" for one in reached],
                "moments": [
                    (one.receipt.sent_at if one.receipt else None) or now for one in reached
                ],
                "reasons": [one.error.msgid[:250] if one.error else "" for one in reached],
                "classes": [one.error.error_class if one.error else "" for one in reached],
            },
        )


def _refuse(
    broadcast: Broadcast,
    channel: Channel,
    outcome: Outcome,
    error: ConnectorError,
) -> None:
    prepared = outcome.prepared
    logger.info("A broadcast's message was not sent: %s", error)
    if error.error_class == "channel_auth":
        effects.break_channel(channel, error)
    if error.error_class == "recipient_gone":
        conversation = threads.conversation_of(channel, prepared)
        if conversation is not None:
            effects.lose_recipient(conversation.identity, conversation, error)
    if error.error_class == "channel_auth":
        _queue(outcome, 0)
    elif error.error_class == "rate":
        _queue(outcome, error.retry_after or backoff(prepared.attempts + 1))
    elif error.maybe_sent or error.error_class == "transient":
        if prepared.attempts + 1 >= MOST_ATTEMPTS:
            _fail(outcome, error)
        else:
            _queue(outcome, error.retry_after or backoff(prepared.attempts + 1))
    else:
        elsewhere = error.error_class in ELSEWHERE and judging.move_on(
            broadcast, channel.pk, {outcome.id: prepared.contact_id}
        )
        if not elsewhere:
            _fail(outcome, error)


def _queue(outcome: Outcome, seconds: float) -> None:
    error: Any = outcome.result
    values: dict[str, Any] = {}
    if error.error_class in {"rate", "channel_auth"}:
        # No attempt of the platform's: it did not look at the message.
        values["attempts"] = outcome.prepared.attempts
    BroadcastRecipient.objects.filter(pk=outcome.id).update(
        state=State.QUEUED,
        next_at=Now() + timedelta(seconds=seconds * random.uniform(1, 1.1)),
        lease_token=None,
        lease_until=None,
        reason=error.msgid[:250],
        error_class=error.error_class,
        **values,
    )


def _fail(outcome: Outcome, error: ConnectorError) -> None:
    judging.leave_out({outcome.id: error.msgid}, state=State.FAILED, error_class=error.error_class)
