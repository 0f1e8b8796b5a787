"""What the inbox's templates say of files: {{ attachment|file_url:files_url }}."""

from pathlib import PurePath

from django import template

from contacts.models import Contact
from inbox.models import Attachment

register = template.Library()


@register.filter
def file_url(attachment: Attachment, base: str) -> str:
    """Where the viewer's browser fetches a file."""
    return f"{base}{attachment.id}/"


@register.filter
def avatar_url(contact: Contact, base: str) -> str:
    """The customer's picture; empty when their platform shows none."""
    return f"{base}avatars/{contact.id}/" if contact.avatar else ""


@register.filter
def file_type(attachment: Attachment) -> str:
    """The few letters on a file's icon: PDF."""
    suffix = PurePath(attachment.name).suffix.removeprefix(".")
    return suffix[:4].upper() if suffix else ""


@register.filter
def unlocalized(number: float) -> str:
    """For attributes: no thousands separators, no decimal comma."""
    return str(number)


@register.filter
def minutes(seconds: float | None) -> str:
    """1:05 of a recording's 65 seconds."""
    whole = round(seconds or 0)
    return f"{whole // 60}:{whole % 60:02}"
