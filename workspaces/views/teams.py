"""Teams of the workspace."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.http import invalid, see_other
from workspaces.actions import create_team, set_team
from workspaces.forms import TeamForm
from workspaces.models import Team
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_TEAMS)
def teams(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """All teams, and a form for one more."""
    listed = Team.objects.prefetch_related("members__user").order_by("name")
    if request.method != "POST":
        return render(request, "workspaces/teams.html", {"teams": listed, "form": TeamForm()})
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            create_team(by=request.membership, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The team is created"))
            return see_other("workspaces:teams", slug)
    return invalid(request, "workspaces/teams.html", {"teams": listed, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_TEAMS)
def team(request: WorkspaceRequest, slug: str, team_id: UUID) -> HttpResponse:
    """One team: its name and members."""
    found = get_object_or_404(Team, pk=team_id)
    if request.method != "POST":
        form = TeamForm(team=found)
        return render(request, "workspaces/team.html", {"team": found, "form": form})
    form = TeamForm(request.POST, team=found)
    if form.is_valid():
        try:
            set_team(team=found, by=request.membership, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The team is saved"))
            return see_other("workspaces:teams", slug)
    return invalid(request, "workspaces/team.html", {"team": found, "form": form})
