"""Credentials: of a new channel, of one that comes back, of one whose token has ended."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from channels_connectors.base import Connector
from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from core.http import invalid, see_other
from inbox import setup
from inbox.channel_forms import ConnectForm
from inbox.connections import connect_channel
from inbox.reconnecting import reconnect_channel
from inbox.views.channels import typed
from inbox.views.channels.secrets import reveal_later
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def new(request: WorkspaceRequest, slug: str, kind: str) -> HttpResponse:
    """The first step of a new channel: who it is."""
    connector = _connector(kind)
    context: dict[str, Any] = {"kind": kind, "label": connector.label, "step": 1}
    if request.method != "POST":
        return render(request, "channels/new.html", {**context, "form": ConnectForm(connector)})
    form = ConnectForm(connector, request.POST, typed=typed.secrets_before(request, kind))
    if form.is_valid():
        try:
            channel = connect_channel(
                kind=kind,
                credentials=form.credentials(),
                name=form.cleaned_data["name"],
                settings=form.settings(),
                by=request.membership,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            typed.forget(request)
            setup.begin(channel)
            reveal_later(request, channel)
            return see_other("channels:setup-check", slug, channel.pk)
    typed.keep(request, form, kind)
    form.point_at_wrong()
    return invalid(request, "channels/new.html", {**context, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def again(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """The same account once more: its conversations go on."""
    found = get_object_or_404(Channel.objects.select_related("team"), pk=channel_id)
    connector = _connector(found.kind)
    context: dict[str, Any] = {
        "kind": found.kind,
        "label": connector.label,
        "before": found,
        "step": 1 if found.setup_step else None,
    }
    if request.method != "POST":
        form = ConnectForm(connector, channel=found)
        return render(request, "channels/new.html", {**context, "form": form})
    place = str(found.pk)
    before = typed.secrets_before(request, place)
    form = ConnectForm(connector, request.POST, channel=found, typed=before)
    if form.is_valid():
        try:
            channel = reconnect_channel(
                found,
                credentials=form.credentials(),
                settings=form.settings(),
                by=request.membership,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            typed.forget(request)
            reveal_later(request, channel)
            if channel.setup_step:
                return see_other("channels:setup-check", slug, channel.pk)
            messages.success(request, _("The channel is connected"))
            return see_other("channels:channel", slug, channel.pk)
    typed.keep(request, form, place)
    form.point_at_wrong()
    return invalid(request, "channels/new.html", {**context, "form": form})


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def repair(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Set our address up on the platform once more, with what is stored."""
    found = get_object_or_404(Channel, pk=channel_id)
    if not found.is_connected:
        raise Http404
    try:
        reconnect_channel(found, by=request.membership)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The address is connected again"))
    return see_other("channels:channel", slug, found.pk)


def add_refusal(form: Any, refusal: ValidationError) -> None:
    """Put a refusal beside the fields it names, or above the form.

    What the platform says of the credentials stands at the field they were typed into, where that
    is known or there is but one that it can be about.
    """
    if hasattr(refusal, "error_dict"):
        for name, errors in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return
    blamed = getattr(refusal, "field", "")
    if blamed in form.fields:
        form.add_error(blamed, refusal)
        return
    asked = [field.name for field in form.connector.credential_fields]
    at_field = getattr(refusal, "code", "") in ("channel_auth", "other_account") and len(asked) == 1
    form.add_error(asked[0] if at_field else None, refusal)


def _connector(kind: str) -> type[Connector]:
    try:
        return connector_class(kind)
    except KeyError:
        raise Http404 from None
