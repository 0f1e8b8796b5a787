"""Making a series, and changing how people come in and go."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.http import invalid, see_other
from marketing.actions import create_series, update_series
from marketing.forms.series import SeriesForm
from marketing.models import Series
from marketing.views.series.finding import find
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

FORM = "marketing/series/form.html"


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_BROADCASTS)
def new(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A draft; its steps come next."""
    form = SeriesForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, FORM, _context(request, form))
    if form.is_valid():
        try:
            made = create_series(by=request.membership, **form.values)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            return see_other("series:step-new", slug, made.pk)
    return invalid(request, FORM, _context(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_BROADCASTS)
def edit(request: WorkspaceRequest, slug: str, series_id: UUID) -> HttpResponse:
    """What is changed of a running one holds for who comes from now on."""
    one = find(request, series_id)
    form = SeriesForm(request.POST if request.method == "POST" else None, series=one)
    if request.method != "POST":
        return render(request, FORM, _context(request, form, one))
    if form.is_valid():
        try:
            update_series(one, by=request.membership, **form.values)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            return see_other("series:series", slug, one.pk)
    return invalid(request, FORM, _context(request, form, one))


def _context(
    request: WorkspaceRequest, form: SeriesForm, series: Series | None = None
) -> dict[str, Any]:
    slug = request.workspace.slug
    back = (
        reverse("series:series", args=[slug, series.pk])
        if series
        else reverse("series:index", args=[slug])
    )
    return {
        "slug": slug,
        "form": form,
        "series": series,
        "back": back,
        "count_url": reverse("segments:count", args=[slug]),
    }
