"""Conversions that are told back to advertising systems: counters, the queue and its log."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from analytics.conversions.sending import connect_target, disconnect_target, retry
from analytics.forms.conversions import TargetForm
from analytics.models import Conversion, ConversionTarget
from analytics.views.shared import plain_frame
from contacts.models import Contact
from core.http import invalid, see_other
from workspaces.permissions import Verb, can, require
from workspaces.requests import WorkspaceRequest, allowed

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_REPORTS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """GET: the counters and the log. POST: connect a counter."""
    if request.method != "POST":
        return render(request, "analytics/ground/conversions.html", _context(request, TargetForm()))
    require(request.membership, Verb.WRITE_SPEND)
    form = TargetForm(request.POST)
    if form.is_valid():
        try:
            connect_target(by=request.membership, **form.cleaned_data)
        except ValidationError as error:
            for name, words in error.message_dict.items():
                form.add_error(name if name in form.fields else None, words)
    if form.errors:
        context = _context(request, form)
        return invalid(request, "analytics/ground/conversions.html", context)
    return see_other("ground:conversions", slug)


@require_POST
@allowed(Verb.WRITE_SPEND)
def again(request: WorkspaceRequest, slug: str, target_id: UUID) -> HttpResponse:
    """Try what a counter did not take once more."""
    count = retry(_found(target_id), by=request.membership)
    words = ngettext("%(n)d is tried again", "%(n)d are tried again", count)
    messages.success(request, words % {"n": count})
    return see_other("ground:conversions", slug)


@require_POST
@allowed(Verb.WRITE_SPEND)
def disconnect(request: WorkspaceRequest, slug: str, target_id: UUID) -> HttpResponse:
    """Tell a counter no more."""
    disconnect_target(_found(target_id), by=request.membership)
    return see_other("ground:conversions", slug)


def _found(target_id: UUID) -> ConversionTarget:
    found: ConversionTarget = get_object_or_404(ConversionTarget.objects.all(), pk=target_id)
    return found


def _targets() -> list[tuple[ConversionTarget, dict[str, int]]]:
    """The counters, each with how many of its conversions are in which state."""
    counts: dict[UUID, dict[str, int]] = {}
    counted = Conversion.objects.values_list("target_id", "state").annotate(Count("id"))
    for target_id, state, count in counted.order_by():
        counts.setdefault(target_id, {})[state] = count
    nothing = dict.fromkeys(Conversion.State.values, 0)
    found = ConversionTarget.objects.order_by("id")
    return [(one, {**nothing, **counts.get(one.pk, {})}) for one in found]


def _context(request: WorkspaceRequest, form: TargetForm) -> dict[str, Any]:
    state = request.GET.get("state", "")
    rows = Conversion.objects.select_related("target").order_by("-id")
    if state in Conversion.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    names = Contact.objects.visible_to(request.membership).in_bulk(
        {one.contact_id for one in page.object_list}
    )
    return {
        **plain_frame(request, "links"),
        "form": form,
        "targets": _targets(),
        "page": page,
        "rows": [(one, names.get(one.contact_id)) for one in page.object_list],
        "states": [(key, label, key == state) for key, label in Conversion.State.choices],
        "state": state,
        "can_write": can(request.membership, Verb.WRITE_SPEND),
        "is_open": bool(form.errors),
    }
