"""What the screens of series have in common."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from marketing.actions.series_steps import step_of
from marketing.models import Series, SeriesStep
from workspaces.requests import WorkspaceRequest


def find(request: WorkspaceRequest, series_id: UUID) -> Series:
    """A series that the member may see. Raises `Http404`."""
    seen = Series.objects.visible_to(request.membership).select_related("segment")
    found: Series = get_object_or_404(seen, pk=series_id)
    return found


def find_step(request: WorkspaceRequest, series_id: UUID, step_id: UUID) -> SeriesStep:
    """A step that is in it. Raises `Http404`."""
    found = step_of(find(request, series_id), step_id)
    if found is None:
        raise Http404
    return found
