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

from core import stopping
from events.models import Event, SubscriptionCursor, WorkspaceCounter
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

BATCH = 500
# What nobody waits for is done in fewer transactions.
LEISURELY_BATCH = 4 * BATCH
# So far behind the others a subscription goes on alone, so that it holds up none of them.
FAR_BEHIND = 10 * BATCH
# How much of the journal one transaction looks through for the few events it wants.
LONGEST_LOOK = 20_000
LONGEST_PAUSE = timedelta(minutes=10)

Handler = Callable[[list[Event]], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    name: str
    handler: Handler
    actions: frozenset[str]
    is_prompt: bool = True

    @property
    def batch(self) -> int:
        """How many events it takes at once at most."""
        return BATCH if self.is_prompt else LEISURELY_BATCH


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

    Returns the events handled. What is committed meanwhile is looked at once more for the prompt
    ones, as whoever told of it may have found their cursors held; the others have the next sweep.
    """
    prompt = [one for one in subscriptions() if one.is_prompt]
    if promptly:
        return _run(workspace_id, prompt)
    others = [one for one in subscriptions() if not one.is_prompt]
    handled = _run(workspace_id, prompt) + _run(workspace_id, others, once=True)
    return handled + sum(catch_up(workspace_id, one) for one in _alone(workspace_id))


def catch_up(
    workspace_id: UUID,
    subscription: Subscription,
    *,
    tell: Callable[[int, int], None] | None = None,
) -> int:
    """Read to the journal's end, batch by batch; returns the events handled. `tell` hears after
    each batch how far in the journal it is, and where that ends.

    A cursor that another worker holds is skipped: that worker, or the sweep, looks again. A batch
    that raises is taken again one event at a time, so that the events before the culprit are not
    held up; the culprit is called again after a growing pause, and those behind it wait. A worker
    that is asked to end leaves the rest to who starts next.
    """
    handled, most = 0, subscription.batch
    while not stopping.is_asked():
        try:
            taken = _step(workspace_id, [subscription], most)
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
        handled += taken.handled
        if tell is not None:
            tell(taken.seq, taken.end)
    return handled


def _run(workspace_id: UUID, those: list[Subscription], *, once: bool = False) -> int:
    """Several together, to save transactions; each alone when one of them raises."""
    handled, most = 0, min((one.batch for one in those), default=BATCH)
    try:
        while not stopping.is_asked() and (taken := _step(workspace_id, those, most)):
            handled += taken.handled
            if once and taken.seq == taken.end:
                break
    except Exception as error:
        logger.warning("Subscriptions failed together: %r", error)
        handled += sum(catch_up(workspace_id, one) for one in those)
    return handled


@dataclass(frozen=True, slots=True)
class _Taken:
    handled: int
    seq: int
    end: int


def _step(workspace_id: UUID, those: list[Subscription], most: int) -> _Taken | None:
    """One batch of at most so many events for those whose cursor is free; None when there is
    nothing to do. Who has failed, or is far behind, takes part alone."""
    with workspace_scope(workspace_id):
        claimed = _claim(those)
        able = _keeping_up(claimed) if len(those) > 1 else filter(_is_due, claimed)
        cursors = {cursor.name: cursor for cursor in able}
        if not cursors:
            return None
        start = min(cursor.seq for cursor in cursors.values())
        # What the counter says is committed, so no event up to there can still appear.
        last = max(cursor.end or 0 for cursor in cursors.values())
        end = min(last, start + LONGEST_LOOK)
        if end <= start:
            return None
        free = [one for one in those if one.name in cursors]
        most = 1 if any(cursor.failures for cursor in cursors.values()) else most
        actions = frozenset[str]().union(*(one.actions for one in free))
        events: list[Event] = list(
            Event.objects.after(start).filter(seq__lte=end, action__in=actions)[:most]
        )
        end = events[-1].seq if len(events) == most else end
        for one in free:
            since = cursors[one.name].seq
            if mine := [e for e in events if e.seq > since and e.action in one.actions]:
                one.handler(mine)
        SubscriptionCursor.objects.filter(name__in=cursors, seq__lt=end).update(
            seq=end, failures=0, retry_at=None, error=""
        )
        return _Taken(len(events), end, last)


def _claim(those: list[Subscription]) -> list[Any]:
    """The locked cursors with the counter's value as `end`, made if they are missing; without
    those that another worker holds."""
    mine = SubscriptionCursor.objects.filter(name__in=[one.name for one in those])
    counter = WorkspaceCounter.objects.values("seq")[:1]
    free = mine.annotate(end=Subquery(counter)).select_for_update(skip_locked=True, of=("self",))
    cursors = list(free)
    if len(cursors) < len(those):
        there = set(mine.values_list("name", flat=True))
        if new := [one.name for one in those if one.name not in there]:
            SubscriptionCursor.objects.bulk_create(
                [SubscriptionCursor(name=name) for name in new], ignore_conflicts=True
            )
            cursors = list(free.all())
    return cursors


def _is_due(cursor: Any) -> bool:
    return cursor.retry_at is None or cursor.retry_at <= timezone.now()


def _keeping_up(cursors: list[Any]) -> list[Any]:
    """Those that go on together: near the foremost of them, none of which has failed."""
    sound = [cursor for cursor in cursors if not cursor.failures]
    foremost = max((cursor.seq for cursor in sound), default=0)
    return [cursor for cursor in sound if foremost - cursor.seq <= FAR_BEHIND]


def _alone(workspace_id: UUID) -> list[Subscription]:
    with workspace_scope(workspace_id):
        cursors = {cursor.name: cursor for cursor in SubscriptionCursor.objects.all()}
    found: list[Subscription] = []
    for is_prompt in (True, False):
        those = [one for one in subscriptions() if one.is_prompt == is_prompt]
        mine = [cursors[one.name] for one in those if one.name in cursors]
        together = {cursor.name for cursor in _keeping_up(mine)}
        found += [one for one in those if one.name in cursors and one.name not in together]
    return found


def _note_failure(workspace_id: UUID, subscription: Subscription, error: Exception) -> None:
    with transaction.atomic(), workspace_scope(workspace_id):
        for cursor in _claim([subscription]):
            cursor.failures += 1
            # The exponent is bounded too: 2 to the power of many days of failures overflows.
            pause = min(timedelta(seconds=2 ** min(cursor.failures, 20)), LONGEST_PAUSE)
            cursor.retry_at, cursor.error = timezone.now() + pause, repr(error)[:2000]
            cursor.save(update_fields=["failures", "retry_at", "error"])
