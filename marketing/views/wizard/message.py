"""The third step: what it says, and how customers will see it."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from channels_connectors.models import Channel
from contacts.models import Contact
from core.conditions import InvalidCondition
from inbox.template_layouts import layout_of
from marketing import markup
from marketing.actions import add_file, remove_file, update_broadcast
from marketing.audience import audience_of
from marketing.forecast import Forecast, forecast
from marketing.forms.message import (
    MessageForm,
    approved,
    needs,
    template_fields,
    template_of,
)
from marketing.forms.tools import capabilities_of, toolbox
from marketing.forms.versions import version_fields
from marketing.models import Broadcast
from marketing.previews import preview as preview_of
from marketing.variables import missing_of, variables
from marketing.views.wizard.shared import channels_of, draft, go_on, show
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

HERE = "message"
MOST_SEEN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_BROADCASTS)
def message(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """The words on all channels and on single ones, files, buttons, a template, versions."""
    broadcast = draft(request, broadcast_id)
    channels = channels_of(broadcast)
    if request.method != "POST":
        return show(request, HERE, broadcast, _context(request, broadcast, channels))
    form = MessageForm(request.POST, broadcast=broadcast, channels=channels)
    if form.is_valid():
        try:
            stored = update_broadcast(broadcast, by=request.membership, **form.values)
            is_of_files = _files(request, stored)
        except ValidationError as refusal:
            form.errors["form"] = " ".join(refusal.messages)
        else:
            if is_of_files:
                request.POST = request.POST.copy()
                request.POST["go"] = "stay"
            return go_on(request, HERE, stored)
    shown = form.apply(draft(request, broadcast_id))
    context = _context(request, shown, channels) | {"errors": form.errors}
    return show(request, HERE, shown, context, is_invalid=True)


@require_POST
@allowed(Verb.WRITE_BROADCASTS)
def preview(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """What the form, which is not stored, would look like on a customer's phone."""
    broadcast = draft(request, broadcast_id)
    channels = channels_of(broadcast)
    form = MessageForm(request.POST, broadcast=broadcast, channels=channels)
    shown = form.apply(broadcast)
    return render(
        request, "marketing/wizard/_preview.html", seen(request, shown, channels, request.POST)
    )


def seen(
    request: WorkspaceRequest, broadcast: Broadcast, channels: list[Channel], asked: Any
) -> dict[str, Any]:
    """A phone that shows the message: on which channel, to whom, which version."""
    by_id = {str(channel.pk): channel for channel in channels}
    channel = by_id.get(str(asked.get("preview_channel") or "")) or next(iter(channels), None)
    if channel is None:
        return {"channels": []}
    people = _people(request, broadcast, channel)
    contact = next(
        (one for one in people if str(one.pk) == asked.get("preview_contact")),
        next(iter(people), None),
    )
    keys = [str(variant["key"]) for variant in broadcast.variants]
    variant = str(asked.get("preview_variant") or "")
    variant = variant if variant in keys else next(iter(keys), "")
    stands_in = contact or Contact(name=request.membership.name)
    return {
        "channels": channels,
        "channel": channel,
        "people": people,
        "contact": contact,
        "variants": keys,
        "variant": variant,
        "company": request.workspace.name,
        "shown": preview_of(broadcast, channel, stands_in, variant=variant),
        "missing": _missing(broadcast),
        "counts": _counts(broadcast, channels),
    }


def _people(request: WorkspaceRequest, broadcast: Broadcast, channel: Channel) -> list[Contact]:
    """Some of the audience, those who came last, and first those who are on the channel."""
    try:
        found = audience_of(broadcast) & Contact.objects.visible_to(request.membership)
        found = found.order_by("-created_at", "-id")
        here = list(found.filter(identities__channel=channel).distinct()[:MOST_SEEN])
        return here or list(found[:MOST_SEEN])
    except InvalidCondition:
        return []


def _forecast(broadcast: Broadcast) -> Forecast | None:
    try:
        return forecast(broadcast) if broadcast.channels else None
    except InvalidCondition:
        return None


def _missing(broadcast: Broadcast) -> list[Any]:
    try:
        return missing_of(broadcast, audience_of(broadcast))
    except InvalidCondition:
        return []


def _counts(broadcast: Broadcast, channels: list[Channel]) -> int:
    """The longest text that all of the channels take."""
    limits = [
        capabilities.caption_limit if broadcast.files else capabilities.text_limit
        for channel in channels
        if (capabilities := capabilities_of(channel)) is not None
    ]
    return min(limits, default=4096)


def _files(request: WorkspaceRequest, broadcast: Broadcast) -> bool:
    """Add what was chosen, take away what was crossed out; whether there was any of it."""
    uploads = request.FILES.getlist("files")
    for upload in uploads:
        add_file(broadcast, upload, by=request.membership)
    crossed = request.POST.get("remove_file", "")
    if crossed.isdecimal():
        remove_file(broadcast, int(crossed), by=request.membership)
    return bool(uploads) or crossed.isdecimal()


def message_context(broadcast: Broadcast, channels: list[Channel]) -> dict[str, Any]:
    """What the fields of a message are drawn from; those of a step of a series too."""
    asked = broadcast.template or {}
    chosen = template_of(channels, f"{asked.get('name')}|{asked.get('language')}")
    layout = layout_of(chosen) if chosen else None
    typed = markup.write(markup.Words(broadcast.text, broadcast.entities))
    return {
        "channels": channels,
        "typed": typed,
        "toolbox": toolbox(channels),
        "own_texts": [
            (channel, _typed(broadcast, channel), f"text-{channel.pk}", toolbox([channel]))
            for channel in channels
        ],
        "wants_subject": needs(channels, "subject"),
        "wants_template": needs(channels, "templates"),
        "takes_buttons": needs(channels, "buttons"),
        "templates": list({(t.name, t.language): t for t in approved(channels)}.values()),
        "template": chosen,
        "layout": layout,
        "template_fields": template_fields(layout, broadcast.template) if layout else [],
        "buttons": [button for row in broadcast.buttons for button in row],
        **version_fields(broadcast.variants),
        "variables": variables(),
        "limit": _counts(broadcast, channels),
    }


def _typed(broadcast: Broadcast, channel: Channel) -> str:
    """The words of a single channel, as they are typed."""
    for key in (str(channel.pk), channel.kind):
        if text := broadcast.texts.get(key):
            return markup.write(markup.Words(text, broadcast.texts_entities.get(key) or ()))
    return ""


def _context(
    request: WorkspaceRequest, broadcast: Broadcast, channels: list[Channel]
) -> dict[str, Any]:
    return {
        **message_context(broadcast, channels),
        "preview_url": reverse("broadcasts:preview", args=[request.workspace.slug, broadcast.pk]),
        "errors": {},
        "seen": seen(request, broadcast, channels, {}),
        "forecast": _forecast(broadcast),
        "is_new": not broadcast.text and not broadcast.template,
    }
