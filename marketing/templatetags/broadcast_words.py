"""Figures of broadcasts in words: {{ share|percent }}, {{ figures|item:"read" }}."""

from collections.abc import Iterable, Mapping
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from marketing.reporting.words import words_of

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    """A fraction in percent with one digit; a dash where there is none."""
    if value is None:
        return "—"
    language = get_language() or "en"
    gap = "\N{NO-BREAK SPACE}" if language.startswith("ru") else ""
    number = format_decimal(value * 100, format="0.0", locale=language.split("-")[0])
    return f"{number}{gap}%"


@register.filter
def item(found: Mapping[str, Any], name: str) -> Any:
    """A value by its name."""
    return found.get(name)


@register.filter
def channel_names(channels: Iterable[Any]) -> str:
    """The names of channels in a row."""
    return ", ".join(channel.name for channel in channels)


@register.filter
def delay_words(minutes: int) -> str:
    """How long a step waits: "2 days", "3 hours", "at once"."""
    if not minutes:
        return _("at once")
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(n)d day", "%(n)d days", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if left:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", left) % {"n": left})
    return " ".join(parts)


@register.filter
def as_label(words: str) -> str:
    """A sentence as the label of a number."""
    return str(words).removesuffix(".")


@register.filter
def reason_words(reason: str) -> str:
    """Why somebody got nothing, for people."""
    return words_of(reason)
