"""Following a link: counted for its recipient, and a touch of the contact."""

from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from contacts.actions import record_touch
from contacts.models import Touch
from core.ids import uuid7
from events.journal import Actor
from marketing import links
from marketing.link_numbers import count_click
from marketing.models import BroadcastLink, BroadcastRecipient, TrackedLink
from marketing.statuses import tell_later
from marketing.tracked_links import target_of
from workspaces.scope import current_workspace_id, workspace_scope
from workspaces.zones import local_day

# Messengers and mail filters that look at addresses before a person does.
_MACHINES: Final = (
    *("bot", "crawler", "spider", "preview", "facebookexternalhit", "whatsapp", "vkshare"),
    *("skypeuripreview", "slackbot", "curl/", "python-", "headless", "okhttp", "go-http-client"),
)

_COUNT: Final = """
    insert into marketing_broadcastclick
        (id, workspace_id, created_at, link_id, recipient_id, count, first_at, last_at)
    values (%s, %s, now(), %s, %s, 1, now(), now())
    on conflict (workspace_id, recipient_id, link_id) do update
        set count = marketing_broadcastclick.count + 1, last_at = now()
"""


def workspace_of(recipient_id: UUID) -> UUID | None:
    """Whose recipient it is."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id from workspace_of_recipient(%s)", [recipient_id])
        row = cursor.fetchone()
    return row[0] if row else None


def is_machine(user_agent: str) -> bool:
    """Whether a program asks, by what it calls itself."""
    name = user_agent.lower()
    return not name or any(mark in name for mark in _MACHINES)


def follow(token: str, *, by_machine: bool) -> str | None:
    """Where the link leads; counted unless a machine asks. None for what leads nowhere."""
    opened = links.opened(token)
    if opened is None or (workspace_id := workspace_of(opened[0])) is None:
        return None
    recipient_id, number = opened
    with workspace_scope(workspace_id):
        recipient = (
            BroadcastRecipient.objects.filter(pk=recipient_id).select_related("broadcast").first()
        )
        if recipient is None:
            return None
        link = BroadcastLink.objects.filter(
            broadcast_id=recipient.broadcast_id, number=number
        ).first()
        if link is None or not links.is_safe(link.url):
            return None
        if not by_machine:
            _count(recipient, link)
        return str(link.url)


def follow_short(key: str, *, by_machine: bool) -> str:
    """Where a short link leads, "" for nowhere; counted unless a machine asks."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id from workspace_of_link(%s)", [key])
        row = cursor.fetchone()
    if row is None:
        return ""
    with workspace_scope(row[0]):
        link = TrackedLink.objects.select_related("channel").get(key=key)
        target = target_of(link)
        if target and not by_machine:
            count_click(link, local_day(timezone.now()))
        return target


def _count(recipient: BroadcastRecipient, link: BroadcastLink) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [uuid7(), current_workspace_id(), link.pk, recipient.pk])
    first = BroadcastRecipient.objects.filter(pk=recipient.pk, clicked_at=None)
    # Two clicks at once: one is the first.
    if not first.update(clicked_at=timezone.now()):
        return
    tell_later([recipient.broadcast_id])
    channel = recipient.channel
    record_touch(
        contact=recipient.contact,
        kind=Touch.Kind.DEEP_LINK,
        by=Actor("contact", recipient.contact_id),
        channel=channel,
        source=channel.kind if channel else "",
        medium="broadcast",
        campaign=recipient.broadcast.name[:200],
        content=recipient.variant if recipient.broadcast.variants else "",
        landing_page=link.url,
        data={"broadcast": str(recipient.broadcast_id)},
    )
