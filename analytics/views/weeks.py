"""Digests of weeks and the decisions of joint meetings."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.digest.decisions import drop_decision, make_decision
from analytics.forms.decisions import DecisionForm
from analytics.ground import weeks
from analytics.models import Decision, WeeklyDigest
from analytics.views.shared import plain_frame
from core.http import invalid, see_other
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

PER_PAGE = 26


@require_safe
@allowed(Verb.READ_REPORTS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """All weeks, the latest first."""
    page = Paginator(WeeklyDigest.objects.order_by("-week"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [
        {
            "digest": one,
            "span": weeks.span_of(one),
            "revenue": weeks.signed(one.data["revenue"]["now"], one.data["currency"]).lstrip("+"),
            "change": one.data["revenue"]["now"] - one.data["revenue"]["before"],
            "change_words": weeks.signed(
                one.data["revenue"]["now"] - one.data["revenue"]["before"], one.data["currency"]
            ),
            "disputes": len(one.data["disputes"]),
        }
        for one in page
    ]
    context = {**plain_frame(request, "digests"), "page": page, "rows": rows}
    return render(request, "analytics/ground/digests.html", context)


@require_safe
@allowed(Verb.READ_REPORTS)
def digest(request: WorkspaceRequest, slug: str, digest_id: UUID) -> HttpResponse:
    """One week: what changed and why, the largest disputes, what was decided."""
    found = get_object_or_404(WeeklyDigest.objects.all(), pk=digest_id)
    data, currency = found.data, found.data["currency"]
    made = Decision.objects.select_related("owner__user").filter(week=found.week)
    due = Decision.objects.select_related("owner__user").filter(pk__in=data["decisions"])
    last = found.week + weeks.WEEK - weeks.DAY
    behind = reverse("reports:rows", args=[slug, "ground"])

    def address(key: str) -> str:
        return f"{behind}?metric={key}&from={found.week}&to={last}&base=event"

    context = {
        **plain_frame(request, "digests"),
        "digest": found,
        "span": weeks.span_of(found),
        "revenue": weeks.signed(data["revenue"]["now"], currency).lstrip("+"),
        "before": weeks.signed(data["revenue"]["before"], currency).lstrip("+"),
        "change": data["revenue"]["now"] - data["revenue"]["before"],
        "change_words": weeks.signed(data["revenue"]["now"] - data["revenue"]["before"], currency),
        "effects": weeks.effects(data["effects"], currency),
        "sources": [
            {
                "name": weeks.source_words(one["source"]),
                "change": one["change"],
                "words": weeks.signed(one["change"], currency),
                "effects": weeks.effects(one["effects"], currency),
            }
            for one in data["sources"]
        ],
        "measures": weeks.measures(found, address),
        "disputes": weeks.disputes(found, request.membership),
        "made": weeks.decided(made.order_by("id")),
        "due": weeks.decided(due.order_by("due_on", "id")),
        "next_digest": WeeklyDigest.objects.filter(week__gt=found.week).order_by("week").first(),
        "last_digest": WeeklyDigest.objects.filter(week__lt=found.week).order_by("-week").first(),
    }
    return render(request, "analytics/ground/digest.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_REPORTS)
def decisions(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """GET: all decisions, and the form of a new one. POST: write it down."""
    if request.method != "POST":
        return render(request, "analytics/ground/decisions.html", _context(request, DecisionForm()))
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            make_decision(by=request.membership, **form.values())
        except ValidationError as error:
            form.add_error(None, error.messages)
    if form.errors:
        context = _context(request, form)
        return invalid(request, "analytics/ground/decisions.html", context)
    return see_other("ground:decisions", slug)


@require_POST
@allowed(Verb.READ_REPORTS)
def drop(request: WorkspaceRequest, slug: str, decision_id: UUID) -> HttpResponse:
    """It is not to be done any more."""
    found = get_object_or_404(Decision.objects.all(), pk=decision_id)
    drop_decision(found, by=request.membership)
    return see_other("ground:decisions", slug)


def _context(request: WorkspaceRequest, form: DecisionForm) -> dict[str, Any]:
    found = Decision.objects.select_related("owner__user").order_by("-week", "-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        **plain_frame(request, "digests"),
        "form": form,
        "page": page,
        "decided": weeks.decided(page.object_list),
        "is_open": bool(form.errors) or "new" in request.GET,
    }
