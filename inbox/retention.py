"""How long what arrived is kept once it has done its work."""

import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from inbox.models import InboundEnvelope, PendingReference
from inbox.sorter.references import KEPT
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

ENVELOPES_KEPT: Final = timedelta(days=30)
CHUNK: Final = 2_000
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
    """Delete news of messages that never came. Returns how many went."""
    before, gone = first_id_of(timezone.now() - KEPT), 0
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            gone += PendingReference.objects.filter(pk__lt=before).delete()[0]
    return gone


def first_id_of(moment: datetime) -> UUID:
    """The smallest id that a row made at this moment may have (UUIDv7 begins with milliseconds)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
