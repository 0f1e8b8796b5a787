"""Where a person is logged in. The list is allauth's; ending one of them is ours."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.http import see_other
from workspaces.requests import UserRequest


@require_POST
@login_required
def session_end(request: UserRequest, session_id: int) -> HttpResponse:
    """Log one's own session out, on whatever device it is."""
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    is_current = session.is_current()
    session.end()
    if is_current:
        logout(request)
        return see_other("account_login")
    messages.success(request, _("That session is logged out"))
    return see_other("usersessions_list")
