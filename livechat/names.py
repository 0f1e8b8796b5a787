"""What we call visitors who have not said their name."""

import re
from functools import cache
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext, override

_PLACES = 10_000


def label_of(visitor_id: UUID, language: str) -> str:
    """Of one of them, in the language of the company's agents."""
    return _label(visitor_id.int % _PLACES, language)


@cache
def label_pattern() -> str:
    """A regular expression, for Python and PostgreSQL, of such names in any language."""
    found = {re.escape(_label(0, language)) for language, _name in settings.LANGUAGES}
    return f"^({'|'.join(sorted(one.replace('0000', '[0-9]{4}') for one in found))})$"


@cache
def label_beginnings() -> list[str]:
    """The words before the number, in each language: for lists that know no expressions."""
    return sorted({_label(0, language).partition("0000")[0] for language, _ in settings.LANGUAGES})


def _label(number: int, language: str) -> str:
    with override(language):
        return gettext("Visitor %(number)04d") % {"number": number}
