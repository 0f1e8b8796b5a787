"""{% icon "inbox" %} and {% channel_icon "telegram" %}: signs of static/icons.svg."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SIGNS = frozenset({"telegram", "vk", "whatsapp", "max", "email", "api", "avito", "phone"})


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """An icon that repeats the text beside it, or, with a label, one that speaks for itself.

    `css` adds classes: "icon--small", "icon--large".
    """
    classes = f"icon {css}".strip()
    return _use(name, classes, label)


@register.simple_tag
def channel_icon(kind: str, css: str = "", label: str = "") -> SafeString:
    """The sign of a channel's kind; a kind without its own gets the website's."""
    sign = kind if kind in SIGNS else "website"
    classes = f"channel channel--{sign} {css}".strip()
    return _use(f"ch-{sign}", classes, label)


@lru_cache(maxsize=1024)
def _use(symbol: str, classes: str, label: str) -> SafeString:
    """Cached: a list draws the same few signs a hundred times."""
    address = f"{static('icons.svg')}#{symbol}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>',
            classes,
            label,
            address,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address
    )
