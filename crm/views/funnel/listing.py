"""The funnel as a table, and as a forecast."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.board import forecast as forecasting
from crm.board.columns import month_begins
from crm.board.listing import COLUMNS, PAGE, chosen, rows_of, totals
from crm.board.words import month_of
from crm.models import BoardPreference, Deal
from crm.views.funnel.shared import asked, uuid_of
from workspaces.requests import WorkspaceRequest
from workspaces.zones import moments


@require_safe
def table(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """Deals in a table: `?sort=-amount`, `?page=`, `?closed=1` with those that came to an outcome.

    `?stage=` shows one stage; of an outcome what came to it this month, as the board counts it.
    """
    found = asked(request, pipeline_id)
    deals = found.deals()
    with_closed = request.GET.get("closed") == "1"
    stage_id = uuid_of(request.GET.get("stage"))
    stage = next((one for one in found.stages() if one.pk == stage_id), None) if stage_id else None
    if stage is not None:
        deals = deals.filter(stage=stage)
        if stage.is_closed:
            deals = deals.filter(closed_at__gte=month_begins())
    elif not with_closed:
        deals = deals.filter(status=Deal.Status.OPEN)
    preference = BoardPreference.objects.filter(
        membership=request.membership, pipeline=found.pipeline
    ).first()
    columns = chosen(preference.table_columns if preference else [])
    total = totals(deals, columns, found.pipeline)
    sort = request.GET.get("sort", "")
    page = _page(request.GET.get("page", ""), total["count"])
    context: dict[str, Any] = {
        **found.context("list"),
        "rows": rows_of(deals, sort, page),
        "columns": columns,
        "all_columns": COLUMNS.values(),
        "sort": sort if sort.removeprefix("-") in COLUMNS else "",
        "total": total,
        "whole": total,
        "with_closed": with_closed,
        "stage": stage,
        "month": month_of(moments().today) if stage is not None and stage.is_closed else "",
        "page": page,
        "previous_page": page - 1,
        "next_page": page + 1 if page * PAGE < total["count"] else 0,
    }
    return render(request, "crm/funnel/list.html", context, status=found.status)


@require_safe
def forecast(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """What may be sold by the month in which it is expected, against the plan."""
    found = asked(request, pipeline_id)
    months = forecasting.months(found.deals(), found.pipeline, found.filters, request.membership)
    context = {
        **found.context("forecast"),
        "months": months,
        "whole": forecasting.whole(months),
    }
    return render(request, "crm/funnel/forecast.html", context, status=found.status)


def _page(text: str, count: int) -> int:
    last = max(1, -(-count // PAGE))
    asked_for = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
    return min(max(1, asked_for), last)
