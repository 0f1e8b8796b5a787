"""What the search field of a list of contacts finds."""

from typing import Final

from django.db.models import Q

from contacts.vocabulary import CONTACTS
from core.conditions import Moments

FEWEST_DIGITS: Final = 3


def matching(text: str, moments: Moments) -> Q:
    """Part of a name, a phone or an e-mail, by the same indexes as conditions on them."""
    text = text.replace("\0", "").strip()
    digits = "".join(letter for letter in text if letter.isdigit())
    names = ["name", "email"]
    if len(digits) >= FEWEST_DIGITS and not any(letter.isalpha() for letter in text):
        names.append("phone")
    found = Q()
    for name in names:
        field = CONTACTS.get(name)
        if field is not None:
            found |= field.query("contains", text, moments)
    return found
