"""All segments."""

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketing.models import Broadcast, Segment
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed

PAGE = 50
LONGEST_QUERY = 100


@require_safe
@allowed(Verb.READ_SEGMENTS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A page of the segments, the newest first."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    uses = Broadcast.objects.filter(segment=OuterRef("pk")).order_by().values("segment")
    counted = uses.annotate(n=Count("pk")).values("n")
    found = Segment.objects.visible_to(request.membership).listed()
    found = found.annotate(uses=Coalesce(Subquery(counted), 0))
    if query:
        found = found.filter(name__icontains=query)
    page = Paginator(found.order_by("-created_at", "-id"), PAGE).get_page(request.GET.get("page"))
    context = {
        "slug": slug,
        "page": page,
        "query": query,
        "can_write": can(request.membership, Verb.WRITE_SEGMENTS),
    }
    return render(request, "marketing/segments/index.html", context)
