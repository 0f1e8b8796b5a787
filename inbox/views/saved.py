"""Views of the list that are kept under a name: kept, changed, dropped."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.http import see_other
from inbox.filters import Filters
from inbox.models import SavedView
from inbox.table import saved
from inbox.table.columns import chosen_columns
from workspaces.models import Team
from workspaces.permissions import Verb, require

TEAM = "team:"


@require_POST
def keep(request: HttpRequest, slug: str, view_id: UUID | None = None) -> HttpResponse:
    """Keep the list as the page shows it under a new name, or change a view to how it is now."""
    require(request.membership, Verb.READ_INBOX)
    filters = Filters.from_address(request.POST)
    shown = saved.find(request.membership, filters.saved)
    columns = chosen_columns(request.membership, shown.columns if shown else ())
    values: dict[str, Any] = {
        "name": request.POST.get("name", ""),
        "parameters": QueryDict(filters.address()).dict(),
        "columns": [column.name for column in columns],
        **_sharing(request.POST.get("sharing", "")),
    }
    try:
        if view_id is None:
            view = saved.save_view(by=request.membership, **values)
        else:
            view = saved.change_view(_find(request, view_id), by=request.membership, **values)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return see_other(_table(slug, filters))
    messages.success(request, _("The view “%(name)s” is saved") % {"name": view.name})
    return see_other(_table(slug, saved.filters_of(view)))


@require_POST
def removal(request: HttpRequest, slug: str, view_id: UUID) -> HttpResponse:
    """Keep it no longer; the list stays as it is."""
    require(request.membership, Verb.READ_INBOX)
    view = _find(request, view_id)
    saved.delete_view(view, by=request.membership)
    messages.success(request, _("The view “%(name)s” is deleted") % {"name": view.name})
    filters = Filters.from_address(request.POST)
    return see_other(f"{reverse('inbox:table', args=[slug])}?{filters.address(saved=None)}")


def _find(request: HttpRequest, view_id: UUID) -> SavedView:
    return get_object_or_404(saved.seen_by(request.membership), pk=view_id)


def _sharing(chosen: str) -> dict[str, Any]:
    """Who is to see it, as the form's one field tells it."""
    if not chosen.startswith(TEAM):
        return {"sharing": chosen or SavedView.Sharing.OWN, "team": None}
    try:
        team = Team.objects.filter(pk=UUID(chosen.removeprefix(TEAM))).first()
    except ValueError:
        team = None
    return {"sharing": SavedView.Sharing.TEAM, "team": team}


def _table(slug: str, filters: Filters) -> str:
    return f"{reverse('inbox:table', args=[slug])}?{filters.address()}"
