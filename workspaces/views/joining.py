"""The page behind an invitation's link. It is outside any workspace: the reader is in none yet."""

from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.http import invalid, see_other
from workspaces.actions import accept_invitation, find_invitation, register_user
from workspaces.forms import JoinForm
from workspaces.models import Invitation, User, Workspace
from workspaces.scope import workspace_scope

TEMPLATE = "workspaces/invitation.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join a workspace: a new person signs up here, a known one logs in first.

    An unknown, used, revoked, altered or expired token is a 404, the same for everybody, which
    says what may have become of it.
    """
    try:
        response = _opened(request, token)
    except Http404:
        response = render(request, "workspaces/invitation_over.html", status=404)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _opened(request: HttpRequest, token: str) -> HttpResponse:
    found = find_invitation(token)
    if found is None:
        raise Http404
    workspace_id, invitation_id = found
    with workspace_scope(workspace_id):
        return _answer(request, workspace_id, invitation_id)


def _answer(request: HttpRequest, workspace_id: UUID, invitation_id: UUID) -> HttpResponse:
    offer = Invitation.objects.select_related("invited_by__user").get(pk=invitation_id)
    if not offer.is_open:
        raise Http404
    workspace = Workspace.objects.get(pk=workspace_id)
    context = {"invitation": offer, "workspace": workspace}
    if isinstance(request.user, User):
        return _answer_user(request, request.user, context)
    if User.objects.filter(email=offer.email).exists():
        if request.method == "POST":
            return redirect_to_login(request.get_full_path())
        return render(request, TEMPLATE, {**context, "must_log_in": True})
    return _answer_newcomer(request, context)


def _answer_user(request: HttpRequest, user: User, context: dict[str, object]) -> HttpResponse:
    offer, workspace = context["invitation"], context["workspace"]
    assert isinstance(offer, Invitation)
    assert isinstance(workspace, Workspace)
    if user.email.lower() != offer.email:
        status = 200 if request.method != "POST" else 422
        return render(request, TEMPLATE, {**context, "is_for_another": True}, status=status)
    if request.method != "POST":
        return render(request, TEMPLATE, context)
    if accept_invitation(invitation=offer, user=user) is None:
        raise Http404
    messages.success(request, _("You joined %(name)s") % {"name": workspace.name})
    return see_other("workspaces:start", workspace.slug)


def _answer_newcomer(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    offer, workspace = context["invitation"], context["workspace"]
    assert isinstance(offer, Invitation)
    assert isinstance(workspace, Workspace)
    form = JoinForm(request.POST or None, invitation=offer)
    if request.method != "POST":
        return render(request, TEMPLATE, {**context, "form": form})
    if not form.is_valid():
        return invalid(request, TEMPLATE, {**context, "form": form})
    try:
        with transaction.atomic():
            user = register_user(
                email=offer.email,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                language=translation.get_language() or "",
            )
            user.terms_accepted_at = timezone.now()
            user.save(update_fields=["terms_accepted_at"])
    except IntegrityError:  # registered in another tab meanwhile
        return redirect_to_login(request.get_full_path())
    if accept_invitation(invitation=offer, user=user) is None:
        raise Http404
    start = reverse("workspaces:start", args=[workspace.slug])
    response: HttpResponse = perform_login(request, user, redirect_url=start)
    return response
