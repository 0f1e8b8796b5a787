"""The queue: views with their counters, channels, and the first rows."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_connectors.models import Channel
from inbox import panels
from inbox.filters import ALL, ARCHIVE, MINE, NEW, TEAM, UNANSWERED, Cursor, Filters
from inbox.models import SavedView
from inbox.queues import PAGE, Page, Queue
from inbox.table import saved
from inbox.views.parts.shared import visible

VIEWS = {
    NEW: (gettext_lazy("New"), "bell"),
    MINE: (gettext_lazy("Mine"), "user"),
    TEAM: (gettext_lazy("Team"), "people"),
    UNANSWERED: (gettext_lazy("Unanswered"), "clock"),
    ALL: (gettext_lazy("All"), "inbox"),
    ARCHIVE: (gettext_lazy("Archive"), "archive"),
}


def unanswered(request: HttpRequest) -> int:
    """Conversations that wait for a reply, among those that the viewer may see."""
    return Queue(request.membership, Filters(), visible(request)).counters()[UNANSWERED]


def queue(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Views with their counters, and the first rows."""
    filters: Filters = context["filters"]
    asked = Queue(request.membership, filters, visible(request))
    counters = asked.counters()
    channels = [
        {
            "id": channel.id,
            "kind": channel.kind,
            "name": channel.name,
            "is_current": channel.id == filters.channel,
            "is_broken": channel.status in {Channel.Status.BROKEN, Channel.Status.DISCONNECTED},
            "state": channel.get_status_display(),
            "address": Filters(view=ALL, channel=channel.id).address(),
        }
        for channel in Channel.objects.visible_to(request.membership).order_by("created_at")
        if channel.status != Channel.Status.DISCONNECTED
    ]
    views = list(saved.seen_by(request.membership))
    kept = next((view for view in views if view.pk == filters.saved), None)
    is_plain = not filters.query and not filters.channel and kept is None
    return {
        "views": [
            {
                "label": label,
                "icon": icon,
                "count": counters.get(name),
                "is_debt": name == UNANSWERED,
                "is_current": is_plain and name == filters.view,
                "address": Filters(view=name).address(),
            }
            for name, (label, icon) in VIEWS.items()
        ],
        "saved_views": [_saved(view, filters) for view in views],
        "channels": channels,
        "title": _title(filters, channels, kept),
        "unanswered": counters[UNANSWERED],
        "new_count": counters[NEW],
        "page": _noted(request, asked.page(rows=_rows(request))),
    }


def more_rows(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The rows after those already on the page."""
    after = Cursor.parse(request.GET.get("after", ""))
    page = Queue(request.membership, context["filters"], visible(request)).page(after)
    return {"page": _noted(request, page), "after": after}


def _noted(request: HttpRequest, page: Page) -> Page:
    return Page(panels.note_rows(request.membership, page.rows), page.next)


def _saved(view: SavedView, filters: Filters) -> dict[str, Any]:
    """A view that is kept; `is_changed` when something else is asked for by now."""
    kept = saved.filters_of(view)
    is_current = view.pk == filters.saved
    return {
        "label": view.name,
        "icon": "star" if view.sharing == SavedView.Sharing.OWN else "people",
        "is_current": is_current,
        "is_changed": is_current and filters.address() != kept.address(),
        "address": kept.address(),
    }


def _title(filters: Filters, channels: list[dict[str, Any]], kept: SavedView | None) -> str:
    if kept is not None:
        return kept.name
    if filters.query:
        return _("Search")
    chosen = next((channel for channel in channels if channel["is_current"]), None)
    return str(chosen["name"]) if chosen else str(VIEWS[filters.view][0])


def _rows(request: HttpRequest) -> int:
    rows = request.GET.get("rows", "")
    return int(rows) if rows.isdecimal() and len(rows) < 5 else PAGE
