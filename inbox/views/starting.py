"""Writing first: the dialog behind the plus above the list."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels_connectors.models import Channel
from channels_connectors.registry import kinds
from core.http import invalid, see_other, turbo_stream
from inbox import outgoing
from inbox.actions import send_message, start_conversation
from inbox.actions.starting import Started, can_be_written_first
from inbox.forms import StartForm
from inbox.views import parts
from workspaces.permissions import Verb, require


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: through which channel, to whom, what. POST: open that conversation, write the text."""
    require(request.membership, Verb.WRITE_INBOX)
    channels = _channels(request)
    form = StartForm(request.POST or None, channels=channels)
    context = parts.base(request) | {
        "form": form,
        "channels": channels,
        "by_template": _those(channels, "templates"),
        "by_letter": _those(channels, "subject"),
    }
    if request.method != "POST":
        return render(request, "inbox/_start.html", context)
    if not form.is_valid():
        return invalid(request, "inbox/_start.html", context)
    asked = form.cleaned_data
    try:
        started = start_conversation(
            asked["channel"], asked["to"], name=asked["name"], by=request.membership
        )
        if asked["text"].strip():
            send_message(
                started.conversation,
                asked["text"],
                by=request.membership,
                client_id=asked["client_id"],
                subject=asked["subject"] if asked["channel"].pk in context["by_letter"] else "",
            )
    except ValidationError as error:
        form.add_error(None, error)
        return invalid(request, "inbox/_start.html", context)
    _tell(request, started)
    url = reverse("inbox:conversation", args=[slug, started.conversation.pk])
    if parts.accepts_page_only(request):
        return see_other(url)
    return turbo_stream(request, "inbox/streams/visit.html", {"url": url})


def _channels(request: HttpRequest) -> list[Channel]:
    """Those that take a first message of ours."""
    return [
        channel
        for channel in Channel.objects.visible_to(request.membership).order_by("name")
        if channel.can_send
        and channel.kind in kinds()
        and can_be_written_first(outgoing.capabilities_of(channel))
    ]


def _those(channels: list[Channel], capability: str) -> list[Any]:
    """Of the channels those that can: in which the first message is a template, or a letter."""
    return [
        channel.pk for channel in channels if getattr(outgoing.capabilities_of(channel), capability)
    ]


def _tell(request: HttpRequest, started: Started) -> None:
    if not started.is_new:
        messages.info(request, _("There is a conversation with this address already."))
    elif started.knows_contact:
        messages.info(
            request, _("This customer was known already: the conversation is on their card.")
        )
