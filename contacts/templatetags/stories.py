"""What the pages of contacts write: icons and addresses of their story."""

from typing import Any, Final

from django import template
from django.urls import NoReverseMatch, reverse

from contacts.timeline import Line

register = template.Library()

ICONS: Final = {
    "touch": "globe", "messages": "inbox", "conversation": "panes", "deal": "board",
    "money": "bag", "task": "task", "contact": "user", "consent": "megaphone",
}  # fmt: skip


@register.filter
def story_icon(kind: str) -> str:
    """The icon of a kind of entry."""
    return ICONS.get(kind, "clock")


@register.simple_tag
def story_url(line: Line, slug: str) -> str:
    """The page behind a line; empty where there is none."""
    if line.link is None:
        return ""
    name, key = line.link
    try:
        return reverse(name, args=[slug, key])
    except NoReverseMatch:
        return ""


@register.filter
def safe_link(value: Any) -> str:
    """An address that may stand in a link; empty for anything but http and https."""
    text = str(value)
    return text if text.lower().startswith(("http://", "https://")) else ""
