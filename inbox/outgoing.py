"""What must hold before a message may be queued. Says no in words that an agent understands."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from channels_connectors.types import Capabilities
from inbox.models import Attachment, Conversation

NOTE_LIMIT: Final = 16_000
MOST_ATTACHMENTS: Final = 10


def clean_text(text: str) -> str:
    """Without what PostgreSQL cannot store, and without the space around it."""
    return text.replace("\0", "").strip()


def text_length(text: str) -> int:
    """In UTF-16 units, as messengers and browsers count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_note(text: str, attachments: Sequence[Attachment]) -> None:
    """Raise `ValidationError` when there is nothing in a note, or too much."""
    _check_not_empty(text, attachments)
    _check_length(text, NOTE_LIMIT)


def check_message(conversation: Conversation, text: str, attachments: Sequence[Attachment]) -> None:
    """Raise `ValidationError` when the conversation's platform would not take this."""
    capabilities = capabilities_of(conversation.channel)
    _check_not_empty(text, attachments)
    _check_length(text, capabilities.text_limit)
    _check_files(attachments, capabilities.max_file_bytes)
    _check_window(conversation, capabilities)


def check_words(text: str, capabilities: Capabilities, *, has_files: bool) -> None:
    """Raise `ValidationError` when a sent message may not come to say this."""
    if not text and not has_files:
        raise ValidationError(_("Write a text. To take a message back, delete it."), code="empty")
    _check_length(text, capabilities.caption_limit if has_files else capabilities.text_limit)


def capabilities_of(channel: Channel) -> Capabilities:
    """What the channel's platform can do; raises `ValidationError` when nothing can be sent."""
    if channel.status == Channel.Status.DISCONNECTED:
        raise ValidationError(
            _("This channel is disconnected. Connect it again to write."), code="disconnected"
        )
    try:
        return connector_class(channel.kind).capabilities_with(channel.settings)
    except KeyError:
        raise ValidationError(
            _("This installation cannot write to this kind of channel."), code="unknown_kind"
        ) from None


def _check_not_empty(text: str, attachments: Sequence[Attachment]) -> None:
    if not text and not attachments:
        raise ValidationError(_("Write a text or add a file."), code="empty")


def _check_length(text: str, limit: int) -> None:
    excess = text_length(text) - limit
    if excess > 0:
        raise ValidationError(
            ngettext(
                "The text is %(count)d character too long.",
                "The text is %(count)d characters too long.",
                excess,
            ),
            code="too_long",
            params={"count": excess},
        )


def _check_files(attachments: Sequence[Attachment], most_bytes: int) -> None:
    if len(attachments) > MOST_ATTACHMENTS:
        raise ValidationError(
            _("At most %(count)d files go with one message."),
            code="too_many_files",
            params={"count": MOST_ATTACHMENTS},
        )
    for attachment in attachments:
        if (attachment.size or 0) > most_bytes:
            raise ValidationError(
                _("The file %(name)s is larger than %(limit)d MB."),
                code="file_too_large",
                params={"name": attachment.name, "limit": most_bytes // (1024 * 1024)},
            )


def _check_window(conversation: Conversation, capabilities: Capabilities) -> None:
    hours = capabilities.window_hours
    if hours is None:
        return
    latest = conversation.last_incoming_at
    if latest is not None and latest < timezone.now() - timedelta(hours=hours):
        raise ValidationError(
            ngettext(
                "More than %(count)d hour has passed since the customer's last message. "
                "The platform lets us write again when they do.",
                "More than %(count)d hours have passed since the customer's last message. "
                "The platform lets us write again when they do.",
                hours,
            ),
            code="window_closed",
            params={"count": hours},
        )
