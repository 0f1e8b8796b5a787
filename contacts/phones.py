"""Phone numbers in one form."""

import re
from typing import Final

import phonenumbers

# Most are of this form, and a table has fifty: the library takes a while for each.
_RUSSIAN_MOBILE: Final = re.compile(r"\+7(9\d\d)(\d\d\d)(\d\d)(\d\d)", re.ASCII)
# As people and platforms write them, also within a longer text.
_IN_TEXT: Final = re.compile(r"\+?\d[\d\s()\-\u2011\u00a0]{8,}\d")
# Digits of a Russian number with the 8 before it.
_WITH_PREFIX: Final = 11


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


def sought(text: str, *, from_start: bool = False) -> str:
    """What to look for among numbers where people have typed a part of one: its digits, which from
    the start on, or of a whole number, are as they are stored: 8 921... as 7921... Empty for a text
    without digits."""
    digits = "".join(letter for letter in text if letter.isdigit())
    is_domestic = digits.startswith("8") and not text.strip().startswith("+")
    if is_domestic and (from_start or len(digits) == _WITH_PREFIX):
        return f"7{digits[1:]}"
    return digits


def in_words(number: str) -> str:
    """A phone number as people write it in its country: `+7 921 384-20-16`. Other text as it is."""
    if usual := _RUSSIAN_MOBILE.fullmatch(number):
        return "+7 {} {}-{}-{}".format(*usual.groups())
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


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
