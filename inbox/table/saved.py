"""Views of the list and the table that are kept under a name, own ones and shared ones."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from inbox.filters import Filters
from inbox.models import SavedView
from inbox.table.columns import all_columns
from workspaces.models import Membership, Team
from workspaces.permissions import Verb, can, require

MOST_SAVED: Final = 50
LONGEST_NAME: Final = 60
Sharing = SavedView.Sharing


def seen_by(viewer: Membership | None) -> QuerySet[SavedView]:
    """The member's own views and those that are shared with them, by name; of a program that no
    member answers for, those for everybody."""
    seen = Q(sharing=Sharing.EVERYBODY)
    if viewer is not None:
        teams = viewer.team_memberships.values("team_id")
        seen |= Q(membership=viewer) | Q(sharing=Sharing.TEAM, team__in=teams)
    found: QuerySet[SavedView] = SavedView.objects.filter(seen)
    return found.select_related("membership__user", "team").order_by("name", "id")


def may_change(view: SavedView, viewer: Membership) -> bool:
    """Whoever made it, and for what is shared also those who lead teams."""
    return view.membership_id == viewer.pk or can(viewer, Verb.MANAGE_TEAMS)


def teams_to_share_with(viewer: Membership) -> QuerySet[Team]:
    """Whoever leads teams may share with each, others with their own."""
    teams: QuerySet[Team] = Team.objects.order_by("name")
    if can(viewer, Verb.MANAGE_TEAMS):
        return teams
    return teams.filter(pk__in=viewer.team_memberships.values("team_id"))


def filters_of(view: SavedView) -> Filters:
    """What it asks for, with the mark of which view it is."""
    asked = QueryDict(mutable=True)
    asked.update(view.parameters)
    asked["saved"] = str(view.pk)
    return Filters.from_address(asked)


def save_view(
    *,
    by: Membership,
    name: str,
    parameters: Mapping[str, Any],
    columns: Sequence[str] = (),
    sharing: str = Sharing.OWN,
    team: Team | None = None,
) -> SavedView:
    """Keep a view. One of the member's own that has this name already becomes it.

    Raises `ValidationError`, `PermissionDenied`.
    """
    require(by, Verb.READ_INBOX)
    mine = SavedView.objects.filter(membership=by)
    view = mine.filter(name=_named(name)).first()
    if view is None:
        if mine.count() >= MOST_SAVED:
            raise ValidationError({"name": _("You keep as many views as can be kept.")})
        view = SavedView(membership=by)
    return change_view(
        view, by=by, name=name, parameters=parameters, columns=columns, sharing=sharing, team=team
    )


def change_view(view: SavedView, *, by: Membership, **values: Any) -> SavedView:
    """Change what is given: `name`, `parameters`, `columns`, `sharing`, `team`.

    Raises `ValidationError`, `PermissionDenied`.
    """
    if not may_change(view, by):
        require(by, Verb.MANAGE_TEAMS)
    if "name" in values:
        view.name = _named(values["name"])
    if "parameters" in values:
        view.parameters = _kept(values["parameters"])
    if "columns" in values:
        known = {column.name for column in all_columns(by)}
        view.columns = [name for name in dict.fromkeys(values["columns"]) if name in known]
    if "sharing" in values or "team" in values:
        _share(view, values.get("sharing", view.sharing), values.get("team", view.team), by)
    taken = SavedView.objects.filter(membership=view.membership_id, name=view.name)
    if taken.exclude(pk=view.pk).exists():
        raise ValidationError({"name": _("There is a view of this name already.")})
    view.save()
    return view


def delete_view(view: SavedView, *, by: Membership) -> None:
    """Keep it no longer, whoever looked at it. Raises `PermissionDenied`."""
    if not may_change(view, by):
        require(by, Verb.MANAGE_TEAMS)
    view.delete()


def _named(name: str) -> str:
    found = " ".join(name.replace("\0", "").split())
    if not found or len(found) > LONGEST_NAME:
        words = _("Give it a name of at most %(count)d characters.")
        raise ValidationError({"name": words % {"count": LONGEST_NAME}})
    return found


def _kept(parameters: Mapping[str, Any]) -> dict[str, str]:
    """What an address of the list keeps of them. Raises `ValidationError`."""
    asked = QueryDict(mutable=True)
    asked.update({name: str(value) for name, value in parameters.items() if value})
    filters = Filters.from_address(asked)
    if error := filters.builder.error:
        raise ValidationError({"parameters": error.messages})
    return dict(QueryDict(filters.address(saved=None)).items())


def _share(view: SavedView, sharing: str, team: Team | None, by: Membership) -> None:
    if sharing not in Sharing.values:
        raise ValidationError({"sharing": _("It cannot be shared so.")})
    if sharing == Sharing.TEAM:
        if team is None:
            raise ValidationError({"team": _("Choose the team that is to see it.")})
        if team.pk != view.team_id and not teams_to_share_with(by).filter(pk=team.pk).exists():
            raise ValidationError({"team": _("You are not in this team.")})
    elif sharing == Sharing.EVERYBODY and view.sharing != sharing:
        require(by, Verb.MANAGE_TEAMS)
    view.sharing, view.team = sharing, team if sharing == Sharing.TEAM else None


def find(viewer: Membership | None, pk: UUID | None) -> SavedView | None:
    """One that the viewer sees."""
    return seen_by(viewer).filter(pk=pk).first() if pk is not None else None
