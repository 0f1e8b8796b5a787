from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from core.tokens import new_token, token_hash
from workspaces.actions.members import add_member
from workspaces.facts import tell
from workspaces.models import Invitation, Membership, Role, Team, User, Visibility


def invite(
    *,
    email: str,
    role: str,
    by: Membership,
    visibility: str = Visibility.ALL,
    team: Team | None = None,
) -> tuple[Invitation, str]:
    """Make an invitation; returns it with the token, which is stored nowhere.

    An earlier open invitation of the same person ends: one link works at a time.
    """
    email = email.lower()
    if role == Role.OWNER and by.role != Role.OWNER:
        raise ValidationError({"role": _("Only an owner can name another owner.")})
    if Membership.objects.filter(user__email=email, is_active=True).exists():
        raise ValidationError({"email": _("This person is a member already.")})
    Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    token = new_token()
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        visibility=visibility,
        team=team,
        invited_by=by,
        token_hash=token_hash(token),
    )
    tell("invitation.sent", subject=invitation, by=by, data={"role": role})
    return invitation, token


def revoke_invitation(*, invitation: Invitation, by: Membership) -> None:
    """End an invitation that nobody used yet."""
    if invitation.accepted_at or invitation.revoked_at:
        return
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    tell("invitation.revoked", subject=invitation, by=by)


def find_invitation(token: str) -> tuple[UUID, UUID] | None:
    """(workspace id, invitation id) of a token, whatever its state; None when unknown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id, invitation_id from invitation_by_hash(%s)", [token_hash(token)]
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def accept_invitation(*, invitation: Invitation, user: User) -> Membership | None:
    """Join by the invitation. None when it is used, revoked, too old or another person's.

    Whoever invited must still be an active member who may grant the role.
    """
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("team", "invited_by")
        .get(pk=invitation.pk)
    )
    if not locked.is_open or locked.email != user.email.lower() or not _still_stands(locked):
        return None
    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at"])
    membership = add_member(
        user=user,
        role=locked.role,
        visibility=locked.visibility,
        teams=[locked.team] if locked.team else [],
    )
    tell("member.joined", subject=membership, by=membership, data={"role": locked.role})
    return membership


def _still_stands(invitation: Invitation) -> bool:
    """Whether the inviter could still invite in this role; the command line invites as nobody."""
    from workspaces.permissions import Verb, can

    by = invitation.invited_by
    if by is None:
        return True
    if invitation.role == Role.OWNER and by.role != Role.OWNER:
        return False
    return by.is_active and can(by, Verb.MANAGE_MEMBERS)
