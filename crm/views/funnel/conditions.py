"""The filter builder over the funnel, and how many deals it finds."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.conditions.counting import Count, count_rows
from crm.models import Deal
from crm.views.funnel.shared import asked
from workspaces.requests import WorkspaceRequest

VIEWS: Final = {"board": "funnel:board", "list": "funnel:list", "forecast": "funnel:forecast"}


@require_safe
def panel(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """The builder, fetched when somebody opens it; it leads back to the `?view=` it is over."""
    found = asked(request, pipeline_id)
    view = request.GET.get("view", "")
    keep = found.keep(view)
    url = reverse("funnel:count", args=[slug, found.pipeline.pk])
    context = {
        "builder": found.filters.builder,
        "action": reverse(VIEWS.get(view, "funnel:board"), args=[slug, found.pipeline.pk]),
        "count": f"{url}?{urlencode(keep)}",
        "keep": keep,
        "frame": "funnel",
    }
    return render(request, "conditions/panel.html", context)


@require_safe
def count(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """How many deals the filters find, as JSON `{words}`, or `{error: {path, words}}`: those in
    work, with `?closed=1` all of them."""
    found = asked(request, pipeline_id)
    if error := found.filters.builder.error:
        return JsonResponse({"error": {"path": error.path, "words": error.messages[0]}})
    deals = found.deals()
    if request.GET.get("closed") != "1":
        deals = deals.filter(status=Deal.Status.OPEN)
    return JsonResponse({"words": _deals(count_rows(deals))})


def _deals(found: Count) -> str:
    """ "1,284 deals", "about 120,000 deals"."""
    if not found.is_exact:
        return _("%(number)s deals") % {"number": found.words}
    words = ngettext("%(number)s deal", "%(number)s deals", found.number)
    return words % {"number": found.words}
