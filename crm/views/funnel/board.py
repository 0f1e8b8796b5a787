"""The board, the rest of a column, the sums over the columns, single cards."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from channels_connectors.models import Channel
from contacts.models import Label
from core.http import turbo_stream
from crm.board import columns, conversion
from crm.board.cards import load
from crm.board.filters import UNKNOWN
from crm.board.words import month_of
from crm.models import BoardPreference, Deal
from crm.sellers import sellers
from crm.views.funnel.shared import Asked, asked, find_stage, uuid_of
from workspaces.permissions import Verb, require
from workspaces.requests import WorkspaceRequest
from workspaces.zones import moments

MOST_CARDS = 200  # asked for one by one
MOST_SOURCES = 100


@require_safe
def index(request: WorkspaceRequest, slug: str, pipeline_id: UUID | None = None) -> HttpResponse:
    """The board of a pipeline, of the default one without a name."""
    require(request.membership, Verb.READ_DEALS)
    try:
        found = asked(request, pipeline_id)
    except Http404:
        if pipeline_id is not None:
            raise
        return render(request, "crm/funnel/none.html", {})
    return render(request, "crm/funnel/board.html", board_context(found), status=found.status)


def board_context(found: Asked) -> dict[str, Any]:
    """Columns with their cards, outcomes with the month's sums."""
    stages = found.stages()
    active, ends = columns.split(stages)
    deals = found.deals()
    totals = columns.totals(deals, found.pipeline)
    cards = columns.first_cards(deals.filter(status=Deal.Status.OPEN), active)
    onward = conversion.known(found.pipeline)
    preference = BoardPreference.objects.filter(
        membership=found.request.membership, pipeline=found.pipeline
    ).first()
    folded = set(preference.folded_stages) if preference else set()
    made = [
        columns.Column(
            stage=stage,
            total=totals.get(stage.pk, columns.Total()),
            cards=cards.get(stage.pk, []),
            onward=(onward or {}).get(stage.pk),
            is_folded=str(stage.pk) in folded,
        )
        for stage in active
    ]
    return {
        **found.context("board"),
        "columns": made,
        "ends": [(stage, totals.get(stage.pk, columns.Total())) for stage in ends],
        "whole": whole(made),
        "hides_empty": bool(preference and preference.hides_empty),
        "is_counted": onward is not None,
        "month": month_of(moments().today),
    }


def whole(made: list[columns.Column]) -> columns.Total:
    """What all columns come to."""
    amounts = [column.total.amount for column in made if column.total.amount is not None]
    return columns.Total(
        sum(column.total.count for column in made), sum(amounts, Decimal(0)) if amounts else None
    )


@require_safe
def heads(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """Counts, sums and conversions, as they are now."""
    found = asked(request, pipeline_id)
    stages = found.stages()
    active, ends = columns.split(stages)
    totals = columns.totals(found.deals(), found.pipeline)
    onward = conversion.counted(found.pipeline, stages)
    made = [
        columns.Column(stage, totals.get(stage.pk, columns.Total()), onward=onward.get(stage.pk))
        for stage in active
    ]
    context = {
        **found.context(),
        "columns": made,
        "ends": [(stage, totals.get(stage.pk, columns.Total())) for stage in ends],
        "whole": whole(made),
        "month": month_of(moments().today),
    }
    return render(request, "crm/funnel/heads.html", context)


@require_safe
def column(request: WorkspaceRequest, slug: str, stage_id: UUID) -> HttpResponse:
    """The cards of a column after those already on the page."""
    stage = find_stage(request, stage_id)
    found = asked(request, stage.pipeline_id)
    position, _, key = request.GET.get("after", "").rpartition(".")
    pk = uuid_of(key)
    if pk is None or "\0" in position:
        raise Http404
    deals = found.deals().filter(status=Deal.Status.OPEN)
    cards, has_more = columns.more_cards(deals, stage, (position, pk))
    context = {
        **found.context(),
        "stage": stage,
        "cards": cards,
        "after": f"{position}.{pk}",
        "more": cards[-1].cursor if has_more else "",
    }
    return turbo_stream(request, "crm/funnel/streams/more.html", context)


@require_safe
def cards(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """Single cards as they are now, `?id=..&id=..`; those that are not to be shown any more go."""
    found = asked(request, pipeline_id)
    ids = {pk for text in request.GET.getlist("id")[:MOST_CARDS] if (pk := uuid_of(text))}
    shown = load(found.deals().filter(pk__in=ids, status=Deal.Status.OPEN))
    context = {**found.context(), "cards": shown, "gone": ids - {card.id for card in shown}}
    return turbo_stream(request, "crm/funnel/streams/cards.html", context)


@require_safe
def filter_fields(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """The values that filters may have; fetched when somebody opens one."""
    found = asked(request, pipeline_id)
    name = request.GET.get("name", "")
    context = {**found.context(), "name": name, "unknown": UNKNOWN}
    if name == "bulk_owners":
        return render(request, "crm/funnel/_bulk_owners.html", context | {"members": sellers()})
    if name == "owner":
        context["members"] = sellers()
    elif name == "source":
        deals = Deal.objects.visible_to(request.membership).filter(pipeline=found.pipeline)
        names = deals.exclude(source="").values_list("source", flat=True).order_by("source")
        context["sources"] = names.distinct()[:MOST_SOURCES]
    elif name == "channel":
        context["channels"] = Channel.objects.visible_to(request.membership).order_by("name")
    elif name == "label":
        context["labels"] = Label.objects.order_by("name")[:MOST_SOURCES]
    elif name not in {"amount", "period"}:
        raise Http404
    return render(request, "crm/funnel/_filter_fields.html", context)
