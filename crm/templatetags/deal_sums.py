"""{{ value|sums }}: amounts by currency, as people write them."""

from typing import Any

from django import template

from crm.contact_columns import words

register = template.Library()


@register.filter
def sums(value: Any) -> str:
    """ "96,400 ₽", several currencies one after the other."""
    return words(value)
