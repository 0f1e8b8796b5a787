"""{{ amount|money:currency }}: an amount in the language in force; {{ currency|sign }}: ₽."""

from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils.translation import get_language

from core import money as amounts

register = template.Library()


@register.filter
def money(amount: Decimal | int | None, currency: str) -> str:
    """`96 400 ₽`, `₽96,400`; a dash where there is no amount."""
    return _words(amount, currency, get_language())


@lru_cache(maxsize=4096)
def _words(amount: Decimal | int | None, currency: str, _language: str | None) -> str:
    """Cached: a board writes hundreds of amounts, and formatting one takes a while."""
    return amounts.words(amount, currency)


@register.filter
def sign(currency: str) -> str:
    """What stands for a currency beside a field: `₽`; its code where there is no sign."""
    return amounts.SIGNS.get(currency, currency)
