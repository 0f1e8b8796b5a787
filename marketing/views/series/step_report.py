"""How a step of a series fared: the report of its broadcast."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.http import see_other
from marketing.actions.unknown import mark_as_sent, send_again
from marketing.views.broadcasts.people import people_page, start_export
from marketing.views.broadcasts.report import report_context
from marketing.views.broadcasts.settling import settle
from marketing.views.series.finding import find_step
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_safe
@allowed(Verb.READ_BROADCASTS)
def report(request: WorkspaceRequest, slug: str, series_id: UUID, step_id: UUID) -> HttpResponse:
    """The figures of a step."""
    step = find_step(request, series_id, step_id)
    place = [slug, series_id, step_id]
    context = {
        **report_context(request, step.broadcast),
        "series": step.series,
        "step": step,
        "people_url": reverse("series:step-people", args=place),
        "here_url": reverse("series:step-report", args=place),
    }
    return render(request, "marketing/series/step_report.html", context)


@require_safe
@allowed(Verb.READ_BROADCASTS)
def people(request: WorkspaceRequest, slug: str, series_id: UUID, step_id: UUID) -> HttpResponse:
    """Those behind a figure of a step."""
    step = find_step(request, series_id, step_id)
    place = [slug, series_id, step_id]
    return people_page(
        request,
        step.broadcast,
        here=reverse("series:step-people", args=place),
        back=reverse("series:step-report", args=place),
        export_url=reverse("series:step-people-export", args=place),
        series=step.series,
    )


@require_POST
@allowed(Verb.EXPORT_CONTACTS)
def export(request: WorkspaceRequest, slug: str, series_id: UUID, step_id: UUID) -> HttpResponse:
    """Have a file written of them."""
    step = find_step(request, series_id, step_id)
    back = reverse("series:step-report", args=[slug, series_id, step_id])
    return start_export(request, step.broadcast, back)


@require_POST
@allowed(Verb.LAUNCH_BROADCASTS)
def sent(
    request: WorkspaceRequest, slug: str, series_id: UUID, step_id: UUID, recipient_id: UUID
) -> HttpResponse:
    """Somebody has seen that it arrived."""
    step = find_step(request, series_id, step_id)
    settle(request, step.broadcast, recipient_id, mark_as_sent)
    return see_other("series:step-report", slug, series_id, step_id)


@require_POST
@allowed(Verb.LAUNCH_BROADCASTS)
def again(
    request: WorkspaceRequest, slug: str, series_id: UUID, step_id: UUID, recipient_id: UUID
) -> HttpResponse:
    """Send it once more."""
    step = find_step(request, series_id, step_id)
    settle(request, step.broadcast, recipient_id, send_again)
    return see_other("series:step-report", slug, series_id, step_id)
