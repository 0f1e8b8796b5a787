"""How a widget looks and where it may live: the channel's settings, checked.

They end up in style sheets, scripts and security headers, so reading trusts nothing either: what
does not fit falls back to what a new widget has.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Json, Words

PETROL: Final = "#006274"
POSITIONS: Final = ("right", "left")
LOCALES: Final = ("", "en", "ru")  # "" = the visitor's own
FORMS: Final = ("off", "optional", "required")
MOST_DOMAINS: Final = 50

_COLOR: Final = re.compile(r"#[0-9a-f]{6}")
_DOMAIN: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)


@dataclass(frozen=True, slots=True)
class Appearance:
    """What an admin may choose. Empty texts mean our own words, in the visitor's language."""

    color: str = PETROL
    title: str = ""
    greeting: str = ""
    away: str = ""
    position: str = "right"
    locale: str = ""
    form: str = "off"
    privacy_url: str = ""
    domains: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Json) -> Appearance:
        """Read a channel's settings; what does not fit is left as in a new widget."""
        kept: dict[str, Any] = {}
        for name, check in _CHECKS.items():
            if name in settings:
                try:
                    kept[name] = check(settings[name])
                except ValueError:
                    continue
        return cls(**kept)

    @property
    def on_color(self) -> str:
        """White or nearly black, whichever reads better on the colour."""
        red, green, blue = (_linear(int(self.color[at : at + 2], 16)) for at in (1, 3, 5))
        luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        return "#ffffff" if 1.05 / (luminance + 0.05) >= 4.5 else "#161614"

    def allows(self, origin: str) -> bool:
        """Whether a page of this origin may carry the widget: any, or a domain on the list or
        below one."""
        if not self.domains:
            return True
        host = (urlsplit(origin).hostname or "").lower()
        return any(host == domain or host.endswith(f".{domain}") for domain in self.domains)


def clean(settings: Json) -> Json:
    """The settings as they may be stored. Raises `ConnectorError` in words for the admin."""
    cleaned = dict(settings)
    for name, check in _CHECKS.items():
        if name in settings:
            try:
                cleaned[name] = check(settings[name])
            except ValueError:
                raise ConnectorError("bad_content", _REFUSALS[name]) from None
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in cleaned.items()
    }


def defaults() -> Json:
    """What a new widget has."""
    return asdict(Appearance())


def _linear(value: int) -> float:
    """One channel of sRGB as light, by WCAG 2."""
    part = value / 255
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _color(value: Any) -> str:
    color = str(value).strip().lower() or PETROL
    if not _COLOR.fullmatch(color):
        raise ValueError
    return color


def _text(longest: int) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise ValueError
        return value.strip()

    return check


def _one_of(known: tuple[str, ...]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in known:
            raise ValueError
        return str(value)

    return check


def _address(value: Any) -> str:
    address = _text(500)(value)
    if address and (
        urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).netloc
    ):
        raise ValueError
    return address


def _domains(value: Any) -> tuple[str, ...]:
    """Lower case, in Punycode, without scheme, port, path or a leading "*."."""
    if isinstance(value, str):
        value = re.split(r"[\s,;]+", value)
    if not isinstance(value, list | tuple) or len(value) > MOST_DOMAINS:
        raise ValueError
    found = []
    for item in filter(None, value):
        text = str(item).strip().lower().removeprefix("*.")
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
        domain = host.encode("idna").decode()
        if not _DOMAIN.fullmatch(domain):
            raise ValueError
        found.append(domain)
    return tuple(dict.fromkeys(found))


_CHECKS: Final[dict[str, Callable[[Any], Any]]] = {
    "color": _color,
    "title": _text(80),
    "greeting": _text(300),
    "away": _text(200),
    "position": _one_of(POSITIONS),
    "locale": _one_of(LOCALES),
    "form": _one_of(FORMS),
    "privacy_url": _address,
    "domains": _domains,
}
_REFUSALS: Final[dict[str, Words]] = {
    "color": _("A colour is written like #006274."),
    "title": _("The title is too long."),
    "greeting": _("The greeting is too long."),
    "away": _("The words for when nobody is there are too long."),
    "position": _("The button is on the right or on the left."),
    "locale": _("There is no such language."),
    "form": _("The form is off, optional or required."),
    "privacy_url": _("This is not a web address."),
    "domains": _("These are not domains: write them like example.com, one a line."),
}
