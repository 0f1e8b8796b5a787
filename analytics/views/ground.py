"""Common ground: the page that both heads read."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from rest_framework.exceptions import ValidationError

from analytics.agreements.keeping import in_force, month_of
from analytics.ground import cohorts, judging, losses, promise, refusals, weeks
from analytics.ground.funnel import flow
from analytics.ground.pacts import Pact, pact
from analytics.metrics import Unit, metric
from analytics.models import Decision, WeeklyDigest
from analytics.pages.asking import Asked
from analytics.pages.passport import passports
from analytics.pages.words import value_words
from analytics.reports import reading
from analytics.reports.grouping import Grouping
from analytics.views.reports import asked_of, frame, refused
from crm.models import Pipeline
from crm.refusals import rule
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

NAME: Final = "ground"
MOST_DISPUTES: Final = 5
MOST_DECISIONS: Final = 4
# Metrics whose passports the page can show.
TOLD: Final = (
    *("spend", "clicks", "cpc", "leads", "cpl", "accepted_leads", "acceptance"),
    *("accepted_lead_cost", "orders", "cpo", "revenue", "margin", "average_ticket", "romi"),
    *("cac", "new_customers", "ripeness", "agreed_refusals", "disputed_leads", "unjudged_leads"),
    *("first_reply_median", "judgement_median", "answer_median", "verdict_median", "conversion"),
    *("contested_share", "overturned_share", "lost_money"),
)


@require_safe
@allowed(Verb.READ_REPORTS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Money spent, money earned, and what each side says of the leads between."""
    try:
        asked = asked_of(request, NAME)
    except ValidationError as error:
        return refused(request, NAME, error)
    whole = replace(asked.question, grouping=Grouping(()))
    document = reading.read(asked.report, whole)
    total = document["total"]
    cycle = cohorts.median_cycle()
    around = frame(request, asked)
    # Grouping and comparing are for tables.
    around["menus"] = [one for one in around["menus"] if one.name in {"base", "model"}]
    rows, disputes = refusals.largest(request.membership, MOST_DISPUTES)
    context = {
        **around,
        "total": total,
        "coverage": document["coverage"],
        "behind": {key: asked.behind(key) for key in TOLD if total.get(key) is not None},
        "flow": flow(asked, total, _pipeline(asked)),
        "estimate": promise.as_words(
            promise.estimate(whole, float(total["leads"])), total, whole.currency
        ),
        "parts": judging.parts(asked, total),
        "reasons": judging.reasons(asked, total),
        "waits": judging.waits(asked, total),
        "losses": losses.sides(asked),
        **_promises(asked),
        "rule": rule(),
        "cycle": "" if cycle is None else value_words(round(cycle), Unit.COUNT),
        "cohorts": cohorts.cohorts(asked, cycle),
        "cohort_heads": cohorts.heads(),
        "disputes": rows,
        "disputes_count": disputes,
        **_week(),
        "as_of": timezone.now(),
    }
    lines = context["pact"].lines if context["pact"] else []
    told = dict.fromkeys([*TOLD, *(line.key for line in lines)])
    context["passports"] = passports(asked, document, [metric(key) for key in told])
    return render(request, "analytics/ground/index.html", context)


def _promises(asked: Asked) -> dict[str, Any]:
    """The agreement of the month in which the page's period ends."""
    month = asked.question.last.replace(day=1)
    agreement = in_force(month)
    if agreement is None:
        return {"pact": None}
    found = pact(asked, month_of(agreement, month))
    return {"pact": found, "pact_sides": sides_of(found)}


def sides_of(found: Pact) -> list[tuple[str, Any]]:
    """Marketing and sales side by side."""
    return [("marketing", found.marketing), ("sales", found.sales)]


def _week() -> dict[str, Any]:
    digest = WeeklyDigest.objects.order_by("-week").first()
    found = Decision.objects.select_related("owner__user").order_by("-week", "-id")
    return {
        "digest": digest,
        "digest_span": weeks.span_of(digest) if digest else "",
        "decided": weeks.decided(found[:MOST_DECISIONS]),
    }


def _pipeline(asked: Asked) -> Pipeline | None:
    """The one that the filter names, else the default one."""
    for leaf in asked.question.condition.leaves:
        if leaf.field.name == "pipeline" and leaf.operator == "eq":
            found: Pipeline | None = Pipeline.objects.filter(pk=UUID(str(leaf.value))).first()
            return found
    default: Pipeline | None = Pipeline.objects.filter(is_default=True).first()
    return default
