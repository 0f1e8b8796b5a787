"""Inviting, from the members' page."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.http import accepts_stream, invalid, see_other, turbo_stream
from workspaces.actions import invite, revoke_invitation
from workspaces.forms import InvitationForm
from workspaces.letters import send_invitation_later
from workspaces.models import Invitation
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed
from workspaces.views.members import members_context


@require_POST
@allowed(Verb.MANAGE_MEMBERS)
def create(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Invite by e-mail. The link is shown once as well, for whoever has no mail server."""
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            invitation, token = invite(by=request.membership, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            link = request.build_absolute_uri(reverse("workspaces:invitation", args=[token]))
            send_invitation_later(
                invitation=invitation,
                workspace=request.workspace,
                inviter=request.membership.name,
                link=link,
            )
            return _created(request, invitation, link)
    return invalid(request, "workspaces/members.html", members_context(form))


@require_POST
@allowed(Verb.MANAGE_MEMBERS)
def revocation(request: WorkspaceRequest, slug: str, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(Invitation, pk=invitation_id)
    revoke_invitation(invitation=invitation, by=request.membership)
    messages.success(request, _("The invitation is revoked"))
    return see_other("workspaces:members", slug)


def _created(request: WorkspaceRequest, invitation: Invitation, link: str) -> HttpResponse:
    context = {**members_context(InvitationForm()), "new_invitation": invitation, "link": link}
    if accepts_stream(request):
        return turbo_stream(request, "workspaces/streams/invitation_created.html", context)
    return render(request, "workspaces/members.html", context)
