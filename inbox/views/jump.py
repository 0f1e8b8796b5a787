"""Ctrl+K: from anywhere in the inbox to a customer or a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from inbox.filters import ALL, Filters
from inbox.queues import Queue
from inbox.views import parts
from workspaces.permissions import Verb, require

MOST_ROWS = 8


@require_safe
def jump(request: HttpRequest, slug: str) -> HttpResponse:
    """Customers and pages whose names match; the latest customers when nothing is asked."""
    require(request.membership, Verb.READ_INBOX)
    context = parts.base(request)
    query: str = context["filters"].query
    asked = Filters(view=ALL, query=query)
    pages = [page for page in _pages(slug) if query.casefold() in page["label"].casefold()]
    rows = Queue(request.membership, asked, parts.visible(request)).page(rows=MOST_ROWS).rows
    return render(request, "inbox/jump.html", context | {"rows": rows, "pages": pages})


def _pages(slug: str) -> list[dict[str, str]]:
    known = [
        ("inbox:index", _("Inbox"), "inbox", ""),
        *[
            ("inbox:index", str(label), icon, f"?view={view}")
            for view, (label, icon) in parts.VIEWS.items()
        ],
        ("channels:index", _("Channels"), "plug", ""),
        ("workspaces:settings", _("Settings"), "gear", ""),
    ]
    found = []
    for name, label, icon, query in known:
        try:
            found.append({"label": label, "icon": icon, "url": reverse(name, args=[slug]) + query})
        except NoReverseMatch:
            continue
    return found
