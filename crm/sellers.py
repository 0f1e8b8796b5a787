"""Who may have deals."""

from workspaces.models import Membership
from workspaces.permissions import RIGHTS, Verb


def sellers() -> list[Membership]:
    """Members who may have deals, by name."""
    members = Membership.objects.active().with_user()
    found = [member for member in members if Verb.WRITE_DEALS in RIGHTS[member.role]]
    return sorted(found, key=lambda member: member.name.casefold())
