"""What a platform delivered and we could not read: kept, shown, and read again when asked."""

from datetime import datetime
from typing import Any

from django.db import transaction

from channels_connectors.models import Channel
from events import types
from events.journal import SYSTEM, record
from inbox.letterbox import pokes
from inbox.models import InboundEnvelope
from inbox.models.conversation import By
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require


def replay_parked(channel: Channel, *, by: By) -> int:
    """Have the sorter read all of them again; returns how many."""
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_CHANNELS)
    return replay(channel, by=by)


def replay_one(channel: Channel, envelope: InboundEnvelope, *, by: By) -> int:
    """Have the sorter read one of them again; 0 when it is parked no more."""
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_CHANNELS)
    chosen = InboundEnvelope.objects.filter(pk=envelope.pk, state="parked")
    return _read_again(channel, chosen, by)


def replay(
    channel: Channel,
    *,
    state: str = InboundEnvelope.State.PARKED,
    since: datetime | None = None,
    until: datetime | None = None,
    by: By = SYSTEM,
) -> int:
    """Have the sorter read envelopes of this state again; returns how many.

    Harmless for those that were sorted (`done`): what they brought is known.
    """
    chosen = InboundEnvelope.objects.filter(channel=channel, state=state)
    if since is not None:
        chosen = chosen.filter(received_at__gte=since)
    if until is not None:
        chosen = chosen.filter(received_at__lt=until)
    return _read_again(channel, chosen, by)


def _read_again(channel: Channel, chosen: Any, by: By) -> int:
    count: int = chosen.update(state=InboundEnvelope.State.NEW, attempts=0, error="")
    if count:
        record(types.CHANNEL_REPLAYED, subject=channel, by=by, data={"number": count})
        place = (channel.workspace_id, channel.pk)
        transaction.on_commit(lambda: pokes.poke(place), robust=True)
    return count
