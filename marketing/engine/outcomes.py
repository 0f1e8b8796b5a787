"""What came of sends, written for many at once.

Only who holds a recipient's lease token writes. Of an unknown outcome the token is kept, so that an
answer which comes after the lease still counts.
"""

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from channels_connectors.types import SendReceipt
from core.postgresql import prepared
from core.postgresql.arrays import floats, integers, moments, texts, uuids
from inbox.delivery import effects
from inbox.delivery.outcomes import INTERRUPTED, backoff
from marketing.engine import judging, telling, threads
from marketing.engine.flights import Flight
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


_HELD: Final = """
    select r.id, r.lease_token from marketing_broadcastrecipient r
    where r.workspace_id = %(workspace)s and r.id = any(%(ids)s::uuid[])
        and r.state in ('sending', 'unknown')
    order by r.id for no key update
"""
# No attempt of the platform's where it did not look at the message.
_LATER: Final = """
    update marketing_broadcastrecipient r set state = 'queued', lease_token = null,
        lease_until = null, reason = u.reason, error_class = u.error_class, attempts = u.attempts,
        next_at = now() + make_interval(secs => u.seconds)
    from unnest(%(ids)s::uuid[], %(reasons)s::text[], %(classes)s::text[], %(attempts)s::bigint[],
        %(seconds)s::float8[]) u (id, reason, error_class, attempts, seconds)
    where r.workspace_id = %(workspace)s and r.id = u.id
"""
_UNSEEN: Final = frozenset({"rate", "channel_auth"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A send that ended; `token` fences it, `flight` tells of it until it is written."""

    prepared: Prepared
    token: UUID
    result: SendReceipt | ConnectorError
    flight: Flight | None = None

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
    shown = {one.prepared.recipient_id for one in reached}
    refused = [
        (outcome, outcome.result)
        for outcome in mine
        if isinstance(outcome.result, ConnectorError) and outcome.id not in shown
    ]
    threads.show(broadcast, channel, reached)
    _mark(reached)
    later: list[tuple[Outcome, float]] = []
    for outcome, error in refused:
        seconds = _refuse(broadcast, channel, outcome, error)
        if seconds is not None:
            later.append((outcome, seconds))
    _queue(later)
    telling.tell_if_held(broadcast_id)


def expire(
    broadcast: Broadcast,
    channel: Channel,
    found: Sequence[Prepared],
    results: Mapping[UUID, SendReceipt | ConnectorError],
) -> None:
    """A process died in mid-send: write what is known to have come of it, by recipient; of the
    others nobody knows whether the bytes had left."""
    tokens = dict(
        BroadcastRecipient.objects.filter(pk__in=[one.recipient_id for one in found]).values_list(
            "pk", "lease_token"
        )
    )
    doubt = ConnectorError("transient", INTERRUPTED, maybe_sent=True)
    write(
        broadcast.pk,
        channel.pk,
        [
            Outcome(one, token, results.get(one.recipient_id, doubt))
            for one in found
            if (token := tokens.get(one.recipient_id)) is not None
        ],
    )


def _held(found: Sequence[Outcome]) -> dict[UUID, UUID | None]:
    """Who holds what: id -> token. Locked, in one order."""
    ids = uuids([outcome.id for outcome in found])
    return dict(prepared.run(_HELD, {"workspace": current_workspace_id(), "ids": ids}))


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
    errors = [one.error for one in reached]
    prepared.run(
        _SENT,
        {
            "workspace": current_workspace_id(),
            "ids": uuids([one.prepared.recipient_id for one in reached]),
            "states": texts(["sent" if one.receipt else "unknown" for one in reached]),
            "moments": moments(
                [(one.receipt.sent_at if one.receipt else None) or now for one in reached]
            ),
            "reasons": texts([error.msgid[:250] if error else "" for error in errors]),
            "classes": texts([error.error_class if error else "" for error in errors]),
        },
    )


def _refuse(
    broadcast: Broadcast, channel: Channel, outcome: Outcome, error: ConnectorError
) -> float | None:
    """What a refusal does. Returns the seconds after which to try again; None: never."""
    found = outcome.prepared
    logger.info("A broadcast's message was not sent: %s", error)
    if error.error_class == "recipient_gone":
        conversation = threads.conversation_of(channel, found)
        if conversation is not None:
            effects.lose_recipient(conversation.identity, conversation, error)
    if error.error_class == "channel_auth":
        effects.break_channel(channel, error)
        return 0.0
    if error.error_class == "rate" or error.maybe_sent or error.error_class == "transient":
        if error.error_class != "rate" and found.attempts + 1 >= MOST_ATTEMPTS:
            _fail(outcome, error)
            return None
        return error.retry_after or backoff(found.attempts + 1)
    elsewhere = error.error_class in ELSEWHERE and judging.move_on(
        broadcast, channel.pk, {outcome.id: found.contact_id}
    )
    if not elsewhere:
        _fail(outcome, error)
    return None


def _queue(later: Sequence[tuple[Outcome, float]]) -> None:
    """Let them wait for so many seconds."""
    if not later:
        return
    errors: list[Any] = [outcome.result for outcome, _ in later]
    prepared.run(
        _LATER,
        {
            "workspace": current_workspace_id(),
            "ids": uuids([outcome.id for outcome, _ in later]),
            "reasons": texts([error.msgid[:250] for error in errors]),
            "classes": texts([error.error_class for error in errors]),
            "attempts": integers(
                [
                    outcome.prepared.attempts + (error.error_class not in _UNSEEN)
                    for (outcome, _), error in zip(later, errors, strict=True)
                ]
            ),
            "seconds": floats([seconds * random.uniform(1, 1.1) for _, seconds in later]),
        },
    )


def _fail(outcome: Outcome, error: ConnectorError) -> None:
    judging.leave_out({outcome.id: error.msgid}, state=State.FAILED, error_class=error.error_class)
