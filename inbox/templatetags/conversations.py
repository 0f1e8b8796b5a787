"""Words and signs of the inbox: {{ message|rich_text }}, {% waiting_clock since %}."""

from datetime import datetime
from pathlib import PurePath
from typing import Any

import phonenumbers
from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts.models import Contact
from core.templatetags.icons import icon
from inbox import rich_text as rich
from inbox.models import Attachment, Conversation, Message
from inbox.models.message import Direction, Kind, Status
from inbox.promises import PROMISED_REPLY, RISK_AT

register = template.Library()

KIND_ICONS = {
    Kind.IMAGE: "image",
    Kind.VIDEO: "image",
    Kind.AUDIO: "mic",
    Kind.VOICE: "mic",
    Kind.FILE: "clip",
    Kind.STICKER: "smile",
    Kind.LOCATION: "globe",
    Kind.CONTACT: "user",
    Kind.ORDER: "bag",
}
STATUS_ICONS = {
    Status.QUEUED: "clock",
    Status.SENDING: "clock",
    Status.SENT: "sent",
    Status.DELIVERED: "read",
    Status.READ: "read",
    Status.UNKNOWN: "help",
    Status.FAILED: "fail",
}


@register.filter
def rich_text(message: Message) -> SafeString:
    """The text with its formatting, escaped."""
    return rich.render(message.text, message.entities)


@register.filter
def capped(count: int) -> str:
    """99+ from a hundred on."""
    return str(count) if count < 100 else "99+"


@register.filter
def minutes(seconds: float | None) -> str:
    """1:05 of a recording's 65 seconds."""
    whole = round(seconds or 0)
    return f"{whole // 60}:{whole % 60:02}"


@register.filter
def file_type(attachment: Attachment) -> str:
    """The few letters on a file's icon: PDF."""
    suffix = PurePath(attachment.name).suffix.removeprefix(".")
    return suffix[:4].upper() if suffix else ""


@register.filter
def kind_words(message: Message) -> str:
    """What a message without text is: Photo, Voice message."""
    return str(Kind(message.kind).label) if message.kind in Kind.values else message.kind


@register.filter
def file_url(attachment: Attachment, base: str) -> str:
    """Where the viewer's browser fetches a file."""
    return f"{base}{attachment.id}/"


@register.filter
def avatar_url(contact: Contact, base: str) -> str:
    """The customer's picture; empty when their platform shows none."""
    return f"{base}avatars/{contact.id}/" if contact.avatar else ""


@register.filter
def phone(number: str) -> str:
    """A phone number as people write it in its country."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.filter
def unlocalized(number: float) -> str:
    """For attributes: no thousands separators, no decimal comma."""
    return str(number)


@register.filter
def in_words(message_id: str) -> str:
    """A sentence that was stored untranslated, in the viewer's language."""
    return _(message_id) if message_id else ""


@register.simple_tag
def status_icon(message: Message) -> SafeString:
    """How far an outgoing message has come, as a sign and in hidden words."""
    words = Status(message.status).label
    sign = icon(STATUS_ICONS.get(Status(message.status), "clock"))
    css = "message__read" if message.status == Status.READ else "message__status"
    return format_html(
        '<span class="{}" title="{}">{}<span class="visually-hidden">{}</span></span>',
        css,
        words,
        sign,
        words,
    )


@register.simple_tag
def waiting_clock(since: datetime | None) -> SafeString | str:
    """How long the customer has waited for an answer; the browser keeps it going."""
    if since is None:
        return ""
    passed = timezone.now() - since
    state, words = "", _("Waits for a reply")
    if passed >= PROMISED_REPLY:
        state, words = "clock--late", _("The reply is overdue")
    elif passed >= PROMISED_REPLY * RISK_AT:
        state, words = "clock--risk", _("The reply is at risk")
    return format_html(
        '<waiting-clock class="clock {}" since="{}" promised="{}" risk-at="{}" title="{}"'
        ' data-calm="{}" data-risk="{}" data-late="{}">{}<span class="visually-hidden">{}: </span>'
        "<span data-time>{}</span></waiting-clock>",
        state,
        since.isoformat(timespec="seconds"),
        int(PROMISED_REPLY.total_seconds()),
        RISK_AT,
        words,
        _("Waits for a reply"),
        _("The reply is at risk"),
        _("The reply is overdue"),
        icon("clock"),
        words,
        _duration(int(passed.total_seconds())),
    )


@register.inclusion_tag("inbox/_last_message.html")
def last_message(conversation: Conversation) -> dict[str, Any]:
    """What the row of a conversation says of its last message. Reads columns of the row only."""
    direction, kind = conversation.last_message_direction, conversation.last_message_kind
    status = conversation.last_message_status
    text = conversation.last_message_text
    if kind and kind != Kind.TEXT and kind in Kind.values:
        text = text or str(Kind(kind).label)
    is_failed = direction == Direction.OUTGOING and status == Status.FAILED
    sign = KIND_ICONS.get(Kind(kind)) if kind in Kind.values else None
    if direction == Direction.INTERNAL:
        sign = "lock"
    elif direction == Direction.OUTGOING and (sign is None or is_failed):
        sign = STATUS_ICONS.get(Status(status)) if status in Status.values else None
    return {
        "sign": sign,
        "text": text,
        "is_failed": is_failed,
        "is_ours": direction == Direction.OUTGOING and not is_failed,
        "is_read": direction == Direction.OUTGOING and status == Status.READ,
    }


def _duration(seconds: int) -> str:
    """The twin of static/js/elements/waiting_clock.js."""
    for size, unit in ((86400, pgettext("short unit", "d")), (3600, pgettext("short unit", "h"))):
        if seconds >= size:
            return f"{number_format(seconds // size)}\N{NO-BREAK SPACE}{unit}"
    return f"{max(seconds, 0) // 60}\N{NO-BREAK SPACE}{pgettext('short unit', 'min')}"
