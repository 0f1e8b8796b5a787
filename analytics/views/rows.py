"""What stands behind a number: a sheet at the side, or a page of its own."""

from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from rest_framework.exceptions import ValidationError

from analytics.api.drilldown import CellQuery
from analytics.metrics import Metric, Unit
from analytics.pages.asking import Asked
from analytics.pages.kinds import kind_words
from analytics.pages.words import duration, label_words, span_words
from analytics.reports import drilldown
from analytics.reports.grouping import DIMENSIONS, unknown
from analytics.reports.telling import tell
from analytics.rollups import freshness
from analytics.views.reports import asked_of, refused, tabs
from workspaces.models import Membership
from workspaces.requests import WorkspaceRequest

PER_PAGE: Final = 50
FRAME: Final = "behind"


@require_safe
@vary_on_headers("Turbo-Frame")
def rows(request: WorkspaceRequest, slug: str, name: str) -> HttpResponse:
    """The leads, chats or deals that a cell counts."""
    try:
        asked = asked_of(request, name)
        query = CellQuery(data=request.GET, context={"report": asked.report})
        query.is_valid(raise_exception=True)
        one, cell = query.validated_data["metric"], query.validated_data.get("cell") or {}
        freshness.refresh(asked.question.first, asked.question.last)
        found = drilldown.behind(asked.question, one, cell, asked.report.opens)
    except ValidationError as error:
        return refused(request, name, error)
    page = Paginator(found.rows.order_by(*found.order), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "metric": one,
        "of": cell_words(cell),
        "period": ""
        if one.base == "now"
        else span_words(asked.question.first, asked.question.last),
        "page": page,
        "rows": [
            _told(slug, row, one) for row in _named(tell(page.object_list, request.membership))
        ],
        "next": _page(asked, request, page.next_page_number()) if page.has_next() else "",
        "previous": _page(asked, request, page.previous_page_number())
        if page.has_previous()
        else "",
        "tabs": tabs(request, asked),
    }
    is_frame = request.headers.get("Turbo-Frame") == FRAME
    template = "analytics/_behind.html" if is_frame else "analytics/behind.html"
    return render(request, template, context)


def cell_words(cell: dict[str, Any]) -> str:
    """Which row a cell is of: "Yandex · Search"."""
    words = []
    for key, value in cell.items():
        dimension = DIMENSIONS.get(key)
        if dimension is None:
            continue
        if value is None:
            words.append(unknown(key))
        elif dimension.names is not None:
            ids = {_uuid(value)} - {None}
            words.append(next(iter(dimension.names(ids).values()), str(value)))
        else:
            words.append(label_words(str(value), key))
    return " · ".join(words)


def _told(slug: str, row: dict[str, Any], one: Metric) -> dict[str, Any]:
    address = ""
    if row["id"]:
        address = {
            "deal": lambda: reverse("funnel:deal", args=[slug, row["id"]]),
            "recipient": lambda: reverse("inbox:conversation", args=[slug, row["id"]]),
            "conversation": lambda: reverse("inbox:conversation", args=[slug, row["id"]]),
        }[row["type"]]()
    shows_time = one.unit in {Unit.SECONDS, Unit.DAYS} and row["seconds"] is not None
    return {
        **row,
        "address": address,
        "at": parse_datetime(row["at"]),
        "is_day": row["type"] == "spend",
        "kind_words": kind_words(row["kind"]),
        "lasted": duration(row["seconds"]) if shows_time else "",
        "origin": " · ".join(filter(None, [row["source"], row["campaign"]])),
    }


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the names of those who had it."""
    ids = {row["owner"] for row in rows if row["owner"]}
    names = {str(one.pk): one.name for one in Membership.objects.filter(pk__in=ids).with_user()}
    return [{**row, "owner_name": names.get(row["owner"] or "", "")} for row in rows]


def _page(asked: Asked, request: WorkspaceRequest, number: int) -> str:
    more = {name: request.GET.get(name, "") for name in ("metric", "cell")}
    address = reverse("reports:rows", args=[asked.slug, asked.report.name])
    return f"{address}?{asked.query(**more, page=str(number))}"


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
