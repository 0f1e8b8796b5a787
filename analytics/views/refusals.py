"""Refused leads: the list, marketing's answers, heads' verdicts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.ground import refusals
from analytics.ground.refusals import Filters
from analytics.views.shared import plain_frame
from core.http import invalid, see_other
from crm.actions import answer_refusal, decide_refusal, set_refusal_rule
from crm.models import LeadRefusal
from crm.refusals import rule
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_safe
@allowed(Verb.READ_DEALS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The list, in its frame too: news reload it."""
    return render(request, "analytics/ground/refusals.html", _context(request))


@require_POST
@allowed(Verb.ANSWER_REFUSALS)
def answer(request: WorkspaceRequest, slug: str, refusal_id: UUID) -> HttpResponse:
    """Marketing agrees, or contests in words."""
    given = request.POST
    return _said(
        request,
        refusal_id,
        lambda found: answer_refusal(
            found,
            agrees=given.get("agrees") == "1",
            note=given.get("note", ""),
            by=request.membership,
        ),
    )


@require_POST
@allowed(Verb.SETTLE_REFUSALS)
def verdict(request: WorkspaceRequest, slug: str, refusal_id: UUID) -> HttpResponse:
    """A head upholds the refusal, or takes the lead back to work."""
    given = request.POST
    return _said(
        request,
        refusal_id,
        lambda found: decide_refusal(
            found,
            upholds=given.get("upholds") == "1",
            note=given.get("note", ""),
            by=request.membership,
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def settings(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """How long marketing has for an answer, and whether a refusal takes evidence."""
    context = {**plain_frame(request, "ground"), "rule": rule()}
    if request.method != "POST":
        return render(request, "analytics/ground/rule.html", context)
    try:
        set_refusal_rule(
            answer_days=int(request.POST.get("answer_days", "") or 0),
            requires_evidence="requires_evidence" in request.POST,
            by=request.membership,
        )
    except (ValueError, ValidationError):
        context["is_wrong"] = True
        return invalid(request, "analytics/ground/rule.html", context)
    return see_other("ground:refusals", slug)


def _said(
    request: WorkspaceRequest, refusal_id: UUID, say: Callable[[LeadRefusal], Any]
) -> HttpResponse:
    """Back to where it was said; a refusal in words beside the row."""
    found = get_object_or_404(LeadRefusal.objects.visible_to(request.membership), pk=refusal_id)
    try:
        say(found)
    except ValidationError as error:
        context = _context(request) | {"wrong": found.pk, "words": " ".join(error.messages)}
        return invalid(request, "analytics/ground/refusals.html", context)
    return see_other(_back(request))


def _back(request: WorkspaceRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/w/"):
        return target
    return reverse("ground:refusals", args=[request.workspace.slug])


def _context(request: WorkspaceRequest) -> dict[str, Any]:
    filters = Filters.of(request.GET)
    page, rows = refusals.page_of(request.membership, filters, request.GET.get("page", ""))
    query = request.GET.copy()
    query.pop("page", None)
    return {
        **plain_frame(request, "ground"),
        "filters": filters,
        "views": [
            (key, label, key == filters.view) for key, (label, _states) in refusals.VIEWS.items()
        ],
        "page": page,
        "rows": rows,
        "reasons": refusals.reasons(),
        "sources": refusals.sources(request.membership),
        "rule": rule(),
        "query": query.urlencode(),
        "address": request.get_full_path() if request.method != "POST" else _back(request),
    }
