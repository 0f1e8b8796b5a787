"""How long what arrived is kept once it has done its work."""

import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, Q, Sum
from django.utils import timezone

from channels_connectors.models import ChannelNotice
from inbox.models import InboundEnvelope, PendingReference
from inbox.sorter import kept
from inbox.sorter.references import KEPT
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

ENVELOPES_KEPT: Final = timedelta(days=30)
CHUNK: Final = 2_000
# Of each topic of each channel.
NOTICES_KEPT: Final = 100
# One run's time; the next one goes on.
SECONDS: Final = 60.0


def forget_envelopes() -> int:
    """Delete envelopes that were sorted long ago; parked ones stay. Returns how many went.

    In small transactions, found by the primary key, which begins with the time.
    """
    before = first_id_of(timezone.now() - ENVELOPES_KEPT)
    ends, gone = time.monotonic() + SECONDS, 0
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        while time.monotonic() < ends:
            with workspace_scope(workspace_id):
                old = InboundEnvelope.objects.filter(pk__lt=before, state="done")
                ids = list(old.order_by("pk").values_list("pk", flat=True)[:CHUNK])
                deleted, _ = InboundEnvelope.objects.filter(pk__in=ids).delete()
            gone += deleted
            if deleted < CHUNK:
                break
    return gone


def forget_references() -> int:
    """Delete news of messages and of chats that never came. Returns how many went.

    A customer's wish not to be written to is worth waiting for as long as its envelope is kept.
    """
    before, gone = first_id_of(timezone.now() - KEPT), 0
    of_chats_before = first_id_of(timezone.now() - ENVELOPES_KEPT)
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            old = PendingReference.objects.filter(pk__lt=before)
            gone += old.exclude(kind__in=kept.KINDS).delete()[0]
            gone += old.filter(kind__in=kept.KINDS, pk__lt=of_chats_before).delete()[0]
    return gone


def forget_notices() -> int:
    """Keep the newest notices of each topic of each channel; returns how many went.

    The oldest that stays keeps count of those before it.
    """
    gone = 0
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            for topic in ChannelNotice.objects.by_topic().filter(count__gt=NOTICES_KEPT):
                gone += _forget_notices(topic["channel"], topic["topic"])
    return gone


def _forget_notices(channel_id: UUID, topic: str) -> int:
    notices = ChannelNotice.objects.filter(channel_id=channel_id, topic=topic)
    newest = list(notices.order_by("-at", "-id")[: NOTICES_KEPT + 1])
    if len(newest) <= NOTICES_KEPT:
        return 0
    oldest = newest[NOTICES_KEPT - 1]
    older = notices.filter(
        Q(at__lt=oldest.at) | Q(at=oldest.at, pk__lt=oldest.pk),
    )
    counted = older.aggregate(n=Sum(F("older_count") + 1))["n"] or 0
    deleted, _ = older.delete()
    notices.filter(pk=oldest.pk).update(older_count=F("older_count") + counted)
    return int(deleted)


def first_id_of(moment: datetime) -> UUID:
    """The smallest id that a row made at this moment may have (UUIDv7 begins with milliseconds)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
