"""What the steps have in common."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from channels_connectors.models import Channel
from core.http import invalid, see_other
from marketing.models import Broadcast
from workspaces.requests import WorkspaceRequest

STEPS: Final[dict[str, str | Promise]] = {
    "audience": pgettext_lazy("step", "To whom"),
    "channels": pgettext_lazy("step", "Channels"),
    "message": pgettext_lazy("step", "Message"),
    "schedule": pgettext_lazy("step", "When"),
    "check": pgettext_lazy("step", "Check"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the page's head shows it."""

    name: str
    label: str | Promise
    number: int
    url: str
    is_done: bool
    is_here: bool


def draft(request: WorkspaceRequest, broadcast_id: UUID) -> Broadcast:
    """A draft that the member may see. Raises `Http404`, also for what was launched."""
    seen = Broadcast.objects.visible_to(request.membership).filter(status=Broadcast.Status.DRAFT)
    found: Broadcast = get_object_or_404(seen.select_related("segment"), pk=broadcast_id)
    return found


def channels_of(broadcast: Broadcast) -> list[Channel]:
    """Its channels in their order; those that are gone are left out."""
    known = Channel.objects.filter(pk__in=broadcast.channels).defer("credentials").in_bulk()
    ids = [UUID(str(pk)) for pk in broadcast.channels]
    return [known[pk] for pk in ids if pk in known]


def steps(slug: str, here: str, broadcast: Broadcast | None) -> list[Step]:
    """All steps; without a broadcast only the first has an address."""
    names = list(STEPS)
    return [
        Step(
            name,
            label,
            number,
            reverse(f"broadcasts:{name}", args=[slug, broadcast.pk]) if broadcast else "",
            number - 1 < names.index(here),
            name == here,
        )
        for number, (name, label) in enumerate(STEPS.items(), start=1)
    ]


def show(
    request: WorkspaceRequest,
    here: str,
    broadcast: Broadcast | None,
    context: dict[str, Any],
    *,
    is_invalid: bool = False,
) -> HttpResponse:
    """The page of a step."""
    slug, names = request.workspace.slug, list(STEPS)
    place = names.index(here)
    context = {
        "slug": slug,
        "broadcast": broadcast,
        "steps": steps(slug, here, broadcast),
        "here": here,
        "next_label": STEPS[names[place + 1]] if place + 1 < len(names) else "",
        **context,
    }
    answer = invalid if is_invalid else render
    return answer(request, f"marketing/wizard/{here}.html", context)


def go_on(request: WorkspaceRequest, here: str, broadcast: Broadcast) -> HttpResponse:
    """Where the button that was pressed leads: `go` is "back", "stay", "close" or, usually, on."""
    slug, names, go = request.workspace.slug, list(STEPS), request.POST.get("go", "")
    place = names.index(here)
    if go == "close":
        return see_other("broadcasts:index", slug)
    if go == "test":
        return see_other("broadcasts:test", slug, broadcast.pk)
    step = {"back": max(0, place - 1), "stay": place}.get(go, min(place + 1, len(names) - 1))
    return see_other(f"broadcasts:{names[step]}", slug, broadcast.pk)
