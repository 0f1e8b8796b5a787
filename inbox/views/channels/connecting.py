"""Connecting an account, for the first time or again."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels_connectors.base import Connector
from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from core.crypto import decrypt, encrypt
from core.http import invalid, see_other
from inbox.channel_forms import ConnectForm
from inbox.connections import connect_channel
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

_REVEALED: Final = "revealed-"


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def new(request: WorkspaceRequest, slug: str, kind: str) -> HttpResponse:
    """A form for a new channel of this kind."""
    return _connect(request, slug, kind, None)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def again(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """The same for a channel that was disconnected: its conversations go on."""
    found = get_object_or_404(
        Channel.objects.select_related("team"),
        pk=channel_id,
        status=Channel.Status.DISCONNECTED,
    )
    return _connect(request, slug, found.kind, found)


def _connect(
    request: WorkspaceRequest, slug: str, kind: str, before: Channel | None
) -> HttpResponse:
    connector = _connector(kind)
    context: dict[str, Any] = {"kind": kind, "label": connector.label, "before": before}
    if request.method != "POST":
        initial = (
            {"name": before.name, "team": before.team, "routing": before.routing} if before else {}
        )
        form = ConnectForm(connector, initial=initial)
        return render(request, "channels/new.html", {**context, "form": form})
    form = ConnectForm(connector, request.POST)
    if form.is_valid():
        kept = dict(before.settings) if before else {}
        try:
            channel = connect_channel(
                kind=kind,
                credentials=form.credentials(),
                name=form.cleaned_data["name"],
                settings={**kept, **form.settings()},
                again=before,
                by=request.membership,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The channel is connected"))
            reveal_later(request, channel)
            return see_other("channels:channel", slug, channel.pk)
    return invalid(request, "channels/new.html", {**context, "form": form})


def reveal_later(request: WorkspaceRequest, channel: Channel) -> None:
    """Keep the secrets that were made for the admin until the channel's page shows them."""
    if channel.revealed:
        sealed = encrypt(dict(channel.revealed)).decode()
        request.session[f"{_REVEALED}{channel.pk}"] = sealed


def revealed(request: WorkspaceRequest, channel: Channel) -> dict[str, str]:
    """They, once: the next look finds nothing."""
    sealed = request.session.pop(f"{_REVEALED}{channel.pk}", "")
    try:
        found: dict[str, str] = decrypt(sealed.encode()) if sealed else {}
    except ValueError:
        found = {}
    return found


def add_refusal(form: Any, refusal: ValidationError) -> None:
    """Put a refusal beside the fields it names, or above the form."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def _connector(kind: str) -> type[Connector]:
    try:
        return connector_class(kind)
    except KeyError:
        raise Http404 from None
