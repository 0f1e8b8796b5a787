"""Delivers what a conversation has queued: claim, send, write down, next."""

import random
import time
from typing import Final
from uuid import UUID

from channels_connectors.errors import ConnectorError
from core import ratelimit
from inbox.delivery import changes, claims, limits, outcomes, pokes, sending
from inbox.delivery.claims import Head
from inbox.delivery.lines import lines
from inbox.models import MessageChange
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
    """Settle one message, or one change of a sent one; False when nothing is to do now."""
    with workspace_scope(workspace_id):
        head = claims.find_head(conversation_id)
        if head is not None and head.lease_ran_out:
            outcomes.expire(head.message)
            return True
    if head is None or not head.is_due:
        return _step_of_changes(workspace_id, conversation_id)
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


def _step_of_changes(workspace_id: UUID, conversation_id: UUID) -> bool:
    with workspace_scope(workspace_id):
        change = changes.find_due(conversation_id)
        if change is not None and changes.settle_unsent(change):
            return True
    if change is None:
        return False
    with lines.line(change.message.channel_id) as is_free:
        if is_free:
            return _attempt_change(workspace_id, change)
    with workspace_scope(workspace_id):
        changes.postpone(change, random.uniform(*BUSY_SECONDS))
    return False


def _attempt_change(workspace_id: UUID, change: MessageChange) -> bool:
    """Claim the change, carry it out, write down what came of it."""
    try:
        wait = ratelimit.take(claims.buckets_of(change.message))
        with workspace_scope(workspace_id):
            if wait:
                changes.postpone(change, wait)
            claim = None if wait else changes.claim(change)
    except ConnectorError as error:
        with workspace_scope(workspace_id):
            changes.write(change.pk, None, error)
        return True
    if claim is None:
        if wait:
            pokes.deliver_later(workspace_id, change.message.conversation_id, wait)
        return False
    error = sending.carry_out(claim)
    if error is not None:
        limits.heed(*claim.buckets, error)
    with workspace_scope(workspace_id):
        changes.write(claim.change_id, claim.token, error)
    return True
