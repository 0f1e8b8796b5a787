"""The fourth step: when, and who gets the answers."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from marketing import limits
from marketing.actions import update_broadcast
from marketing.forms.schedule import ScheduleForm
from marketing.views.wizard.shared import draft, go_on, show
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

HERE = "schedule"


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_BROADCASTS)
def schedule(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """The start, the hours and the days, and where replies go."""
    broadcast = draft(request, broadcast_id)
    form = ScheduleForm(request.POST if request.method == "POST" else None, broadcast=broadcast)
    context = {"form": form, "rules": limits.settings_in_scope()}
    if request.method != "POST":
        return show(request, HERE, broadcast, context)
    if form.is_valid():
        try:
            stored = update_broadcast(broadcast, by=request.membership, **form.values)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            return go_on(request, HERE, stored)
    return show(request, HERE, broadcast, context, is_invalid=True)
