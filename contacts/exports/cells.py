"""Values as cells of a spreadsheet, none of which a spreadsheet may take for a formula."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

# A text that begins with one of these is run as a formula; the full-width twins in some countries.
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST: Final = 32_000


def safe(text: str) -> str:
    """A text for CSV: behind an apostrophe where a spreadsheet would run it."""
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(DANGEROUS) else text


def original(text: str) -> str:
    """What `safe` was given; for reading a file of ours again."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(DANGEROUS) else text


def as_json(value: Any) -> Any:
    """A value of a column as it is kept until the file is written."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:LONGEST]


def as_csv(value: Any) -> str:
    """A kept value as a cell of CSV."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return safe(value) if isinstance(value, str) else str(value)
