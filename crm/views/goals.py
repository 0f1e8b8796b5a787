"""Plans of the months: their table in the settings, and one's own before one's eyes."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.http import invalid, see_other
from crm import goal_table, goals
from crm.actions import copy_goals
from crm.goals import month_of, months_from
from crm.models import Pipeline
from workspaces.permissions import Verb, require
from workspaces.requests import WorkspaceRequest, allowed
from workspaces.zones import local_day


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_GOALS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """GET: the table. POST: what was typed into it."""
    asked = _Asked(request)
    if request.method != "POST":
        return render(request, "crm/goals/index.html", asked.context())
    try:
        changed = goal_table.save(
            request.POST,
            asked.months,
            measure=asked.measure,
            pipeline=asked.pipeline,
            by=request.membership,
        )
    except ValidationError as refusal:
        context = asked.context(typed=request.POST) | {"errors": refusal.messages}
        return invalid(request, "crm/goals/index.html", context)
    if changed:
        words = ngettext("%(n)d plan is saved", "%(n)d plans are saved", changed)
        messages.success(request, words % {"n": changed})
    return see_other(asked.url())


@require_POST
@allowed(Verb.MANAGE_GOALS)
def copies(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Plan a month like the one before it, where nothing is planned yet."""
    asked = _Asked(request)
    target = _month(request.POST.get("month", ""))
    if target is None:
        raise Http404
    source = months_from(target, -1)[0]
    copied = copy_goals(
        source=source, target=target, by=request.membership, pipeline=asked.pipeline
    )
    words = ngettext("%(n)d plan is copied", "%(n)d plans are copied", copied)
    messages.success(request, words % {"n": copied} if copied else _("There was nothing to copy"))
    return see_other(asked.url())


@require_safe
def headline(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """This month's plan and how far it is: of a pipeline, of the `?owner=` that its board shows, or
    with ?mine=1 one's own."""
    require(request.membership, Verb.READ_DEALS)
    month = local_day(timezone.now())
    if "mine" in request.GET:
        found: Any = goals.progress(month, member=request.membership)
        found = found if found.is_planned else None
    else:
        pipeline = _pipeline(request)
        found = goals.headline(
            month,
            viewer=request.membership,
            pipeline=pipeline,
            owner=request.GET.get("owner", ""),
        )
    return render(request, "crm/goals/progress.html", {"progress": found})


class _Asked:
    """What the address of the table asks for."""

    def __init__(self, request: WorkspaceRequest) -> None:
        self.request = request
        today = local_day(timezone.now())
        first = _month(request.GET.get("from", "")) or months_from(today, -2)[0]
        self.this_month = month_of(today)
        self.months = goal_table.window(first)
        measure = request.GET.get("measure", "")
        self.measure = measure if measure in goal_table.MEASURES else "revenue"
        self.pipeline = _pipeline(request)

    def address(self, **others: Any) -> str:
        values = {
            "from": f"{self.months[0]:%Y-%m}",
            "measure": self.measure,
            "pipeline": self.pipeline.pk if self.pipeline else "",
            **others,
        }
        return urlencode({name: value for name, value in values.items() if value})

    def url(self) -> str:
        return f"{reverse('goals:index', args=[self.request.workspace.slug])}?{self.address()}"

    def context(self, typed: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
        earlier = months_from(self.months[0], -goal_table.MONTHS)[0]
        later = months_from(self.months[0], goal_table.MONTHS + 1)[-1]
        return {
            "rows": goal_table.rows(
                self.months, measure=self.measure, pipeline=self.pipeline, typed=typed
            ),
            "months": self.months,
            "this_month": self.this_month,
            "measure": self.measure,
            "is_revenue": self.measure == "revenue",
            "pipeline": self.pipeline,
            "pipelines": Pipeline.objects.visible_to(self.request.membership).in_use().in_order(),
            "currency": goals.currency_of(self.pipeline),
            "address": self.address(),
            "of_revenue": self.address(measure="revenue"),
            "of_count": self.address(measure="count"),
            "earlier": self.address(**{"from": f"{earlier:%Y-%m}"}),
            "later": self.address(**{"from": f"{later:%Y-%m}"}),
        }


def _pipeline(request: WorkspaceRequest) -> Pipeline | None:
    asked = request.GET.get("pipeline", "")
    if not asked:
        return None
    try:
        key = UUID(asked)
    except ValueError:
        raise Http404 from None
    found: Pipeline = get_object_or_404(Pipeline.objects.visible_to(request.membership), pk=key)
    return found


def _month(text: str) -> date | None:
    try:
        found = parse_date(f"{text}-01")
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2200 else None
