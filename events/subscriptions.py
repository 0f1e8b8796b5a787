"""On this event do that, exactly once, in order.

A subscription has a cursor per workspace. Its handler's effects and the cursor commit together,
so a crash repeats nothing and skips nothing.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Subquery
from django.utils import timezone

from events.models import Event, SubscriptionCursor, WorkspaceCounter
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

BATCH = 500
# How much of the journal one transaction looks through for the few events it wants.
LONGEST_LOOK = 20_000
LONGEST_PAUSE = timedelta(minutes=10)

Handler = Callable[[list[Event]], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    name: str
    handler: Handler
    actions: frozenset[str]


_subscriptions: dict[str, Subscription] = {}


def subscribe(name: str, handler: Handler, *, actions: Iterable[str]) -> None:
    """Have `handler` called with batches of these events, in the workspace's scope.

    The name is the cursor's key: renaming starts from the journal's beginning.
    """
    _subscriptions[name] = Subscription(name, handler, frozenset(actions))


def subscriptions() -> list[Subscription]:
    """All of them, by name."""
    return [_subscriptions[name] for name in sorted(_subscriptions)]


def wanted(actions: set[str]) -> bool:
    """Whether any subscription listens to any of these."""
    return any(not subscription.actions.isdisjoint(actions) for subscription in subscriptions())


def run_workspace(workspace_id: UUID) -> int:
    """Let every subscription catch up with one workspace; returns the events handled."""
    return sum(catch_up(workspace_id, subscription) for subscription in subscriptions())


def catch_up(workspace_id: UUID, subscription: Subscription) -> int:
    """Read to the journal's end, batch by batch.

    A cursor that another worker holds is skipped: that worker reads on to the end. A batch that
    raises is taken again one event at a time, so that the events before the culprit are not held
    up; the culprit is called again after a growing pause, and those behind it wait.
    """
    handled, most = 0, BATCH
    while True:
        try:
            count = _step(workspace_id, subscription, most)
        except Exception as error:
            if most > 1:
                logger.warning("Subscription %s failed on a batch: %r", subscription.name, error)
                most = 1
                continue
            logger.exception("Subscription %s failed.", subscription.name)
            _note_failure(workspace_id, subscription, error)
            return handled
        if count is None:
            return handled
        handled += count


def _step(workspace_id: UUID, subscription: Subscription, most: int) -> int | None:
    """One batch of at most so many events; None when there is nothing to do."""
    with workspace_scope(workspace_id):
        cursor = _claim(subscription)
        if cursor is None or (cursor.retry_at and cursor.retry_at > timezone.now()):
            return None
        # What the counter says is committed, so no event up to there can still appear.
        end = min(cursor.end or 0, cursor.seq + LONGEST_LOOK)
        if end <= cursor.seq:
            return None
        most = 1 if cursor.failures else most
        events: list[Event] = list(
            Event.objects.after(cursor.seq).filter(seq__lte=end, action__in=subscription.actions)[
                :most
            ]
        )
        if events:
            subscription.handler(events)
        cursor.seq = events[-1].seq if len(events) == most else end
        cursor.failures, cursor.retry_at, cursor.error = 0, None, ""
        cursor.save(update_fields=["seq", "failures", "retry_at", "error"])
        return len(events)


def _claim(subscription: Subscription) -> Any:
    """The locked cursor with the counter's value as `end`, made if it is missing; None when
    another worker holds it."""
    mine = SubscriptionCursor.objects.filter(name=subscription.name)
    counter = WorkspaceCounter.objects.values("seq")[:1]
    free = mine.annotate(end=Subquery(counter)).select_for_update(skip_locked=True, of=("self",))
    cursor = free.first()
    if cursor is None and not mine.exists():
        SubscriptionCursor.objects.bulk_create(
            [SubscriptionCursor(name=subscription.name)], ignore_conflicts=True
        )
        cursor = free.first()
    return cursor


def _note_failure(workspace_id: UUID, subscription: Subscription, error: Exception) -> None:
    with transaction.atomic(), workspace_scope(workspace_id):
        cursor = _claim(subscription)
        if cursor is None:
            return
        cursor.failures += 1
        # The exponent is bounded too: 2 to the power of many days of failures overflows.
        pause = min(timedelta(seconds=2 ** min(cursor.failures, 20)), LONGEST_PAUSE)
        cursor.retry_at, cursor.error = timezone.now() + pause, repr(error)[:2000]
        cursor.save(update_fields=["failures", "retry_at", "error"])
