"""Who is and was in a series, each with their path."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from core.http import see_other
from inbox.models import Conversation
from marketing.actions import take_out
from marketing.actions.series_steps import steps_of
from marketing.models import SeriesParticipant
from marketing.series import asking, reasons
from marketing.views.series.finding import find
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed

PAGE = 50
STATES = SeriesParticipant.State
# What the figures of a series' page ask for.
GOALS = "goals"


@require_safe
@allowed(Verb.READ_BROADCASTS)
def people(request: WorkspaceRequest, slug: str, series_id: UUID) -> HttpResponse:
    """A page of them: when they came in, where they are, why they left."""
    series = find(request, series_id)
    steps = steps_of(series)
    asked = _asked(request, {str(step.pk) for step in steps})
    found = SeriesParticipant.objects.visible_to(request.membership).filter(series=series)
    found = _narrowed(found.exclude(reason=reasons.PRESENT), asked)
    rows = found.select_related("contact", "step").order_by("-entered_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    participants = list(page.object_list)
    known = asking.Known.of(series, participants)
    numbers = {step.broadcast_id: step.number for step in steps}
    conversations = dict(
        Conversation.objects.filter(contact__in=[one.contact_id for one in participants])
        .order_by("last_activity_at")
        .values_list("contact_id", "pk")
    )
    context = {
        "slug": slug,
        "series": series,
        "page": page,
        "rows": [
            {
                "one": one,
                "path": [
                    (numbers.get(message.broadcast_id), message)
                    for message in known.messages.get(one.pk, [])
                ],
                "conversation": conversations.get(one.contact_id),
                "reason": reasons.words_of(one.reason) if one.reason else "",
            }
            for one in participants
        ],
        "asked": asked,
        "here": reverse("series:people", args=[slug, series.pk]),
        "states": STATES.choices,
        "reasons": [*reasons.GOALS.items(), *reasons.LEFT.items()],
        "steps": steps,
        "more": urlencode({name: value for name, value in asked.items() if value}),
        "can_write": can(request.membership, Verb.WRITE_BROADCASTS),
    }
    return render(request, "marketing/series/people.html", context)


@require_POST
@allowed(Verb.WRITE_BROADCASTS)
def removal(
    request: WorkspaceRequest, slug: str, series_id: UUID, participant_id: UUID
) -> HttpResponse:
    """Take somebody out."""
    series = find(request, series_id)
    found = get_object_or_404(
        SeriesParticipant.objects.visible_to(request.membership), series=series, pk=participant_id
    )
    take_out(found, by=request.membership)
    return see_other("series:people", slug, series.pk)


def _asked(request: WorkspaceRequest, steps: set[str]) -> dict[str, str]:
    """What cannot be read counts as not asked."""
    state, reason = request.GET.get("state", ""), request.GET.get("reason", "")
    step = request.GET.get("step", "")
    known = {*reasons.GOALS, *reasons.LEFT, GOALS}
    return {
        "state": state if state in STATES.values else "",
        "reason": reason if reason in known else "",
        "step": step if step in steps else "",
    }


def _narrowed(found: Any, asked: dict[str, str]) -> Any:
    if asked["state"]:
        found = found.filter(state=asked["state"])
    if asked["reason"] == GOALS:
        found = found.filter(reason__in=list(reasons.GOALS))
    elif asked["reason"]:
        found = found.filter(reason=asked["reason"])
    if asked["step"]:
        found = found.filter(step=asked["step"])
    return found
