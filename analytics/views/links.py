"""The link builder."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from analytics.forms.links import LinkForm
from analytics.views.shared import plain_frame
from core.http import invalid, see_other
from marketing.actions import archive_link, create_link, update_link
from marketing.link_numbers import numbers_of
from marketing.models import TrackedLink
from marketing.tracked_links import short_address, target_of
from workspaces.permissions import Verb, can, require
from workspaces.requests import WorkspaceRequest, allowed

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_REPORTS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """GET: all links with what they have brought, and the form of a new one. POST: make it."""
    if request.method != "POST":
        form = LinkForm(viewer=request.membership)
        return render(request, "analytics/ground/links.html", _context(request, form))
    require(request.membership, Verb.WRITE_LINKS)
    form = LinkForm(request.POST, viewer=request.membership)
    if form.is_valid():
        try:
            create_link(by=request.membership, **form.values())
        except ValidationError as error:
            _tell(form, error)
    if form.errors:
        return invalid(request, "analytics/ground/links.html", _context(request, form))
    return see_other("ground:links", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_REPORTS)
def link(request: WorkspaceRequest, slug: str, tracked_link_id: UUID) -> HttpResponse:
    """GET: one link. POST: other words or marks of it; the key stays."""
    found = _found(request, tracked_link_id)
    if request.method == "POST":
        require(request.membership, Verb.WRITE_LINKS)
        form = LinkForm(request.POST, viewer=request.membership, link=found)
        if form.is_valid():
            try:
                update_link(found, by=request.membership, **form.values())
                return see_other("ground:links", slug)
            except ValidationError as error:
                _tell(form, error)
    else:
        form = LinkForm(viewer=request.membership, link=found)
    context = {
        **plain_frame(request, "links"),
        "form": form,
        "row": _rows([found])[0],
        "can_write": can(request.membership, Verb.WRITE_LINKS),
    }
    if request.method == "POST":
        return invalid(request, "analytics/ground/link.html", context)
    return render(request, "analytics/ground/link.html", context)


@require_POST
@allowed(Verb.WRITE_LINKS)
def archive(request: WorkspaceRequest, slug: str, tracked_link_id: UUID) -> HttpResponse:
    """Show it no more or, with `restore`, again."""
    found = _found(request, tracked_link_id)
    archive_link(found, by=request.membership, archived="restore" not in request.POST)
    return see_other("ground:links", slug)


def _found(request: WorkspaceRequest, link_id: UUID) -> TrackedLink:
    seen = TrackedLink.objects.visible_to(request.membership).select_related("channel")
    found: TrackedLink = get_object_or_404(seen, pk=link_id)
    return found


def _tell(form: LinkForm, error: ValidationError) -> None:
    for name, words in error.message_dict.items():
        form.add_error(name if name in form.fields else None, words)


def _context(request: WorkspaceRequest, form: LinkForm) -> dict[str, Any]:
    is_archive = "archive" in request.GET
    found = TrackedLink.objects.visible_to(request.membership).select_related("channel")
    found = found.filter(archived_at__isnull=not is_archive).order_by("-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        **plain_frame(request, "links"),
        "form": form,
        "page": page,
        "rows": _rows(list(page.object_list)),
        "can_write": can(request.membership, Verb.WRITE_LINKS),
        "is_archive": is_archive,
        "is_open": bool(form.errors) or "new" in request.GET,
    }


def _rows(found: list[TrackedLink]) -> list[dict[str, Any]]:
    numbers = numbers_of(found)
    return [
        {
            "link": one,
            "numbers": numbers[one.pk],
            "short": short_address(one),
            "target": target_of(one),
        }
        for one in found
    ]
