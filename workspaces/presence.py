"""Who is at work: a lease in PostgreSQL, so that losing Redis sends no conversation astray.

The live floor renews it while a member's page is open; screens show the quicker picture that Redis
holds.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models.functions import Now
from django.utils import timezone

from workspaces import facts
from workspaces.models import Membership
from workspaces.querysets import MembershipQuerySet

LEASE: Final = timedelta(seconds=60)
# A page that says "online" more often than this costs a look-up and no write.
RENEW_EVERY: Final = timedelta(seconds=20)

CAME_ONLINE: Final = "member.came_online"


class State(StrEnum):
    """What a member's page says. Away: the page is open, but no conversation should come."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


def touch(membership_id: UUID, state: str = State.ONLINE) -> bool:
    """Renew the lease, or end it unless `state` is online; call it as often as you like.

    Returns whether the member has come online by this, which the journal tells too. Runs in the
    scope of the workspace.
    """
    members = Membership.objects.active().filter(pk=membership_id)
    if state != State.ONLINE:
        members.filter(online_until__gt=Now()).update(online_until=None)
        return False
    if members.filter(online_until__gt=Now() + LEASE - RENEW_EVERY).exists():
        return False
    if members.filter(online_until__gt=Now()).update(online_until=Now() + LEASE):
        return False
    came = members.exclude(online_until__gt=Now()).update(online_until=Now() + LEASE)
    if came:
        facts.tell(CAME_ONLINE, subject=Membership(pk=membership_id))
    return bool(came)


def online_members() -> MembershipQuerySet:
    """Active members whose lease runs."""
    online: MembershipQuerySet = Membership.objects.active().filter(online_until__gt=Now())
    return online


def is_online(membership: Membership) -> bool:
    """Whether the lease, as it was read, still runs."""
    return membership.online_until is not None and membership.online_until > timezone.now()
