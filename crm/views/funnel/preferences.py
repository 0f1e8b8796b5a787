"""How a member likes the funnel: folded columns, empty ones, columns of the table."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.http import see_other
from crm.board.listing import COLUMNS
from crm.models import BoardPreference
from crm.views.funnel.shared import asked
from workspaces.requests import WorkspaceRequest


@require_POST
def preference(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """Fold or unfold the column `fold`, set `hides_empty`, choose the table's `columns`."""
    found = asked(request, pipeline_id)
    mine, _ = BoardPreference.objects.get_or_create(
        membership=request.membership, pipeline=found.pipeline
    )
    if "fold" in request.POST:
        stages = {str(stage.pk) for stage in found.stages()}
        if request.POST["fold"] not in stages:
            raise Http404
        folded = set(mine.folded_stages) & stages
        mine.folded_stages = sorted(folded ^ {request.POST["fold"]})
    if "hides_empty" in request.POST:
        mine.hides_empty = request.POST["hides_empty"] == "1"
    if "columns" in request.POST:
        mine.table_columns = [name for name in request.POST.getlist("columns") if name in COLUMNS]
    mine.save()
    if "next" not in request.POST:
        return HttpResponse(status=204)
    back = request.POST["next"]
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = reverse("funnel:board", args=[slug, found.pipeline.pk])
    return see_other(back)
