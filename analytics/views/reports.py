"""A report's page: the bar, the numbers on top, charts and tables."""

from functools import cache
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from rest_framework.exceptions import ValidationError

from analytics.api.questions import MOST_ROWS
from analytics.metrics import metrics_of
from analytics.models import Fact
from analytics.pages import bar, layout
from analytics.pages.asking import Asked
from analytics.pages.marketing import LEVELS, branch_of, branches
from analytics.pages.passport import passports
from analytics.pages.sections import sections
from analytics.pages.table import Table, table
from analytics.pages.tiles import tiles
from analytics.reports import reading
from analytics.reports.catalogue import REPORTS
from analytics.reports.filtering import VOCABULARY
from analytics.reports.rights import own_alone, readable
from analytics.saved.addresses import address_of
from core.conditions.builder import Builder
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest

# Pages beside the reports, by the names of their addresses.
BESIDE: Final[dict[str, tuple[str, str | Promise]]] = {
    "digests": ("ground:digests", _("Weeks")),
    "alerts": ("ground:alerts", _("Alerts")),
    "links": ("ground:links", _("Links")),
    "spend": ("reports:spend", _("Spend")),
}


@require_safe
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """To the first report that the member may read."""
    found = readable(request.membership)
    if not found:
        raise PermissionDenied
    return redirect("reports:report", slug, found[0].name)


@require_safe
def report(request: WorkspaceRequest, slug: str, name: str) -> HttpResponse:
    """A report of a period, right up to this moment."""
    try:
        asked = asked_of(request, name)
    except ValidationError as error:
        return refused(request, name, error)
    document = reading.read(asked.report, asked.question, asked.compared)
    shown = layout.shown(asked)
    context = {
        **frame(request, asked),
        "document": document,
        "tiles": tiles(asked, document) if "total" in document and layout.tiles(asked) else [],
        **sections(asked, document),
    }
    if asked.report.instead is None:
        context["table"] = table(asked, document, shown)
        if asked.report.tree and asked.question.grouping.keys == [LEVELS[0]]:
            branches(asked, context["table"].rows)
            context["is_tree"] = True
        context["all_rows"] = asked.address(limit=str(MOST_ROWS))
        context["columns"] = bar.columns(asked, shown)
        context["usual_columns"] = asked.address(columns="")
    tables = [one for one in context.values() if isinstance(one, Table)]
    heads = [head.metric for one in tables for head in one.heads]
    own = metrics_of(name) if asked.report.instead else layout.tiles(asked)
    context["saved"] = _saved(request, name)
    context["passports"] = passports(asked, document, dict.fromkeys([*own, *heads]))
    return render(request, f"analytics/{name}.html", context)


@require_safe
def branch(request: WorkspaceRequest, slug: str, name: str) -> HttpResponse:
    """The rows under one row of a tree, as rows of the same table."""
    try:
        asked = asked_of(request, name)
        rows = branch_of(asked, request.GET.get("at", ""))
    except ValidationError as error:
        return refused(request, name, error)
    return render(request, "analytics/_rows.html", {"rows": rows})


@require_safe
def conditions(request: WorkspaceRequest, slug: str, name: str) -> HttpResponse:
    """The filter builder, fetched when somebody opens it."""
    found = REPORTS.get(name)
    if found is None:
        raise Http404
    own_alone(request.membership, found, request.membership.pk)
    kept = {key: value for key, value in request.GET.items() if key != "filter"}
    context = {
        "builder": Builder.from_address(request.GET, VOCABULARY),
        "action": reverse("reports:report", args=[slug, name]),
        "count": "",
        "keep": kept,
    }
    return render(request, "conditions/panel.html", context)


def asked_of(request: WorkspaceRequest, name: str) -> Asked:
    """What the address asks of a report. Raises `Http404`, `PermissionDenied`,
    `ValidationError`."""
    found = REPORTS.get(name)
    if found is None:
        raise Http404
    mine = own_alone(request.membership, found, request.membership.pk)
    return Asked.of(request.workspace.slug, found, request.GET, mine)


def frame(request: WorkspaceRequest, asked: Asked) -> dict[str, Any]:
    """What each page of a report has around it."""
    address = reverse("reports:conditions", args=[asked.slug, asked.report.name])
    return {
        "asked": asked,
        "tabs": tabs(request, asked),
        "periods": bar.periods(asked),
        "period": bar.period_words(asked),
        "menus": bar.menus(asked),
        "conditions_url": f"{address}?{asked.query()}",
        "kept": asked.kept("filter"),
        "as_of": timezone.now(),
        # Asked only where a table has no rows.
        "is_new": cache(lambda: not Fact.objects.exists()),
    }


def _saved(request: WorkspaceRequest, name: str) -> list[dict[str, Any]]:
    """The saved ways of looking at this report; of the one that is open, `is_chosen`."""
    from analytics.saved.actions import seen_by

    return [
        {
            "saved": one,
            "address": address_of(request.workspace.slug, one),
            "is_chosen": request.GET.get("saved") == str(one.pk),
        }
        for one in seen_by(request.membership).filter(report=name)
    ]


def tabs(request: WorkspaceRequest, asked: Asked | None) -> list[dict[str, Any]]:
    """The reports side by side; the period and the filter go along."""
    slug = request.workspace.slug
    found = [
        {
            "name": one.name,
            "label": one.label,
            "address": asked.elsewhere(one) if asked
            else reverse("reports:report", args=[slug, one.name]),
            "is_current": asked is not None and one is asked.report,
        }
        for one in readable(request.membership)
    ]  # fmt: skip
    if can(request.membership, Verb.READ_REPORTS):
        for name, (page, label) in BESIDE.items():
            address = reverse(page, args=[slug])
            found.append({"name": name, "label": label, "address": address, "is_current": False})
    return found


def refused(request: WorkspaceRequest, name: str, error: ValidationError) -> HttpResponse:
    """Why the address asks nothing that can be answered (400), and the way back."""
    detail = error.detail
    words = [
        str(one)
        for some in (detail.values() if isinstance(detail, dict) else [detail])
        for one in (some if isinstance(some, list) else [some])
    ]
    context = {
        "words": words,
        "tabs": tabs(request, None),
        "address": reverse("reports:report", args=[request.workspace.slug, name]),
    }
    return render(request, "analytics/refused.html", context, status=400)
