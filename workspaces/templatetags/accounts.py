"""Small parts of the pages about one's own account."""

from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.utils.translation import gettext as _

register = template.Library()

# What a User-Agent header says it is -> how people call it. The first match wins: most browsers
# also name the ones they descend from.
_BROWSERS = [
    ("YaBrowser/", "Yandex Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
]


@register.inclusion_tag("account/_consent.html")
def consent(bound: BoundField) -> dict[str, Any]:
    """The tick under a sign-up, with links where the installation has the pages."""
    return {
        "consent": bound,
        "terms_url": settings.TERMS_URL,
        "privacy_url": settings.PRIVACY_URL,
    }


@register.filter
def device(user_agent: str) -> str:
    """A browser's header in words: "Firefox, Windows"."""
    names = [_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)]
    return ", ".join(filter(None, names)) or _("Unknown device")


def _first(signs: list[tuple[str, str]], user_agent: str) -> str:
    return next((name for sign, name in signs if sign in user_agent), "")
