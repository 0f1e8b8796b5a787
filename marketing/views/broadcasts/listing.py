"""All broadcasts."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from channels_connectors.models import Channel
from marketing.models import Broadcast
from marketing.overview import Filters, page_of
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed

FRAME = "broadcasts"


@require_safe
@allowed(Verb.READ_BROADCASTS)
@vary_on_headers("Turbo-Frame")
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A page of the list, or, for its frame, the list alone."""
    filters = Filters.from_address(request.GET)
    page, rows = page_of(request.membership, filters)
    context: dict[str, Any] = {
        "slug": slug,
        "filters": filters,
        "page": page,
        "rows": rows,
        "is_empty": not rows and not filters.is_narrowed,
        "statuses": [
            {"value": value, "label": label, "address": filters.address(status=value)}
            for value, label in [("", ""), *Broadcast.Status.choices]
        ],
        "channels": Channel.objects.defer("credentials").order_by("name"),
        "previous": filters.address(page=page.number - 1) if page.has_previous() else "",
        "next": filters.address(page=page.number + 1) if page.has_next() else "",
        "can_write": can(request.membership, Verb.WRITE_BROADCASTS),
    }
    is_frame = request.headers.get("Turbo-Frame") == FRAME
    template = "_list" if is_frame else "index"
    return render(request, f"marketing/broadcasts/{template}.html", context)
