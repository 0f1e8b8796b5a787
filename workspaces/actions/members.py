from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from workspaces.facts import tell
from workspaces.middleware import memberships_of
from workspaces.models import ApiToken, Membership, Role, Team, TeamMembership, User, Visibility


def add_member(
    *,
    user: User,
    role: str,
    visibility: str = Visibility.ALL,
    teams: Iterable[Team] = (),
    by: Membership | None = None,
) -> Membership:
    """Make the user a member of the workspace in scope; a former member comes back.

    Without `by` (the command line, the seed) no fact is told.
    """
    membership: Membership
    membership, _created = Membership.objects.update_or_create(
        user=user, defaults={"role": role, "visibility": visibility, "is_active": True}
    )
    for team in teams:
        TeamMembership.objects.get_or_create(team=team, membership=membership)
    if by is not None:
        tell("member.joined", subject=membership, by=by, data={"role": role})
    return membership


def change_member(
    *,
    membership: Membership,
    role: str,
    visibility: str,
    takes_conversations: bool,
    teams: Iterable[Team],
    by: Membership,
) -> None:
    """Change a member's role, sight and teams. Only an owner makes or unmakes an owner."""
    owners = _lock_owners()
    if membership.role != role:
        _check_may_touch(membership, owners, by=by)
        if role == Role.OWNER and by.role != Role.OWNER:
            raise ValidationError({"role": _("Only an owner can name another owner.")})
        if membership.role == Role.OWNER and len(owners) == 1:
            raise ValidationError(
                {"role": _("A workspace needs an owner. Name another one first.")}
            )
    before = (membership.role, membership.visibility, membership.takes_conversations)
    membership.role = role
    membership.visibility = visibility
    membership.takes_conversations = takes_conversations
    teams_changed = _set_teams(membership, teams)
    if before == (role, visibility, takes_conversations) and not teams_changed:
        return
    membership.save(update_fields=["role", "visibility", "takes_conversations"])
    tell("member.changed", subject=membership, by=by, data={"role": role})


def deactivate_member(*, membership: Membership, by: Membership) -> None:
    """Close the workspace to a member: their tokens die, and their sessions if it was their last.

    Pages and sockets of this workspace refuse them at once in any case: both ask the membership.
    """
    if not membership.is_active:
        return
    owners = _lock_owners()
    if membership.pk == by.pk:
        raise ValidationError(_("You cannot deactivate yourself. Ask another administrator."))
    _check_may_touch(membership, owners, by=by)
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    ApiToken.objects.filter(created_by=membership, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if not memberships_of(membership.user_id):
        for session in UserSession.objects.filter(user_id=membership.user_id):
            session.end()
    tell("member.removed", subject=membership, by=by)


def reactivate_member(*, membership: Membership, by: Membership) -> None:
    """Open the workspace to a former member again, in the role they had."""
    if membership.is_active:
        return
    if membership.role == Role.OWNER and by.role != Role.OWNER:
        raise ValidationError(_("Only an owner can bring back an owner."))
    membership.is_active = True
    membership.save(update_fields=["is_active"])
    tell("member.joined", subject=membership, by=by, data={"role": membership.role})


def _lock_owners() -> list[Membership]:
    """The owners, locked, so that two of them can't unmake each other at the same moment."""
    return list(
        Membership.objects.filter(role=Role.OWNER, is_active=True)
        .order_by("id")
        .select_for_update()
    )


def _check_may_touch(membership: Membership, owners: list[Membership], *, by: Membership) -> None:
    if membership in owners and by.role != Role.OWNER:
        raise ValidationError(_("Only an owner can change an owner."))


def _set_teams(membership: Membership, teams: Iterable[Team]) -> bool:
    wanted = {team.pk for team in teams}
    current = set(membership.team_memberships.values_list("team_id", flat=True))
    membership.team_memberships.filter(team_id__in=current - wanted).delete()
    TeamMembership.objects.bulk_create(
        TeamMembership(membership=membership, team_id=team_id) for team_id in wanted - current
    )
    return wanted != current
