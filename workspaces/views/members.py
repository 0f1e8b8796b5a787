"""Members of the workspace, and who is invited."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.http import invalid, see_other
from workspaces.actions import change_member, deactivate_member, reactivate_member
from workspaces.forms import InvitationForm, MemberForm
from workspaces.models import Invitation, Membership
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_safe
@allowed(Verb.MANAGE_MEMBERS)
def members(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Everybody, former members last, and the open invitations."""
    return render(request, "workspaces/members.html", members_context(InvitationForm()))


def members_context(form: InvitationForm) -> dict[str, object]:
    """What the page of members shows, around the form that invites."""
    everybody = Membership.objects.with_user().prefetch_related("teams")
    return {
        "members": everybody.order_by("-is_active", "user__name"),
        "invitations": Invitation.objects.open().order_by("-created_at"),
        "form": form,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_MEMBERS)
def member(request: WorkspaceRequest, slug: str, member_id: UUID) -> HttpResponse:
    """One member: role, sight, teams."""
    found = get_object_or_404(Membership.objects.with_user(), pk=member_id)
    context = {"member": found, "is_self": found.pk == request.membership.pk}
    if request.method != "POST":
        form = MemberForm(membership=found)
        return render(request, "workspaces/member.html", {**context, "form": form})
    form = MemberForm(request.POST, membership=found)
    if form.is_valid():
        try:
            change_member(membership=found, by=request.membership, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The member is saved"))
            return see_other("workspaces:members", slug)
    found.refresh_from_db()
    return invalid(request, "workspaces/member.html", {**context, "form": form})


@require_POST
@allowed(Verb.MANAGE_MEMBERS)
def member_deactivation(request: WorkspaceRequest, slug: str, member_id: UUID) -> HttpResponse:
    """Close the workspace to a member."""
    found = get_object_or_404(Membership.objects.with_user(), pk=member_id)
    try:
        deactivate_member(membership=found, by=request.membership)
    except ValidationError as refusal:
        return _refused(request, found, refusal)
    messages.success(request, _("%(name)s no longer has access") % {"name": found.name})
    return see_other("workspaces:members", slug)


@require_POST
@allowed(Verb.MANAGE_MEMBERS)
def member_reactivation(request: WorkspaceRequest, slug: str, member_id: UUID) -> HttpResponse:
    """Open the workspace to a former member again."""
    found = get_object_or_404(Membership.objects.with_user(), pk=member_id)
    try:
        reactivate_member(membership=found, by=request.membership)
    except ValidationError as refusal:
        return _refused(request, found, refusal)
    messages.success(request, _("%(name)s has access again") % {"name": found.name})
    return see_other("workspaces:members", slug)


def _refused(
    request: WorkspaceRequest, found: Membership, refusal: ValidationError
) -> HttpResponse:
    context = {
        "member": found,
        "is_self": found.pk == request.membership.pk,
        "form": MemberForm(membership=found),
        "refusals": refusal.messages,
    }
    return invalid(request, "workspaces/member.html", context)
