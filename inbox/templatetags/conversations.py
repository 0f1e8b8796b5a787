"""Words and signs of messages: {{ message|rich_text }}, {% status_icon message %}."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from channels_connectors.registry import connector_class, kinds
from contacts import languages, phones
from contacts.models import Touch
from core.templatetags.icons import icon
from inbox import rich_text as rich
from inbox.models import Conversation, Message
from inbox.models.message import Direction, Kind, Status
from inbox.templatetags.conversation_rows import Row

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
KINDS = frozenset(Kind.values)
FAILED = '{}<span class="conversation-row__failed">{}: {}</span>'


@register.filter
def rich_text(message: Message) -> SafeString:
    """The text with its formatting, escaped."""
    return rich.render(message.text, message.entities)


@register.filter
def capped(count: int) -> str:
    """99+ from a hundred on."""
    return str(count) if count < 100 else "99+"


@register.filter
def kind_words(message: Message) -> str:
    """What a message without text is: Photo, Voice message."""
    return str(Kind(message.kind).label) if message.kind in Kind.values else message.kind


@register.filter
def touch_words(touch: Touch) -> str:
    """How a customer came: Telegram · spring-sale, Direct visit."""
    names = touch.names
    if names and touch.source in kinds():
        names = [str(connector_class(touch.source).label), *names[1:]]
    if not names and touch.kind == Touch.Kind.VISIT:
        return _("Direct visit to the website")
    return " · ".join(names) or touch.get_kind_display()


@register.filter
def phone(number: str) -> str:
    """A phone number as people write it in its country."""
    return phones.in_words(number)


@register.filter
def language_words(code: str) -> str:
    """A language by its name, as `ru` and `en-US` have one; another code as it is."""
    return languages.named(code)


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
def last_message(conversation: Conversation | Row) -> SafeString:
    """What the row of a conversation says of its last message. Reads columns of the row only."""
    direction, kind = conversation.last_message_direction, conversation.last_message_kind
    status, text = conversation.last_message_status, conversation.last_message_text
    if kind in KINDS and kind != Kind.TEXT:
        text = text or str(Kind(kind).label)
    if direction == Direction.OUTGOING and status == Status.FAILED:
        words = _("Not sent")
        return format_html(FAILED, icon("fail"), words, text)
    name = KIND_ICONS.get(kind)  # type: ignore[call-overload]
    if direction == Direction.INTERNAL:
        name = "lock"
    elif direction == Direction.OUTGOING and name is None:
        name = STATUS_ICONS.get(status)  # type: ignore[call-overload]
    is_read = direction == Direction.OUTGOING and status == Status.READ
    sign = icon(name, "conversation-row__seen" if is_read else "") if name else ""
    return format_html("{}<span>{}</span>", sign, text or "…")
