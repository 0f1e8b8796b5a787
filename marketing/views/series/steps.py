"""The steps of a series: adding, changing, moving, taking out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from contacts.models import Contact
from core.http import invalid, see_other
from marketing.actions import add_step, move_step, remove_step, update_step
from marketing.actions.series_steps import MESSAGE, add_step_file, remove_step_files
from marketing.forms.message import MessageForm
from marketing.forms.series import TimingForm
from marketing.models import Broadcast, Series, SeriesStep
from marketing.previews import preview as preview_of
from marketing.views.series.finding import find, find_step
from marketing.views.wizard.message import message_context
from marketing.views.wizard.shared import channels_of
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

STEP = "marketing/series/step.html"
MOST_SEEN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_BROADCASTS)
def new(request: WorkspaceRequest, slug: str, series_id: UUID) -> HttpResponse:
    """Another step at the end."""
    return _edit(request, find(request, series_id), None)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_BROADCASTS)
def step(request: WorkspaceRequest, slug: str, series_id: UUID, step_id: UUID) -> HttpResponse:
    """When it comes, for whom, and what it says."""
    one = find_step(request, series_id, step_id)
    return _edit(request, one.series, one)


@require_POST
@allowed(Verb.WRITE_BROADCASTS)
def preview(request: WorkspaceRequest, slug: str, series_id: UUID) -> HttpResponse:
    """What the form, which is not stored, would look like on a customer's phone."""
    series = find(request, series_id)
    broadcast = _message(series, None)
    form = MessageForm(request.POST, broadcast=broadcast, channels=channels_of(broadcast))
    shown = form.apply(broadcast)
    return render(request, "marketing/wizard/_preview.html", _seen(request, shown, request.POST))


@require_POST
@allowed(Verb.WRITE_BROADCASTS)
def removal(request: WorkspaceRequest, slug: str, series_id: UUID, step_id: UUID) -> HttpResponse:
    """Whoever waits for it goes on to the next."""
    one = find_step(request, series_id, step_id)
    try:
        with transaction.atomic():
            remove_step(one, by=request.membership)
    except ValidationError as error:
        messages.warning(request, error.messages[0])
    return see_other("series:series", slug, series_id)


@require_POST
@allowed(Verb.WRITE_BROADCASTS)
def move(request: WorkspaceRequest, slug: str, series_id: UUID, step_id: UUID) -> HttpResponse:
    """Put it into another place: `to` counts from 0."""
    one = find_step(request, series_id, step_id)
    to = request.POST.get("to", "")
    try:
        if to.isdecimal() and len(to) < 4:
            with transaction.atomic():
                move_step(one, to=int(to), by=request.membership)
    except ValidationError as error:
        messages.warning(request, error.messages[0])
    return see_other("series:series", slug, series_id)


def _edit(request: WorkspaceRequest, series: Series, one: SeriesStep | None) -> HttpResponse:
    broadcast = _message(series, one)
    channels = channels_of(broadcast)
    if request.method != "POST":
        timing = TimingForm(step=one)
        return render(request, STEP, _context(request, series, one, broadcast, timing))
    timing = TimingForm(request.POST, step=one)
    form = MessageForm(request.POST, broadcast=broadcast, channels=channels)
    errors = form.errors
    if timing.is_valid() and form.is_valid():
        said = {name: value for name, value in form.values.items() if name in MESSAGE}
        try:
            stored = _store(request, series, one, {**said, **timing.values})
        except ValidationError as refusal:
            errors["form"] = " ".join(refusal.messages)
        else:
            if request.POST.get("go") == "stay":
                return see_other("series:step", request.workspace.slug, series.pk, stored.pk)
            return see_other("series:series", request.workspace.slug, series.pk)
    shown = form.apply(_message(series, one))
    context = _context(request, series, one, shown, timing) | {"errors": errors}
    return invalid(request, STEP, context)


def _store(
    request: WorkspaceRequest, series: Series, one: SeriesStep | None, values: dict[str, Any]
) -> SeriesStep:
    if one is None:
        stored = add_step(series, by=request.membership, **values)
    else:
        stored = update_step(one, by=request.membership, **values)
    if "remove_files" in request.POST:
        stored = remove_step_files(stored, by=request.membership)
    for upload in request.FILES.getlist("files"):
        stored = add_step_file(stored, upload, by=request.membership)
    return stored


def _message(series: Series, one: SeriesStep | None) -> Broadcast:
    """A step's broadcast, or what a new one's would be; not stored by what follows."""
    if one is not None:
        found: Broadcast = Broadcast.objects.get(pk=one.broadcast_id)
        return found
    return Broadcast(name=series.name, channels=series.channels, is_rolling=True)


def _seen(request: WorkspaceRequest, broadcast: Broadcast, asked: Any) -> dict[str, Any]:
    """A phone that shows the message to some customer."""
    channels = channels_of(broadcast)
    by_id = {str(channel.pk): channel for channel in channels}
    channel = by_id.get(str(asked.get("preview_channel") or "")) or next(iter(channels), None)
    if channel is None:
        return {"channels": []}
    known = Contact.objects.visible_to(request.membership)
    people = list(known.filter(identities__channel=channel).distinct()[:MOST_SEEN])
    contact = next(
        (one for one in people if str(one.pk) == asked.get("preview_contact")),
        next(iter(people), None),
    )
    stands_in = contact or Contact(name=request.membership.name)
    keys = [str(variant["key"]) for variant in broadcast.variants]
    variant = str(asked.get("preview_variant") or "")
    variant = variant if variant in keys else next(iter(keys), "")
    return {
        "channels": channels,
        "channel": channel,
        "people": people,
        "contact": contact,
        "variants": keys,
        "variant": variant,
        "company": request.workspace.name,
        "shown": preview_of(broadcast, channel, stands_in, variant=variant),
        "missing": [],
    }


def _context(
    request: WorkspaceRequest,
    series: Series,
    one: SeriesStep | None,
    broadcast: Broadcast,
    timing: TimingForm,
) -> dict[str, Any]:
    slug = request.workspace.slug
    return {
        **message_context(broadcast, channels_of(broadcast)),
        "slug": slug,
        "series": series,
        "step": one,
        "broadcast": broadcast,
        "timing": timing,
        "errors": {},
        "is_new": one is None,
        "is_first": one is not None and one.position == 0,
        "seen": _seen(request, broadcast, {}),
        "preview_url": reverse("series:preview", args=[slug, series.pk]),
        "count_url": reverse("segments:count", args=[slug]),
    }
