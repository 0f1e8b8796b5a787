"""Which widget an address on the web means, before anybody is known."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from channels_connectors.models import Channel
from livechat.appearance import Appearance
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

_SILENT = (Channel.Status.DISCONNECTED, Channel.Status.PAUSED)


@dataclass(frozen=True, slots=True)
class Widget:
    """A connected channel of kind livechat, as the public side needs it."""

    channel: Channel
    workspace_id: UUID
    company: str
    appearance: Appearance
    language: str  # of the workspace; the visitor's own is asked first

    @property
    def key(self) -> str:
        return str(self.channel.key)

    @property
    def title(self) -> str:
        return self.appearance.title or self.company


def find_widget(key: str) -> Widget | None:
    """The widget with this public key; None when there is none or it is switched off. Blocks."""
    with connection.cursor() as cursor:
        cursor.execute("select channel_id, workspace_id, kind from channel_by_key(%s)", [key])
        found = cursor.fetchone()
    if found is None or found[2] != "livechat":
        return None
    channel_id, workspace_id, _kind = found
    with workspace_scope(workspace_id):
        channel = Channel.objects.filter(pk=channel_id).exclude(status__in=_SILENT).first()
    if channel is None:
        return None
    workspace = Workspace.objects.get(pk=workspace_id)
    return Widget(
        channel=channel,
        workspace_id=workspace_id,
        company=workspace.name,
        appearance=Appearance.of(channel.settings),
        language=workspace.language,
    )
