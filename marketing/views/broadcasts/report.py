"""One broadcast: how it fares."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from contacts.exports.sheets import FORMATS
from inbox import rich_text
from marketing.models import Broadcast, BroadcastRecipient, State
from marketing.overview import rows_of
from marketing.reporting.money import WINDOWS, window_of
from marketing.reporting.people import with_conversations
from marketing.reporting.summary import recipients_of, report_of
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed

FRAME = "broadcast-report"
UNKNOWN_SHOWN = 20


def found(request: WorkspaceRequest, broadcast_id: UUID) -> Broadcast:
    """A broadcast that the member sees. Raises `Http404`."""
    rows = Broadcast.objects.visible_to(request.membership).select_related("segment")
    broadcast: Broadcast = get_object_or_404(rows, pk=broadcast_id)
    return broadcast


@require_safe
@allowed(Verb.READ_BROADCASTS)
@vary_on_headers("Turbo-Frame")
def broadcast(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """What goes to whom, how far it has come and what it brought; for its frame, the figures
    alone."""
    one = found(request, broadcast_id)
    context = {
        **report_context(request, one),
        "people_url": reverse("broadcasts:people", args=[slug, one.pk]),
        "here_url": reverse("broadcasts:broadcast", args=[slug, one.pk]),
        "row": rows_of([one])[0],
    }
    is_frame = request.headers.get("Turbo-Frame") == FRAME
    template = "_report" if is_frame else "broadcast"
    return render(request, f"marketing/broadcasts/{template}.html", context)


def report_context(request: WorkspaceRequest, broadcast: Broadcast) -> dict[str, Any]:
    """What the figures of a broadcast, or of a step of a series, are drawn from."""
    days = window_of(request.GET.get("days"))
    unknown = BroadcastRecipient.objects.none()
    if broadcast.launched_at is not None:
        unknown = recipients_of(broadcast).filter(state=State.UNKNOWN).order_by("pk")
    return {
        "slug": request.workspace.slug,
        "broadcast": broadcast,
        "report": report_of(broadcast, days),
        "texts": texts_of(broadcast),
        "unknown": list(with_conversations(unknown)[:UNKNOWN_SHOWN]),
        "days": days,
        "windows": WINDOWS,
        "formats": FORMATS,
        "can_launch": can(request.membership, Verb.LAUNCH_BROADCASTS),
        "can_export": can(request.membership, Verb.EXPORT_CONTACTS),
    }


def texts_of(broadcast: Broadcast) -> list[tuple[str, SafeString]]:
    """What it says, as (letter of the version, safe HTML); the letter is "" where there is one."""
    whole = {"key": "", "text": broadcast.text, "entities": broadcast.entities}
    found = []
    for variant in broadcast.variants or [whole]:
        # A version without words of its own has the broadcast's.
        own = variant if variant.get("text") else whole
        html = rich_text.render(str(own["text"]), own.get("entities") or ())
        found.append((str(variant["key"]).upper(), html))
    return [(letter, html) for letter, html in found if html]
