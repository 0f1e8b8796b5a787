from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from workspaces.facts import tell
from workspaces.models import ApiToken, Membership, Team, TeamMembership


def create_team(
    *, name: str, members: Iterable[Membership] = (), by: Membership | ApiToken
) -> Team:
    """Create a team."""
    _check_name(name)
    team: Team = Team.objects.create(name=name)
    _set_members(team, members)
    tell("team.changed", subject=team, by=by)
    return team


def set_team(
    *, team: Team, name: str, members: Iterable[Membership], by: Membership | ApiToken
) -> None:
    """Rename the team and say who is in it."""
    _check_name(name, besides=team)
    renamed = team.name != name
    if renamed:
        team.name = name
        team.save(update_fields=["name"])
    if _set_members(team, members) or renamed:
        tell("team.changed", subject=team, by=by)


def _check_name(name: str, besides: Team | None = None) -> None:
    others = Team.objects.filter(name__iexact=name)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise ValidationError({"name": _("There is a team of this name already.")})


def _set_members(team: Team, members: Iterable[Membership]) -> bool:
    wanted = {membership.pk for membership in members}
    current = set(team.team_memberships.values_list("membership_id", flat=True))
    team.team_memberships.filter(membership_id__in=current - wanted).delete()
    TeamMembership.objects.bulk_create(
        TeamMembership(team=team, membership_id=member_id) for member_id in wanted - current
    )
    return wanted != current
