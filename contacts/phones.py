"""Phone numbers in one form."""

import phonenumbers


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
