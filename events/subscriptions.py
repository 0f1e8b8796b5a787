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
# So many events that a subscription does not want are looked through again before its cursor moves.
FEW = 100
LONGEST_PAUSE = timedelta(minutes=10)

Handler = Callable[[list[Event]], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    name: str
    handler: Handler
    actions: frozenset[str]
    is_prompt: bool = True


_subscriptions: dict[str, Subscription] = {}


def subscribe(
    name: str, handler: Handler, *, actions: Iterable[str], at_leisure: bool = False
) -> None:
    """Have `handler` called with batches of these events, in the workspace's scope.

    The name is the cursor's key: renaming starts from the journal's beginning. What nobody waits
    for is done `at_leisure`: by the sweep, each second, with all that came in between at once.
    """
    _subscriptions[name] = Subscription(name, handler, frozenset(actions), not at_leisure)


def subscriptions() -> list[Subscription]:
    """All of them, by name."""
    return [_subscriptions[name] for name in sorted(_subscriptions)]


def wanted(actions: set[str]) -> bool:
    """Whether any prompt subscription listens to any of these."""
    return any(
        not subscription.actions.isdisjoint(actions)
        for subscription in subscriptions()
        if subscription.is_prompt
    )


def run_workspace(workspace_id: UUID, *, promptly: bool = False) -> int:
    """Let subscriptions catch up with one workspace: all, or those that are prompt.

    Returns the events handled. What was committed meanwhile is looked at before it returns, as
    whoever told of it may have found the cursors held.
    """
    those = [one for one in subscriptions() if one.is_prompt or not promptly]
    handled = 0
    while more := sum(catch_up(workspace_id, one) for one in _behind(workspace_id, those)):
        handled += more
    return handled


def _behind(workspace_id: UUID, those: list[Subscription]) -> list[Subscription]:
    """Those for whom there is something new, by one look for all of them.

    The cursors of the others move on when they have fallen behind by a few.
    """
    with workspace_scope(workspace_id):
        names = [one.name for one in those]
        cursors = {one.name: one for one in SubscriptionCursor.objects.filter(name__in=names)}
        end = WorkspaceCounter.objects.values_list("seq", flat=True).first() or 0
        began = {name: cursors[name].seq if name in cursors else 0 for name in names}
        start = min(began.values(), default=end)
        if start >= end:
            return []
        # Far behind, or for the first time: each looks for itself.
        near = end - start <= FEW + BATCH
        news = Event.objects.after(start).filter(seq__lte=end) if near else Event.objects.none()
        found = list(news.values_list("seq", "action"))
        return [
            one
            for one in those
            if began[one.name] < end
            and (
                not near
                or end - began[one.name] > FEW
                or any(seq > began[one.name] and action in one.actions for seq, action in found)
            )
        ]


def catch_up(workspace_id: UUID, subscription: Subscription) -> int:
    """Read to the journal's end, batch by batch.

    A cursor that another worker holds is skipped: that worker's run, or the sweep, looks again for
    what came after its look. A batch that
    raises is taken again one event at a time, so that the events before the culprit are not held
    up; the culprit is called again after a growing pause, and those behind it wait.
    """
    handled, most = 0, BATCH
    while True:
        try:
            taken = _step(workspace_id, subscription, most)
        except Exception as error:
            if most > 1:
                logger.warning("Subscription %s failed on a batch: %r", subscription.name, error)
                most = 1
                continue
            logger.exception("Subscription %s failed.", subscription.name)
            _note_failure(workspace_id, subscription, error)
            return handled
        if taken is None:
            return handled
        handled += taken[0]
        if taken[1]:
            return handled


def _step(workspace_id: UUID, subscription: Subscription, most: int) -> tuple[int, bool] | None:
    """One batch of at most so many events: how many, and whether they were the journal's last.

    None when there is nothing to do.
    """
    with workspace_scope(workspace_id):
        cursor = _claim(subscription)
        if cursor is None or (cursor.retry_at and cursor.retry_at > timezone.now()):
            return None
        # What the counter says is committed, so no event up to there can still appear.
        last = cursor.end or 0
        end = min(last, cursor.seq + LONGEST_LOOK)
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
        return len(events), cursor.seq == last


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
