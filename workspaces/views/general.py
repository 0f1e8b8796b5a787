"""The workspace itself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.http import invalid, see_other
from workspaces.actions import change_workspace
from workspaces.forms import WorkspaceForm
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_WORKSPACE)
def general(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Name, time zone, currency, language."""
    workspace = request.workspace
    if request.method != "POST":
        fields = ("name", "time_zone", "currency", "language")
        form = WorkspaceForm(initial={field: getattr(workspace, field) for field in fields})
        return render(request, "workspaces/general.html", {"form": form})
    form = WorkspaceForm(request.POST)
    if not form.is_valid():
        return invalid(request, "workspaces/general.html", {"form": form})
    change_workspace(workspace=workspace, by=request.membership, **form.cleaned_data)
    messages.success(request, _("The workspace is saved"))
    return see_other("workspaces:general", slug)
