"""All series."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from marketing.models import Series, SeriesStep
from marketing.series.numbers import numbers_of
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed

PAGE = 50
LONGEST_QUERY = 100
FRAME = "series-list"


@require_safe
@allowed(Verb.READ_BROADCASTS)
@vary_on_headers("Turbo-Frame")
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A page of the series, the newest first; for its frame, the list alone."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    found = Series.objects.visible_to(request.membership).select_related("segment")
    if query:
        found = found.filter(name__icontains=query)
    page = Paginator(found.order_by("-created_at", "-id"), PAGE).get_page(request.GET.get("page"))
    series = list(page.object_list)
    numbers = numbers_of([one.pk for one in series])
    counts: dict[object, int] = {}
    for pk in (
        SeriesStep.objects.filter(series__in=series).in_order().values_list("series", flat=True)
    ):
        counts[pk] = counts.get(pk, 0) + 1
    context = {
        "slug": slug,
        "page": page,
        "rows": [(one, numbers[one.pk], counts.get(one.pk, 0)) for one in series],
        "query": query,
        "can_write": can(request.membership, Verb.WRITE_BROADCASTS),
    }
    is_frame = request.headers.get("Turbo-Frame") == FRAME
    return render(request, f"marketing/series/{'_list' if is_frame else 'index'}.html", context)
