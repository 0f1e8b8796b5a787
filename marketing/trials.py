"""Versions that are tried on a part of the audience, while the rest waits for the best of them."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from marketing.models import UNSETTLED, Broadcast, BroadcastRecipient, State


def is_open(broadcast: Broadcast) -> bool:
    """Whether the best is still to be chosen."""
    return bool(broadcast.winner) and not broadcast.chosen_variant


def held(broadcast: Broadcast) -> Any:
    """Those who wait for it."""
    return BroadcastRecipient.objects.filter(broadcast=broadcast, variant="", state=State.QUEUED)


def ends_at(broadcast: Broadcast) -> datetime | None:
    """When those on whom the versions are tried have had their time; None while some of them are
    still to be written to."""
    tried = BroadcastRecipient.objects.filter(broadcast=broadcast).exclude(variant="")
    if tried.filter(state__in=UNSETTLED).exists():
        return None
    last: datetime | None = tried.aggregate(last=Max("sent_at"))["last"]
    if last is None:
        return timezone.now()
    rule: dict[str, Any] = broadcast.winner or {}
    return last + timedelta(hours=float(rule["hours"]))
