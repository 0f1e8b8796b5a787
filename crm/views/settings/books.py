"""Closed periods."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.http import invalid
from crm.actions import close_books, reopen_books
from crm.forms.settings import BooksForm
from crm.models import ClosedPeriod
from crm.views.settings.shared import back_to, tried
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def books(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Through which day the books are closed, and closing them further."""
    if request.method != "POST":
        return render(request, "crm/settings/books.html", _context(BooksForm()))
    form = BooksForm(request.POST)
    if form.is_valid() and tried(
        form, lambda: close_books(by=request.membership, **form.cleaned_data)
    ):
        messages.success(request, _("The period is closed"))
        return back_to("books", slug)
    return invalid(request, "crm/settings/books.html", _context(form))


@require_POST
@allowed(Verb.MANAGE_PIPELINES)
def reopening(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Take back the last closing."""
    reopen_books(by=request.membership)
    return back_to("books", slug)


def _context(form: BooksForm) -> dict[str, Any]:
    closed = list(ClosedPeriod.objects.select_related("by__user").order_by("-until")[:24])
    return {"form": form, "closed": closed}
