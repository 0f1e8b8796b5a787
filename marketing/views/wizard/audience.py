"""The first step: to whom."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contacts.models import Contact
from core.conditions import InvalidCondition
from marketing import limits
from marketing.actions import create_broadcast, set_ad_hoc, update_broadcast
from marketing.audience import contacts_in, fulfilling
from marketing.forms.audience import CONDITIONS, AudienceForm
from marketing.models import Broadcast, Segment
from marketing.shares import shares_of
from marketing.views.wizard.shared import draft, go_on, show
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

HERE = "audience"


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_BROADCASTS)
def new(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """GET: an empty first step; `?segment=` is chosen. POST: the draft begins to exist."""
    return _step(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_BROADCASTS)
def audience(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """To whom a draft goes."""
    return _step(request, draft(request, broadcast_id))


@require_safe
@allowed(Verb.WRITE_BROADCASTS)
def reach(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Who of the audience that the form describes can be written to. What is incomplete or cannot
    be read shows nothing."""
    form = AudienceForm({"name": "-", **request.GET.dict()}, viewer=request.membership)
    return render(request, "marketing/segments/reach.html", {"shares": _shares(form)})


def _step(request: WorkspaceRequest, broadcast: Broadcast | None) -> HttpResponse:
    member = request.membership
    if request.method != "POST":
        chosen = _uuid(request.GET.get("segment"))
        form = AudienceForm(viewer=member, broadcast=broadcast, segment=chosen)
        return show(request, HERE, broadcast, _context(request, form))
    form = AudienceForm(request.POST, viewer=member, broadcast=broadcast)
    if form.is_valid():
        try:
            return go_on(request, HERE, _store(form, broadcast, member))
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
    return show(request, HERE, broadcast, _context(request, form), is_invalid=True)


def _store(form: AudienceForm, broadcast: Broadcast | None, by: Any) -> Broadcast:
    values, segment = form.values, form.cleaned_data["segment"]
    before = broadcast.segment if broadcast is not None else None
    if form.is_ad_hoc:
        name = _("For “%(name)s”") % {"name": values["name"][:100]}
        segment = set_ad_hoc(before, name=name, conditions=form.builder.document, by=by)
    if broadcast is None:
        return create_broadcast(by=by, segment=segment, **values)
    stored = update_broadcast(broadcast, by=by, segment=segment, **values)
    if before is not None and before.is_ad_hoc and before.pk != segment.pk:
        before.delete()
    return stored


def _shares(form: AudienceForm) -> Any:
    if not form.is_valid():
        return None
    said = form.cleaned_data
    try:
        if said["who"] == CONDITIONS:
            found = Contact.objects.filter(fulfilling(form.builder.document))
        else:
            found = contacts_in(said["segment"])
        if form.exclusions.is_asked:
            found = found.filter(~fulfilling(form.exclusions.document))
        if said["has_cap"]:
            found = found.filter(
                limits.rested(Broadcast(frequency_cap=form.values["frequency_cap"]))
            )
        return shares_of(found, consent=said["consent_policy"])
    except InvalidCondition:
        return None


def _context(request: WorkspaceRequest, form: AudienceForm) -> dict[str, Any]:
    slug = request.workspace.slug
    known = Segment.objects.visible_to(request.membership).listed()
    return {
        "form": form,
        "has_segments": known.exists(),
        "count_url": reverse("segments:count", args=[slug]),
        "reach_url": reverse("broadcasts:audience-reach", args=[slug]),
        "general_cap": limits.settings_in_scope().frequency_cap,
    }


def _uuid(text: str | None) -> str:
    try:
        return str(UUID(text or ""))
    except ValueError:
        return ""
