"""The first message through a new channel, and our answer to it: proof that both ways are open."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from events import types
from events.journal import SYSTEM, record
from events.models import Event
from inbox.actions import send_message
from inbox.models import Message
from workspaces.models import Workspace
from workspaces.scope import current_workspace_id

ACTIONS: Final = (types.MESSAGE_RECEIVED,)
# What took longer was said before we listened.
LONGEST_WAY: Final = 60.0
# An admin who has left the page half-way tests nothing any more.
WATCHED: Final = timedelta(minutes=30)


def begin(channel: Channel) -> None:
    """Wait for the admin's message."""
    channel.setup_step = Channel.SetupStep.CHECK
    channel.health = {**channel.health, "setup": {"since": timezone.now().isoformat()}}
    channel.save(update_fields=["setup_step", "health"])


def go_on(channel: Channel, step: str) -> None:
    """The admin has come to this step; "" is the end."""
    if channel.setup_step and channel.setup_step != step:
        channel.setup_step = step
        channel.save(update_fields=["setup_step"])


def on_events(events: list[Event]) -> None:
    """Answer the first message of each channel that is being set up."""
    first: dict[UUID, Event] = {}
    for event in events:
        if "channel" in event.data:
            first.setdefault(UUID(event.data["channel"]), event)
    waiting = Channel.objects.filter(
        pk__in=first, setup_step=Channel.SetupStep.CHECK
    ).select_for_update(no_key=True)
    for channel in waiting:
        found = tested(channel)
        since = datetime.fromisoformat(found.get("since") or channel.created_at.isoformat())
        if "message" not in found and timezone.now() - since < WATCHED:
            _answer(channel, first[channel.pk])


def tested(channel: Channel) -> dict[str, Any]:
    """`{since, message, seconds, reply}` of the test; only `since` before the message comes."""
    found: dict[str, Any] = channel.health.get("setup") or {}
    return found


def _answer(channel: Channel, event: Event) -> None:
    message = (
        Message.objects.select_related("conversation__channel", "conversation__identity")
        .filter(pk=event.subject_id)
        .first()
    )
    if message is None:
        return
    seconds = max(0.1, (message.created_at - message.sent_at).total_seconds())
    found = {**tested(channel), "message": str(message.pk)}
    if seconds < LONGEST_WAY:
        found["seconds"] = round(seconds, 1)
    workspace = Workspace.objects.get(pk=current_workspace_id())
    with translation.override(workspace.language):
        # A real customer may be the first: the words are good for them too.
        text = _("Thank you, your message has come.")
    try:
        with transaction.atomic():
            reply = send_message(message.conversation, text, by=SYSTEM, cc=())
            reply.payload = {**reply.payload, "auto": "test"}
            reply.save(update_fields=["payload"])
            found["reply"] = str(reply.pk)
    except ValidationError as refusal:
        found["refusal"] = refusal.messages[0]
    channel.health = {**channel.health, "setup": found}
    channel.save(update_fields=["health"])
    record(types.CHANNEL_TESTED, subject=channel, by=SYSTEM, data={"message": found["message"]})
