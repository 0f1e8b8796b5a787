"""What a platform delivered and we could not read: kept, shown, and read again when asked."""

from datetime import datetime
from typing import Any

from django.db import transaction

from channels_connectors.models import Channel
from inbox.letterbox import pokes
from inbox.models import InboundEnvelope
from inbox.models.conversation import By
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require


def replay_parked(channel: Channel, *, by: By) -> int:
    """Have the sorter read all of them again; returns how many."""
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_CHANNELS)
    return replay(channel)


def replay_one(channel: Channel, envelope: InboundEnvelope, *, by: By) -> int:
    """Have the sorter read one of them again; 0 when it is parked no more."""
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_CHANNELS)
    return _read_again(channel, InboundEnvelope.objects.filter(pk=envelope.pk, state="parked"))


def replay(
    channel: Channel,
    *,
    state: str = InboundEnvelope.State.PARKED,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Have the sorter read envelopes of this state again; returns how many.

    Harmless for those that were sorted (`done`): what they brought is known.
    """
    chosen = InboundEnvelope.objects.filter(channel=channel, state=state)
    if since is not None:
        chosen = chosen.filter(received_at__gte=since)
    if until is not None:
        chosen = chosen.filter(received_at__lt=until)
    return _read_again(channel, chosen)


def _read_again(channel: Channel, chosen: Any) -> int:
    count: int = chosen.update(state=InboundEnvelope.State.NEW, attempts=0, error="")
    if count:
        place = (channel.workspace_id, channel.pk)
        transaction.on_commit(lambda: pokes.poke(place), robust=True)
    return count
