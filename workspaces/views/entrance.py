"""Where a person lands: the last workspace, the list of theirs, a new one."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.http import invalid, see_other
from workspaces.actions import create_workspace
from workspaces.forms import NewWorkspaceForm
from workspaces.middleware import memberships_of
from workspaces.models import Membership, Workspace
from workspaces.permissions import Verb, can
from workspaces.requests import UserRequest, WorkspaceRequest


@require_safe
@login_required
def home(request: UserRequest) -> HttpResponse:
    """`/`: the workspace used last, or any, or the page that says there is none."""
    last = _last_workspace(request)
    return redirect("workspaces:start", last.slug) if last else redirect("workspaces:index")


@require_safe
@login_required
def own_security(request: UserRequest) -> HttpResponse:
    """From the pages about one's log-in, which belong to no workspace, back to the settings."""
    last = _last_workspace(request)
    return redirect("workspaces:security", last.slug) if last else redirect("workspaces:index")


@require_safe
def start(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """`/w/<slug>/`: remember the choice and open the workspace's first screen."""
    if request.user.last_workspace_id != request.workspace.pk:
        request.user.last_workspace = request.workspace
        request.user.save(update_fields=["last_workspace"])
    return redirect(_first_screen(slug, request.membership))


@require_safe
@login_required
def index(request: UserRequest) -> HttpResponse:
    """`/workspaces/`: the switcher."""
    mine = [workspace_id for workspace_id, _membership in memberships_of(request.user.pk)]
    workspaces = Workspace.objects.filter(pk__in=mine).order_by("name")
    return render(request, "workspaces/index.html", {"workspaces": workspaces})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def create(request: UserRequest) -> HttpResponse:
    """`/workspaces/new/`: one more company."""
    form = NewWorkspaceForm(request.POST or None)
    if request.method != "POST":
        return render(request, "workspaces/new.html", {"form": form})
    if form.is_valid():
        try:
            with transaction.atomic():
                workspace, _membership = create_workspace(
                    owner=request.user,
                    language=translation.get_language() or "en",
                    **form.cleaned_data,
                )
        except IntegrityError:  # taken between the check and the insert
            form.add_error("slug", _("This address is taken. Choose another one."))
        else:
            messages.success(request, _("The workspace is created"))
            return see_other("workspaces:start", workspace.slug)
    return invalid(request, "workspaces/new.html", {"form": form})


def _last_workspace(request: UserRequest) -> Workspace | None:
    mine = [workspace_id for workspace_id, _membership in memberships_of(request.user.pk)]
    last = request.user.last_workspace
    if last is not None and last.pk in mine:
        return last
    return Workspace.objects.filter(pk__in=mine).order_by("created_at").first()


def _first_screen(slug: str, membership: Membership) -> str:
    """The inbox, or the settings for a role that reads no conversations."""
    name = settings.WORKSPACE_START if can(membership, Verb.READ_INBOX) else "workspaces:settings"
    return reverse(name, args=[slug])
