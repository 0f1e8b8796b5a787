"""Delivers what a conversation has queued: claim, send, write down, next."""

import random
import time
from typing import Final
from uuid import UUID

from channels_connectors.errors import ConnectorError
from core import ratelimit
from inbox.delivery import claims, limits, outcomes, pokes, sending
from inbox.delivery.claims import Head
from inbox.delivery.lines import lines
from workspaces.scope import workspace_scope

# A worker turns to other conversations after this long (seconds).
TURN_SECONDS: Final = 20.0
# When all lines of a channel hang, its other conversations come back after about this long.
BUSY_SECONDS: Final = (1.0, 4.0)


def deliver(workspace_id: UUID, conversation_id: UUID) -> None:
    """Send all that is due in the conversation, in order.

    Safe to run twice, at once and at any time: PostgreSQL says what is to do.
    """
    turn_ends = time.monotonic() + TURN_SECONDS
    while _step(workspace_id, conversation_id):
        if time.monotonic() > turn_ends:
            pokes.deliver(workspace_id, conversation_id)
            return


def _step(workspace_id: UUID, conversation_id: UUID) -> bool:
    """Settle one message; False when there is nothing more to do now."""
    with workspace_scope(workspace_id):
        head = claims.find_head(conversation_id)
        if head is not None and head.lease_ran_out:
            outcomes.expire(head.message)
            return True
    if head is None or not head.is_due:
        return False
    with lines.line(head.message.channel_id) as is_free:
        if is_free:
            return _attempt(workspace_id, head)
    with workspace_scope(workspace_id):
        claims.postpone(head.message, random.uniform(*BUSY_SECONDS))
    return False


def _attempt(workspace_id: UUID, head: Head) -> bool:
    """Claim the head, send it, write down what came of it."""
    try:
        wait = ratelimit.take(claims.buckets_of(head.message))
        with workspace_scope(workspace_id):
            if wait:
                claims.postpone(head.message, wait)
            claim = None if wait else claims.claim(head)
    except ConnectorError as error:
        with workspace_scope(workspace_id):
            outcomes.write(head.message.pk, None, error)
        return True
    if claim is None:
        if wait:
            pokes.deliver_later(workspace_id, head.message.conversation_id, wait)
        return False
    outcome = sending.send(claim)
    if isinstance(outcome, ConnectorError):
        limits.heed(*claim.buckets, outcome)
    with workspace_scope(workspace_id):
        outcomes.write(claim.message_id, claim.token, outcome)
    return True
