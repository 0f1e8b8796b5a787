"""What may stand in a field of each kind. Every cleaner takes what a form, a file or a program
sends and gives what is stored, or raises `Refused` in words."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlsplit

import phonenumbers
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from contacts.models import CustomField
from core import money
from workspaces.zones import workspace_in_scope

LONGEST_TEXT: Final = 500
LONGEST_LINK: Final = 500
LARGEST: Final = Decimal(10) ** 15
_MOST_CHOSEN: Final = 100
_YES: Final = frozenset({"true", "yes", "1", "on", "да", "+"})
_NO: Final = frozenset({"false", "no", "0", "off", "нет", "-", "−"})
_LONGEST_AMOUNT: Final = 60
_THOUSANDS: Final = re.compile(r"[-−]?\d{1,3}(,\d{3})+(\.\d+)?")
_MONEY: Final = re.compile(
    r"(?P<sign>[₽$€£₸])?\s*(?P<amount>.*?)\s*(?P<currency>[A-Za-z]{3}|[₽$€£₸]|руб\.?|р\.?)?",
    re.IGNORECASE,
)
# What people write for a currency and what can mean no other one.
_SIGNS: Final = {
    "₽": "RUB",
    "руб": "RUB",
    "р": "RUB",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "₸": "KZT",
}

Clean = Callable[[Any, CustomField], Any]


class Refused(ValueError):
    """The words say why a value does not fit."""


def text(value: Any, field: CustomField) -> str:
    """A text in one piece; numbers are taken as they are written."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise Refused(_("a text is needed"))
    found = str(value).strip()
    if len(found) > LONGEST_TEXT:
        raise Refused(_("at most %(count)d letters") % {"count": LONGEST_TEXT})
    try:
        found.encode()
    except UnicodeEncodeError:
        raise Refused(_("the text has half a letter in it")) from None
    if "\0" in found:
        raise Refused(_("null characters are not allowed"))
    return found


def number(value: Any, field: CustomField) -> int | float:
    """A number as JSON has it; whole ones stay whole."""
    found = _decimal(value)
    return int(found) if found == found.to_integral_value() else float(found)


def amount(value: Any, field: CustomField) -> dict[str, str]:
    """`{"amount": "1234.50", "currency": "RUB"}`, also of `1 234,50 ₽`; the workspace's currency
    where none is named."""
    currency: Any = None
    if isinstance(value, dict):
        if set(value) - {"amount", "currency"}:
            raise Refused(_("an amount and a currency are needed"))
        value, currency = value.get("amount"), value.get("currency")
    elif isinstance(value, str) and len(value) <= _LONGEST_AMOUNT:
        # Longer ones would be tried in too many ways, and are no amounts.
        value, currency = _amount_and_currency(value.strip())
    if value in (None, ""):
        return {}
    found = _decimal(value).quantize(money.CENT)
    code = str(currency).upper() if currency else workspace_in_scope().currency
    if code not in money.currencies():
        raise Refused(_("there is no such currency"))
    return {"amount": str(found), "currency": code}


def day(value: Any, field: CustomField) -> str:
    """`2026-11-28`; also 28.11.2026 and a moment, of which the day counts."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and len(value) <= 40:
        written = value.strip()
        parts = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", written, re.ASCII)
        try:
            if parts:
                return date(int(parts[3]), int(parts[2]), int(parts[1])).isoformat()
            if found := parse_date(written.split("T")[0].split(" ")[0]):
                return found.isoformat()
        except ValueError:
            pass
    raise Refused(_("a date like 2026-11-28 is needed"))


def choice(value: Any, field: CustomField) -> str:
    """The key of a choice, which may be named by its label."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise Refused(_("one of the choices is needed"))
    wanted = str(value).strip()
    if not wanted:
        return ""
    for name in ("key", "label"):
        for known in field.choices:
            if known[name] == wanted or known[name].casefold() == wanted.casefold():
                return str(known["key"])
    raise Refused(_("“%(value)s” is not one of the choices") % {"value": wanted[:60]})


def several(value: Any, field: CustomField) -> list[str]:
    """Keys of choices without repetition, in the order of the field; also as "a; b"."""
    if isinstance(value, str):
        value = [part for part in re.split(r"[;\n]", value) if part.strip()]
    if not isinstance(value, list) or len(value) > _MOST_CHOSEN:
        raise Refused(_("a list of choices is needed"))
    found = {choice(item, field) for item in value} - {""}
    return [known["key"] for known in field.choices if known["key"] in found]


def boolean(value: Any, field: CustomField) -> bool:
    """Yes or no, also in words."""
    if isinstance(value, bool):
        return value
    said = str(value).strip().lower() if isinstance(value, str | int) else ""
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise Refused(_("yes or no is needed"))


def phone(value: Any, field: CustomField) -> str:
    """E.164. A number without a country code is a Russian one."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise Refused(_("a phone number is needed"))
    written = str(value).strip()
    if not written:
        return ""
    try:
        found = phonenumbers.parse(written[:40], "RU")
    except phonenumbers.NumberParseException:
        raise Refused(_("a phone number is needed")) from None
    if not phonenumbers.is_possible_number(found):
        raise Refused(_("this phone number cannot be"))
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def link(value: Any, field: CustomField) -> str:
    """An address of http or https; without a scheme it is https."""
    written = text(value, field)
    if not written:
        return ""
    if "://" not in written and re.match(r"[\w-]+(\.[\w-]+)+([/?#:]|$)", written):
        written = f"https://{written}"
    try:
        parts = urlsplit(written)
        host = parts.hostname
        _port = parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme.lower() not in {"http", "https"} or not host or re.search(r"\s", written):
        raise Refused(_("a link that begins with https:// is needed"))
    if len(written) > LONGEST_LINK:
        raise Refused(_("at most %(count)d letters") % {"count": LONGEST_LINK})
    return written


CLEANERS: Final[dict[str, Clean]] = {
    CustomField.Kind.TEXT: text,
    CustomField.Kind.NUMBER: number,
    CustomField.Kind.MONEY: amount,
    CustomField.Kind.DATE: day,
    CustomField.Kind.LIST: choice,
    CustomField.Kind.MULTI: several,
    CustomField.Kind.BOOLEAN: boolean,
    CustomField.Kind.PHONE: phone,
    CustomField.Kind.LINK: link,
}


def _amount_and_currency(written: str) -> tuple[str, str]:
    """`$15.5` and `96 400 руб.` in their parts. Raises `Refused` where two currencies are named."""
    parts = _MONEY.fullmatch(written)
    if parts is None:
        return written, ""
    named = {
        _SIGNS.get(word.casefold().rstrip("."), word.upper())
        for word in (parts["sign"], parts["currency"])
        if word
    }
    if len(named) > 1:
        raise Refused(_("an amount and a currency are needed"))
    # Kopecks are two: three digits after a comma are thousands, `41,500`.
    written = parts["amount"]
    grouped = _THOUSANDS.fullmatch("".join(written.split()))
    return written.replace(",", "") if grouped else written, "".join(named)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Refused(_("a number is needed"))
    written = str(value)
    if isinstance(value, str):
        written = re.sub(r"[\s\u00a0\u202f_]", "", value).replace("−", "-")
        if written.count(",") == 1 and "." not in written:
            written = written.replace(",", ".")
    if len(written) > 40:
        raise Refused(_("a number is needed"))
    try:
        found = Decimal(written)
    except InvalidOperation:
        raise Refused(_("a number is needed")) from None
    if not found.is_finite() or abs(found) >= LARGEST:
        raise Refused(_("the number is too large"))
    return found
