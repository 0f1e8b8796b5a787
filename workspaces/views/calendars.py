"""Working hours of the workspace and of its teams."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.http import invalid, see_other
from workspaces.actions import current_calendar, set_calendar
from workspaces.forms import CalendarForm
from workspaces.models import Calendar, Team
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_WORKSPACE)
def working_hours(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The hours that hold where a team or a channel has none of its own."""
    return _edit(request, slug, None)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_TEAMS)
def team_hours(request: WorkspaceRequest, slug: str, team_id: UUID) -> HttpResponse:
    """The hours of one team."""
    return _edit(request, slug, get_object_or_404(Team, pk=team_id))


def _edit(request: WorkspaceRequest, slug: str, team: Team | None) -> HttpResponse:
    owner = (
        (Calendar.Owner.TEAM, team.pk) if team else (Calendar.Owner.WORKSPACE, request.workspace.pk)
    )
    form = CalendarForm(
        request.POST if request.method == "POST" else None,
        workspace=request.workspace,
        calendar=current_calendar(owner),
        above=_("As in the workspace") if team else "",
    )
    context = {"form": form, "team": team, "teams": _teams(team)}
    if request.method != "POST":
        return render(request, "workspaces/working_hours.html", context)
    if not form.is_valid():
        return invalid(request, "workspaces/working_hours.html", context)
    set_calendar(owner, by=request.membership, **form.values())
    messages.success(request, _("The working hours are saved"))
    return see_other(request.path)


def _teams(team: Team | None) -> list[Team]:
    return [] if team else list(Team.objects.order_by("name"))
