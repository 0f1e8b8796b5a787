"""Watches over metrics: the list, the form, the history of one."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from analytics.alerts.actions import delete_alert, mute_alert, set_alert
from analytics.forms.alerts import AlertForm
from analytics.ground.alerts import firing_rows, rows
from analytics.models import AlertFiring, MetricAlert
from analytics.views.shared import plain_frame
from core.http import invalid, see_other
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

PER_PAGE: Final = 50
LATEST: Final = 20
# For how long it may be silenced, in days; 0 lets it speak again.
MUTES: Final = (1, 7, 30, 0)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_REPORTS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """GET: all watches, what they told lately, the form of a new one. POST: set it up."""
    if request.method != "POST":
        form = AlertForm(viewer=request.membership)
        return render(request, "analytics/ground/alerts.html", _context(request, form))
    form = AlertForm(request.POST, viewer=request.membership)
    if not _saved(form, request, None):
        return invalid(request, "analytics/ground/alerts.html", _context(request, form))
    return see_other("ground:alerts", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_REPORTS)
def alert(request: WorkspaceRequest, slug: str, alert_id: UUID) -> HttpResponse:
    """GET: one watch with its history. POST: another form of it."""
    found = _found(alert_id)
    if request.method == "POST":
        form = AlertForm(request.POST, viewer=request.membership, alert=found)
        if _saved(form, request, found):
            return see_other("ground:alert", slug, found.pk)
    else:
        form = AlertForm(viewer=request.membership, alert=found)
    fired = AlertFiring.objects.filter(alert=found).order_by("-at", "-id")
    page = Paginator(fired, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **plain_frame(request, "alerts"),
        "alert": rows([found])[0],
        "form": form,
        "page": page,
        "fired": firing_rows(page.object_list),
        "mutes": MUTES,
    }
    if request.method == "POST":
        return invalid(request, "analytics/ground/alert.html", context)
    return render(request, "analytics/ground/alert.html", context)


@require_POST
@allowed(Verb.READ_REPORTS)
def mute(request: WorkspaceRequest, slug: str, alert_id: UUID) -> HttpResponse:
    """Silent for `days`, or with 0 no longer."""
    days = request.POST.get("days", "")
    wanted = int(days) if days in {str(one) for one in MUTES} else 0
    until = timezone.now() + timedelta(days=wanted) if wanted else None
    mute_alert(_found(alert_id), until=until, by=request.membership)
    return see_other("ground:alerts", slug)


@require_POST
@allowed(Verb.READ_REPORTS)
def delete(request: WorkspaceRequest, slug: str, alert_id: UUID) -> HttpResponse:
    """Watch it no longer."""
    delete_alert(_found(alert_id), by=request.membership)
    return see_other("ground:alerts", slug)


def _found(alert_id: UUID) -> MetricAlert:
    found: MetricAlert = get_object_or_404(
        MetricAlert.objects.select_related("membership__user", "conversation__contact"),
        pk=alert_id,
    )
    return found


def _saved(form: AlertForm, request: WorkspaceRequest, alert: MetricAlert | None) -> bool:
    if not form.is_valid():
        return False
    try:
        set_alert(alert, by=request.membership, **form.values())
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def _context(request: WorkspaceRequest, form: AlertForm) -> dict[str, Any]:
    known = MetricAlert.objects.select_related("membership__user", "conversation__contact")
    fired = AlertFiring.objects.select_related("alert").order_by("-at", "-id")[:LATEST]
    return {
        **plain_frame(request, "alerts"),
        "alerts": rows(known.order_by("id")),
        "fired": firing_rows(fired),
        "form": form,
        "mutes": MUTES,
        "is_open": bool(form.errors) or "new" in request.GET,
    }
