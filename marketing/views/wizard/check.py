"""The last step: what would happen, and the button that makes it happen."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.conditions import InvalidCondition
from core.http import see_other
from marketing import limits
from marketing.actions import launch_broadcast
from marketing.checks import check_ready
from marketing.forecast import forecast
from marketing.models import Broadcast
from marketing.policies import policies_of
from marketing.variants import percents
from marketing.views.wizard.message import seen
from marketing.views.wizard.shared import channels_of, draft, show
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed

HERE = "check"
# Which step puts right what `check_ready` complains of.
STEP_OF = {
    "channels": "channels",
    "starts_at": "schedule",
    "window": "schedule",
    "segment": "audience",
}


@require_safe
@allowed(Verb.WRITE_BROADCASTS)
def check(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """How many, by which channel, until when, at what price; who is left out and why."""
    broadcast = draft(request, broadcast_id)
    return show(request, HERE, broadcast, _context(request, broadcast))


@require_POST
@allowed(Verb.LAUNCH_BROADCASTS)
def launch(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """Send it now, or at its time."""
    broadcast = draft(request, broadcast_id)
    try:
        broadcast = launch_broadcast(broadcast, by=request.membership)
    except ValidationError as refusal:
        context = _context(request, broadcast) | {"problem": _problem(refusal)}
        return show(request, HERE, broadcast, context, is_invalid=True)
    waits = broadcast.status == Broadcast.Status.SCHEDULED
    messages.success(
        request, _("The broadcast waits for its time") if waits else _("The broadcast is launched")
    )
    return see_other("broadcasts:broadcast", slug, broadcast.pk)


def _context(request: WorkspaceRequest, broadcast: Broadcast) -> dict[str, Any]:
    channels = channels_of(broadcast)
    context: dict[str, Any] = {
        "channels": channels,
        "policies": [(channel, policies_of(channel)) for channel in channels],
        "rules": limits.settings_in_scope(),
        "shares": _shares(broadcast),
        "currency": request.workspace.currency,
        "can_launch": can(request.membership, Verb.LAUNCH_BROADCASTS),
        "seen": seen(request, broadcast, channels, request.GET),
    }
    try:
        check_ready(broadcast)
    except ValidationError as refusal:
        context["problem"] = _problem(refusal)
    try:
        context["forecast"] = forecast(broadcast)
    except InvalidCondition as error:
        context["problem"] = {"words": error.messages[0], "step": "audience"}
    return context


def _shares(broadcast: Broadcast) -> str:
    """What part of the audience gets which version."""
    keys = [str(variant["key"]).upper() for variant in broadcast.variants]
    shares = zip(keys, percents(broadcast.variants), strict=True)
    return ", ".join(
        _("%(version)s %(share)d%%") % {"version": key, "share": share} for key, share in shares
    )


def _problem(refusal: ValidationError) -> dict[str, str]:
    code = getattr(refusal, "code", "") or ""
    return {"words": " ".join(refusal.messages), "step": STEP_OF.get(code, "message")}
