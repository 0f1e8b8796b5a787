"""What the screens are told of how a broadcast fares."""

import time
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models.functions import Now

from events import types
from events.journal import SYSTEM
from marketing.models import Broadcast
from marketing.totals import totals

TOLD_EVERY: Final = timedelta(seconds=1)
# Counting a large audience takes long: at most a tenth of the time is spent on it.
COUNTING_SHARE: Final = 0.1
_HELD: Final = (Broadcast.Status.PAUSED, Broadcast.Status.STOPPED)


def tell(broadcast: Broadcast) -> None:
    """Tell the screens how it goes, at most once a second and only when something has changed."""
    due = Broadcast.objects.filter(pk=broadcast.pk).exclude(
        told_at__gt=Now() - TOLD_EVERY  # type: ignore[operator]
    )
    # Who moves the hand tells; another process finds it moved.
    if due.update(told_at=Now()):
        tell_change(broadcast)


def tell_change(broadcast: Broadcast) -> None:
    """Tell the screens when the numbers are not those that were told."""
    began = time.monotonic()
    found = totals(broadcast.pk)
    rest = timedelta(seconds=(time.monotonic() - began) / COUNTING_SHARE)
    mine = Broadcast.objects.filter(pk=broadcast.pk)
    if rest > TOLD_EVERY:
        mine.update(told_at=Now() + rest - TOLD_EVERY)
    if found == broadcast.told:
        return
    mine.update(told=found)
    broadcast.record(types.BROADCAST_PROGRESSED, by=SYSTEM, totals=found)


def tell_if_held(broadcast_id: UUID) -> None:
    """Tell of what was under way when it was paused or stopped: nobody looks after it any more."""
    for broadcast in Broadcast.objects.filter(pk=broadcast_id, status__in=_HELD):
        tell_change(broadcast)
