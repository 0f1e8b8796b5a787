"""What must hold before a message may be queued. Says no in words that an agent understands."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from channels_connectors.types import Capabilities
from inbox import payloads
from inbox.models import Attachment, Conversation
from inbox.payloads import Content
from inbox.windows import Window, window_of

NOTE_LIMIT: Final = 16_000


def clean_text(text: str) -> str:
    """Without what PostgreSQL cannot store, and without the space around it."""
    return text.replace("\0", "").strip()


def text_length(text: str) -> int:
    """In UTF-16 units, as messengers and browsers count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_note(
    text: str, attachments: Sequence[Attachment], payload: Mapping[str, Any] | None = None
) -> None:
    """Raise `ValidationError` when there is nothing in a note, or too much."""
    if payload and any(payload.values()):
        raise ValidationError(_("A note is words and files."), code="payload")
    _check_not_empty(text, attachments)
    _check_length(text, NOTE_LIMIT)


def check_message(
    conversation: Conversation,
    text: str,
    attachments: Sequence[Attachment],
    payload: Mapping[str, Any] | None = None,
) -> Content:
    """What the message consists of. Raises `ValidationError` when the platform would not take it.

    A template may be sent at any time, anything else inside of the platform's window only.
    """
    capabilities = capabilities_of(conversation.channel)
    content = payloads.clean(
        payload or {}, conversation, capabilities, text=text, attachments=attachments
    )
    if not content.kind:
        _check_not_empty(text, attachments)
    if not content.is_template:
        _check_length(text, capabilities.text_limit)
        _check_window(conversation, capabilities)
    _check_files(attachments, capabilities)
    return content


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


def _check_files(attachments: Sequence[Attachment], capabilities: Capabilities) -> None:
    most, most_bytes = capabilities.max_attachments, capabilities.max_file_bytes
    if len(attachments) > most:
        raise ValidationError(
            ngettext(
                "At most %(count)d file goes with one message here.",
                "At most %(count)d files go with one message here.",
                most,
            ),
            code="too_many_files",
            params={"count": most},
        )
    for attachment in attachments:
        if (attachment.size or 0) > most_bytes:
            raise ValidationError(
                _("The file %(name)s is larger than %(limit)d MB."),
                code="file_too_large",
                params={"name": attachment.name, "limit": most_bytes // (1024 * 1024)},
            )


def _check_window(conversation: Conversation, capabilities: Capabilities) -> None:
    window = window_of(conversation, capabilities)
    if window is None or window.is_open:
        return
    if window.opened_at is None and capabilities.can_write_first and not capabilities.templates:
        return
    raise ValidationError(closed_words(window, capabilities), code="window_closed")


def closed_words(window: Window, capabilities: Capabilities) -> str:
    """Why one cannot write freely now, and what one can do."""
    if window.opened_at is None:
        said = _("The customer has not written yet.")
    else:
        said = ngettext(
            "More than %(count)d hour has passed since the customer's last message.",
            "More than %(count)d hours have passed since the customer's last message.",
            window.hours,
        ) % {"count": window.hours}
    if capabilities.templates:
        way = _("Only a template can be sent.")
    else:
        way = _("The platform lets us write again when they do.")
    return f"{said} {way}"
