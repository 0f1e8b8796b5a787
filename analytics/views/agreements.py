"""The agreement of marketing and sales: what is in force, how it was kept, and its next version."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.agreements.actions import (
    SIGNS,
    propose_agreement,
    sign_agreement,
    withdraw_agreement,
)
from analytics.agreements.keeping import months
from analytics.agreements.promises import OFFERS, REPORT
from analytics.forms.agreements import AgreementForm
from analytics.ground.pacts import Pact, limit_words, pact
from analytics.metrics import metric
from analytics.models import Agreement
from analytics.pages.passport import passports
from analytics.reports.reading import introduced
from analytics.views.ground import sides_of
from analytics.views.reports import asked_of
from analytics.views.shared import plain_frame
from core.http import invalid, see_other
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed


@require_safe
@allowed(Verb.READ_REPORTS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """What both sides promise, and how the last months kept to it."""
    asked = asked_of(request, REPORT)
    found = [pact(asked, month) for month in months()]
    versions = list(_versions().order_by("-number"))
    proposal = next((one for one in versions if one.is_open), None)
    keys = [key for key in OFFERS if any(line.key == key for one in found for line in one.lines)]
    context = {
        **plain_frame(request, REPORT),
        "pact": found[0] if found else None,
        "sides": sides_of(found[0]) if found else [],
        "pacts": found,
        "table": _table(found, keys),
        "proposal": proposal,
        "proposed": _promised(proposal) if proposal else [],
        "signs": [side for side, verb in SIGNS.items() if can(request.membership, verb)],
        "may_propose": any(can(request.membership, verb) for verb in SIGNS.values()),
        "versions": [(one, _promised(one)) for one in versions if not one.is_open],
        "passports": passports(asked, introduced(asked.question), [metric(key) for key in keys]),
    }
    return render(request, "analytics/ground/agreement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_REPORTS)
def propose(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """GET: the form, filled with what is in force. POST: a new version to be signed."""
    if not any(can(request.membership, verb) for verb in SIGNS.values()):
        raise PermissionDenied
    last = _versions().filter(withdrawn_at=None).order_by("-number").first()
    form = AgreementForm(request.POST or None, last=last)
    if request.method == "POST" and form.is_valid():
        try:
            propose_agreement(by=request.membership, **form.values())
        except ValidationError as refusal:
            form.refuse(refusal)
    context = {**plain_frame(request, REPORT), "form": form}
    template = "analytics/ground/proposal.html"
    if request.method != "POST":
        return render(request, template, context)
    if form.errors:
        return invalid(request, template, context)
    return _back(slug, _("It is proposed"), request)


@require_POST
@allowed(Verb.READ_REPORTS)
def sign(request: WorkspaceRequest, slug: str, agreement_id: UUID) -> HttpResponse:
    """Put a side's name under a version."""
    found = get_object_or_404(Agreement.objects.all(), pk=agreement_id)
    try:
        sign_agreement(found, side=request.POST.get("side", ""), by=request.membership)
    except ValidationError as refusal:
        return _refused(slug, refusal, request)
    return _back(slug, _("It is signed"), request)


@require_POST
@allowed(Verb.READ_REPORTS)
def withdraw(request: WorkspaceRequest, slug: str, agreement_id: UUID) -> HttpResponse:
    """Take a version back that is not signed by both."""
    found = get_object_or_404(Agreement.objects.all(), pk=agreement_id)
    try:
        withdraw_agreement(found, by=request.membership)
    except ValidationError as refusal:
        return _refused(slug, refusal, request)
    return _back(slug, _("It is withdrawn"), request)


def _versions() -> Any:
    return Agreement.objects.prefetch_related("promises").select_related(
        "marketing_by__user", "sales_by__user", "proposed_by__user"
    )


def _promised(agreement: Agreement) -> list[dict[str, str]]:
    """The promises of a version in words, marketing's first."""
    order = list(OFFERS)
    found = sorted(agreement.promises.all(), key=lambda one: order.index(one.metric))
    return [
        {
            "side": one.side,
            "label": str(metric(one.metric).label),
            "limit": limit_words(one, metric(one.metric).unit),
        }
        for one in found
    ]


def _table(found: list[Pact], keys: list[str]) -> list[dict[str, Any]]:
    """A row for each promise, a cell for each month, the latest first."""
    rows = []
    for key in keys:
        lines = [next((line for line in one.lines if line.key == key), None) for one in found]
        label = next(line.label for line in lines if line)
        rows.append({"label": label, "key": key, "side": OFFERS[key].side, "lines": lines})
    return rows


def _back(slug: str, words: str, request: WorkspaceRequest) -> HttpResponse:
    messages.success(request, words)
    return see_other("ground:agreement", slug)


def _refused(slug: str, refusal: ValidationError, request: WorkspaceRequest) -> HttpResponse:
    messages.error(request, " ".join(refusal.messages))
    return see_other("ground:agreement", slug)
