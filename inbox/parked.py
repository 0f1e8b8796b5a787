"""What a platform delivered and we could not read: kept, shown, and read again when asked."""

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
    parked = InboundEnvelope.objects.filter(channel=channel, state=InboundEnvelope.State.PARKED)
    count: int = parked.update(state=InboundEnvelope.State.NEW, attempts=0, error="")
    if count:
        place = (channel.workspace_id, channel.pk)
        transaction.on_commit(lambda: pokes.poke(place), robust=True)
    return count
