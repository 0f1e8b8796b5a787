"""What the search field of a list of contacts finds."""

from typing import Final

from django.db.models import Q

from contacts.vocabulary.addresses import containing

FEWEST_DIGITS: Final = 3


def matching(text: str) -> Q:
    """Part of a name, a phone or an e-mail, by the same indexes as conditions on them."""
    text = text.replace("\0", "").strip()
    digits = "".join(letter for letter in text if letter.isdigit())
    wanted = {"name": text, "email": text}
    if len(digits) >= FEWEST_DIGITS and not any(letter.isalpha() for letter in text):
        wanted["phone"] = digits
    return containing(wanted)
