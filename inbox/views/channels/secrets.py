"""Secrets that we made for the admin: shown once, on the page that comes after the connecting."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render

from channels_connectors.models import Channel
from core.crypto import decrypt, encrypt
from workspaces.requests import WorkspaceRequest

_REVEALED: Final = "revealed-"


def reveal_later(request: WorkspaceRequest, channel: Channel) -> None:
    """Keep what `connect_channel` made until a page shows it."""
    if channel.revealed:
        sealed = encrypt(dict(channel.revealed)).decode()
        request.session[f"{_REVEALED}{channel.pk}"] = sealed


def render_revealing(
    request: WorkspaceRequest, template: str, context: dict[str, Any], channel: Channel
) -> HttpResponse:
    """A page with the channel's new secret in its context, the first time that a person looks."""
    secret = "" if _is_glance(request) else _revealed(request, channel).get("secret", "")
    response = render(request, template, {**context, "secret": secret})
    if secret:
        response.headers["Cache-Control"] = "no-store"
    return response


def _revealed(request: WorkspaceRequest, channel: Channel) -> dict[str, str]:
    sealed = request.session.pop(f"{_REVEALED}{channel.pk}", "")
    try:
        found: dict[str, str] = decrypt(sealed.encode()) if sealed else {}
    except ValueError:
        found = {}
    return found


def _is_glance(request: WorkspaceRequest) -> bool:
    """A page that is fetched ahead of a click must not use up what is shown once."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "X-Sec-Purpose"))
    return request.method != "GET" or any("prefetch" in purpose for purpose in purposes)
