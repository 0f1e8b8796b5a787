"""A person's own pages inside the settings."""

from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.http import invalid, see_other
from workspaces.forms import ProfileForm
from workspaces.requests import WorkspaceRequest


@require_safe
def settings(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The settings' menu; beside it, where there is room, the profile."""
    form = _form(request)
    return render(request, "workspaces/profile.html", {"form": form, "screen": "menu"})


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Name, language, time zone, theme."""
    form = _form(request)
    if request.method != "POST":
        return render(request, "workspaces/profile.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "workspaces/profile.html", {"form": form})
    user = form.save()
    with translation.override(user.language):
        messages.success(request, _("The profile is saved"))
    return see_other("workspaces:profile", slug)


@require_safe
def security(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """How this person logs in, and where they are logged in."""
    context = {
        "email": EmailAddress.objects.filter(user=request.user, primary=True).first(),
        "has_second_factor": is_mfa_enabled(request.user),
        "session_count": len(UserSession.objects.purge_and_list(request.user)),
    }
    return render(request, "workspaces/security.html", context)


def _form(request: WorkspaceRequest) -> ProfileForm:
    initial = {"language": request.user.language or translation.get_language()}
    data = request.POST if request.method == "POST" else None
    return ProfileForm(data, instance=request.user, initial=initial)
