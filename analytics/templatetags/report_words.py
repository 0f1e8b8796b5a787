"""Values of reports on a page: `{{ share|share_words }}`, `{{ amount|amount_words }}`."""

from typing import Any

from django import template

from analytics.metrics import Unit
from analytics.pages import words

register = template.Library()


@register.filter
def share_words(share: float | None) -> str:
    """A fraction as per cent."""
    return words.value_words(share, Unit.RATIO)


@register.filter
def amount_words(amount: dict[str, Any] | None) -> str:
    """An amount as documents have it."""
    return words.value_words(amount, Unit.MONEY)


@register.filter
def duration_words(seconds: float | None) -> str:
    """Seconds as people say them."""
    return words.value_words(seconds, Unit.SECONDS)


@register.filter
def count_words(count: float | None) -> str:
    """A number by the locale."""
    return words.value_words(count, Unit.COUNT)


@register.filter
def behind_words(count: int) -> str:
    """How many rows stand behind a number."""
    return words.behind_words(count)
