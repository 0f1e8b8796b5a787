"""The steps after the credentials: does it work, who gets it, what next."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from channels_connectors.models import Channel
from channels_connectors.registry import connector_for, kinds
from core.http import invalid, see_other
from inbox import setup
from inbox.channel_links import chat_address
from inbox.connections import hook_address
from inbox.models import Message
from inbox.overview import label
from inbox.views.channels.people import PeoplePage
from inbox.views.channels.secrets import render_revealing
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

_Step = Channel.SetupStep


@require_safe
@allowed(Verb.MANAGE_CHANNELS)
def check(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """What the platform has told, and a first message to and fro. Renewed as news come."""
    found = _find(channel_id)
    context = {**_context(found, 2), **_test(found), "address": chat_address(found)}
    if request.headers.get("Turbo-Frame") == "setup_check":
        return render(request, "channels/_check.html", context)
    context["webhook_url"] = hook_address(found)
    return render_revealing(request, "channels/setup_check.html", context, found)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def people(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Team, distribution, access, working hours."""
    found = _find(channel_id)
    setup.go_on(found, _Step.PEOPLE)
    page = PeoplePage(request, found)
    context = {**_context(found, 3), **page.context()}
    if request.method != "POST":
        return render(request, "channels/setup_people.html", context)
    if page.is_valid():
        try:
            page.save()
        except ValidationError as refusal:
            page.refuse(refusal)
        else:
            setup.go_on(found, _Step.DONE)
            return see_other("channels:setup-done", slug, found.pk)
    return invalid(request, "channels/setup_people.html", context)


@require_safe
@allowed(Verb.MANAGE_CHANNELS)
def done(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """It is connected, and this is what comes next."""
    found = _find(channel_id)
    return render(request, "channels/setup_done.html", _context(found, 4))


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def onward(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Leave the test behind, passed or not."""
    found = _find(channel_id)
    setup.go_on(found, _Step.PEOPLE)
    return see_other("channels:setup-people", slug, found.pk)


def _find(channel_id: UUID) -> Channel:
    return get_object_or_404(
        Channel.objects.select_related("team").exclude(status=Channel.Status.DISCONNECTED),
        pk=channel_id,
    )


def _context(found: Channel, step: int) -> dict[str, Any]:
    return {
        "channel": found,
        "kind": found.kind,
        "label": label(found.kind),
        "step": step,
        "code": connector_for(found).embed_code() if found.kind in kinds() else "",
    }


def _test(found: Channel) -> dict[str, Any]:
    """The message that came and the reply that went, as they are now."""
    told = setup.tested(found)
    ids = [told[name] for name in ("message", "reply") if name in told]
    known = {str(one.pk): one for one in Message.objects.filter(pk__in=ids)} if ids else {}
    return {
        "seconds": told.get("seconds"),
        "refusal": told.get("refusal", ""),
        "incoming": known.get(told.get("message", "")),
        "reply": known.get(told.get("reply", "")),
    }
