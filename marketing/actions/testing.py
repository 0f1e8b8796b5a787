"""Sending a broadcast's words to oneself before anybody else gets them."""

import shutil
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events.journal import SYSTEM
from inbox.actions import send_message
from inbox.models import Attachment, Conversation, Message
from inbox.models.conversation import By
from marketing.actions.broadcasts import require_verb
from marketing.models import Broadcast
from marketing.previews import preview
from workspaces import storage
from workspaces.permissions import Verb


def send_test(
    broadcast: Broadcast, conversation: Conversation, *, by: By, variant: str = ""
) -> Message:
    """Send what this conversation's customer would get, now and to them alone.

    Nobody becomes a recipient by it, and links lead straight on. Raises `ValidationError` with the
    reason why they would get nothing, `PermissionDenied`.
    """
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    channel = conversation.channel
    if str(channel.pk) not in map(str, broadcast.channels):
        raise ValidationError(_("The broadcast does not go by this channel."), code="channels")
    shown = preview(broadcast, channel, conversation.contact, variant=variant)
    if shown.problem:
        raise ValidationError(shown.problem, code="unsendable")
    payload: dict[str, Any] = {}
    if shown.template:
        payload["template"] = shown.template
    elif shown.buttons:
        payload["buttons"] = shown.buttons
    return send_message(
        conversation,
        "" if shown.template else shown.text,
        by=SYSTEM,
        entities=shown.entities,
        attachments=[_copy(described) for described in broadcast.files],
        subject=shown.subject,
        payload=payload or None,
    )


def _copy(described: dict[str, Any]) -> Attachment:
    """A file of its own: the message may be erased, the broadcast's file stays."""
    source = storage.absolute(described["path"])
    if not source.is_file():
        raise ValidationError(_("A file of this message is missing."), code="file")
    path = storage.new_path()
    target = storage.absolute(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    kept = ("kind", "name", "mime", "size", "width", "height")
    made: Attachment = Attachment.objects.create(
        **{name: described[name] for name in kept},
        path=path,
        status=Attachment.Status.READY,
        reference={},
    )
    return made
