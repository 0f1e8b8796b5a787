"""Phone numbers in one form."""

import re
from typing import Final

import phonenumbers

# As people and platforms write them, also within a longer text.
_IN_TEXT: Final = re.compile(r"\+?\d[\d\s()\-\u2011\u00a0]{8,}\d")


def normal_phone(text: str, region: str = "RU") -> str:
    """E.164 where the text is a phone number, else the text as it is, cut to what fits."""
    text = text.strip()
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text[:20]
    if not phonenumbers.is_possible_number(parsed):
        return text[:20]
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def masked(text: str) -> str:
    """The text with the middle digits of phone numbers hidden: `+7 9•• •••-••-31`."""
    return _IN_TEXT.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    number = found.group()
    places = [place for place, letter in enumerate(number) if letter.isdigit()]
    kept = {*places[:2], *places[-2:]}
    return "".join(
        "•" if letter.isdigit() and place not in kept else letter
        for place, letter in enumerate(number)
    )
