"""What must hold before a message may be changed. Says no in words that an agent understands."""

from datetime import timedelta
from typing import Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox import outgoing
from inbox.models import Conversation, Message
from inbox.models.conversation import By
from inbox.models.message import Direction, Kind, Status
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, can, require

# The kinds whose words are ours to change.
WORDED: Final = frozenset(
    {Kind.TEXT, Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.VOICE, Kind.FILE, Kind.TEMPLATE}
)


def check_may_change(message: Message, by: By) -> None:
    """Raise `PermissionDenied` unless the message is their own or they may change all."""
    if not isinstance(by, Membership | ApiToken):
        return
    require(by, Verb.WRITE_INBOX)
    if isinstance(by, Membership):
        is_own = message.author_id == by.id
    else:
        is_own = message.author_id is None and message.sender_name == by.name
    if not is_own and not can(by, Verb.CHANGE_OTHERS):
        raise PermissionDenied


def check_is_ours(message: Message) -> None:
    """Raise `ValidationError` for what the customer said, and for what is gone."""
    if message.direction == Direction.INCOMING:
        raise ValidationError(_("Only our own messages can be changed."), code="not_ours")
    check_is_there(message)


def check_is_there(message: Message) -> None:
    """Raise `ValidationError` for a deleted message."""
    if message.deleted_at is not None:
        raise ValidationError(_("This message is deleted."), code="deleted")


def check_edit(conversation: Conversation, message: Message, text: str) -> None:
    """Raise `ValidationError` when the platform would not let the message say this."""
    capabilities = outgoing.capabilities_of(conversation.channel)
    if message.kind not in WORDED or message.payload.get("template"):
        raise ValidationError(_("A message of this kind cannot be edited."), code="kind")
    has_files = message.attachments.exists()
    outgoing.check_words(text, capabilities, has_files=has_files)
    if message.status in {Status.QUEUED, Status.FAILED}:
        return
    if not capabilities.edit:
        raise ValidationError(_("Sent messages cannot be edited in this channel."), code="edit")
    _check_known(message)
    hours = capabilities.edit_hours
    if _is_older(message, hours):
        raise ValidationError(
            ngettext(
                "Here messages can be edited for %(count)d hour after sending.",
                "Here messages can be edited for %(count)d hours after sending.",
                round(hours or 0),
            ),
            code="too_late",
            params={"count": round(hours or 0)},
        )


def check_delete(conversation: Conversation, message: Message) -> None:
    """Raise `ValidationError` when the platform would not take the message back."""
    capabilities = outgoing.capabilities_of(conversation.channel)
    if not capabilities.delete:
        raise ValidationError(_("Sent messages cannot be deleted in this channel."), code="delete")
    _check_known(message)
    hours = capabilities.delete_hours
    if _is_older(message, hours):
        raise ValidationError(
            ngettext(
                "Here messages can be deleted for %(count)d hour after sending.",
                "Here messages can be deleted for %(count)d hours after sending.",
                round(hours or 0),
            ),
            code="too_late",
            params={"count": round(hours or 0)},
        )


def check_reaction(conversation: Conversation, message: Message, emoji: str) -> None:
    """Raise `ValidationError` when the platform has no such reaction on such a message."""
    check_is_there(message)
    if message.direction == Direction.INTERNAL:
        raise ValidationError(_("Notes take no reactions."), code="note")
    capabilities = outgoing.capabilities_of(conversation.channel)
    if not capabilities.reactions:
        raise ValidationError(_("This channel has no reactions."), code="reactions")
    allowed = capabilities.reaction_emojis
    if emoji and ((allowed and emoji not in allowed) or len(emoji) > 40 or " " in emoji):
        raise ValidationError(_("This channel has no such reaction."), code="emoji")
    if message.direction == Direction.OUTGOING:
        _check_known(message)
    elif not message.external_id:
        raise ValidationError(_("The platform does not know this message."), code="unknown")


def _check_known(message: Message) -> None:
    """One that is being sent will be known in a moment."""
    if message.status == Status.SENDING:
        return
    if message.status in {Status.QUEUED, Status.FAILED}:
        raise ValidationError(_("This message has not been sent yet."), code="unsent")
    if message.status == Status.UNKNOWN:
        raise ValidationError(
            _("Say first whether this message arrived: the connection broke while it was sent."),
            code="uncertain",
        )
    if not message.external_id:
        raise ValidationError(_("The platform does not know this message."), code="unknown")


def _is_older(message: Message, hours: float | None) -> bool:
    return hours is not None and message.sent_at < timezone.now() - timedelta(hours=hours)
