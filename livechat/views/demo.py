"""GET /demo/: a furniture shop that carries the demo workspace's chat, as a customer would."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from channels_connectors.models import Channel
from livechat.snippet import snippet
from workspaces.models import Workspace
from workspaces.scope import workspace_scope


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """The shop; 404 on an installation without the demo workspace."""
    workspace = Workspace.objects.filter(slug=settings.DEMO_WORKSPACE).first()
    if workspace is None:
        raise Http404
    with workspace_scope(workspace.id):
        channel = (
            Channel.objects.filter(kind="livechat", status=Channel.Status.ACTIVE)
            .order_by("created_at")
            .first()
        )
    tag = mark_safe(snippet(channel)) if channel else ""  # noqa: S308  escaped where it is made
    asked = request.GET.get("language", "")
    with override(asked if asked in dict(settings.LANGUAGES) else get_language()):
        page = csp_update(_policy())(render)
        return page(request, "livechat/demo.html", {"workspace": workspace, "snippet": tag})


def _policy() -> dict[str, list[str]]:
    """The script tag names our public address, whatever name the page was opened by."""
    return {"script-src": [settings.PUBLIC_URL], "frame-src": [SELF, settings.PUBLIC_URL]}
