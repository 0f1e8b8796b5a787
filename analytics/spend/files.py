"""Tables of spend: CSV and XLSX, whatever their columns are called.

`read` finds out the columns by their names, which the caller may correct with a mapping of ours to
theirs. Dates and amounts are taken in the forms that people export: `23.11.2026`, `1 234,50 ₽`.
"""

import csv
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO, StringIO
from typing import Any, Final
from zipfile import BadZipFile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from analytics.spend.actions import Told

MOST_ROWS: Final = 50_000
MOST_ERRORS: Final = 20
# Ours, and what advertising systems call it.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "date": ("date", "day", "дата", "день"),
    "source": ("source", "utm_source", "источник"),
    "medium": ("medium", "utm_medium", "канал", "тип трафика"),
    "campaign": ("campaign", "campaign name", "utm_campaign", "кампания", "название кампании"),
    "ad": ("ad", "ad id", "utm_content", "объявление", "номер объявления", "№ объявления"),
    "term": (
        *("term", "keyword", "criterion", "criteria", "utm_term"),
        *("ключевая фраза", "ключевое слово", "фраза", "условие показа"),
    ),
    "account": ("account", "аккаунт", "кабинет"),
    "impressions": ("impressions", "показы"),
    "clicks": ("clicks", "клики", "переходы"),
    "cost": ("cost", "spend", "amount spent", "расход", "расходы", "потрачено", "сумма"),
}
NEEDED: Final = ("date", "cost")
_UNIT: Final = re.compile(r"[,(]")
_ENCODINGS: Final = ("utf-8-sig", "cp1251")
_DATES: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%Y.%m.%d")
_LARGEST: Final = Decimal(10) ** 15
_LONG: Final = frozenset({"campaign", "ad", "term"})


class MissingColumns(ValidationError):
    """A table in which these of our columns were not found."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        words = _("Say which columns these are: %(names)s.") % {"names": ", ".join(names)}
        super().__init__({"mapping": words})


@dataclass
class Table:
    """A file that was read: its rows of spend, what its columns were taken for, and what of it
    cannot be read: `(line, words)`."""

    told: list[Told] = field(default_factory=list)
    mapping: dict[str, str] = field(default_factory=dict)
    header: list[str] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)


def read(
    content: bytes,
    *,
    mapping: dict[str, str] | None = None,
    source: str = "",
    vat_included: bool = True,
) -> Table:
    """The rows of a file. `mapping` names the file's column for ours; `source` is that of rows
    that name none. Raises `ValidationError` when it is no table or lacks a date or a cost."""
    rows = _rows(content)
    if len(rows) > MOST_ROWS:
        raise ValidationError(_("The file has more than %(count)d rows.") % {"count": MOST_ROWS})
    if not rows:
        raise ValidationError(_("The file is empty."))
    table = Table(header=[str(cell or "").strip() for cell in rows[0]])
    table.mapping = mapped(table.header, mapping or {})
    places = {name: table.header.index(theirs) for name, theirs in table.mapping.items()}
    missing = [name for name in NEEDED if name not in places]
    if "source" not in places and not source:
        missing.append("source")
    if missing:
        raise MissingColumns(missing)
    for line, row in enumerate(rows[1:], start=2):
        cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
        if not any(str(cell or "").strip() for cell in cells.values()):
            continue
        try:
            table.told.append(_told(cells, source, vat_included))
        except ValueError as error:
            table.errors.append((line, str(error)))
    return table


def header_of(content: bytes) -> list[str]:
    """The names of a file's columns; none where it is no table."""
    try:
        rows = _rows(content)
    except ValidationError:
        return []
    return [str(cell or "").strip() for cell in rows[0]] if rows else []


def mapped(header: list[str], given: dict[str, str]) -> dict[str, str]:
    """Which of a file's columns are ours: as was said, else by their names."""
    # "Cost, USD" and "Cost (USD)" are the cost, unless something is called just that.
    lowered = {_UNIT.split(name.lower())[0].strip(): name for name in reversed(header)}
    lowered |= {name.lower(): name for name in reversed(header) if name}
    found = {}
    for ours, names in COLUMNS.items():
        theirs = given.get(ours) or next((lowered[n] for n in names if n in lowered), "")
        if theirs in header and theirs:
            found[ours] = theirs
    return found


def _rows(content: bytes) -> list[list[Any]]:
    if content[:2] == b"PK":
        try:
            book = load_workbook(BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            return [list(row) for row in sheet.iter_rows(max_row=MOST_ROWS + 2, values_only=True)]
        except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError) as error:
            raise ValidationError(_("The file is no table that we can read.")) from error
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        first = text.split("\n", 1)[0]
        delimiter = max(";,\t", key=first.count)
        return [row for row in csv.reader(StringIO(text), delimiter=delimiter) if row]
    raise ValidationError(_("The file is no table that we can read."))


def _told(cells: dict[str, Any], source: str, vat_included: bool) -> Told:
    names = {
        name: str(cells.get(name) or "").strip()[: 200 if name in _LONG else 120]
        for name in ("source", "medium", "campaign", "ad", "term", "account")
    }
    names["source"] = names["source"] or source
    if not names["source"]:
        raise ValueError(_("The source is missing."))
    cost = _number(cells["cost"])
    if cost < 0:
        raise ValueError(_("The cost cannot be negative."))
    return Told(
        date=_day(cells["date"]),
        cost=cost.quantize(Decimal("0.01")),
        impressions=int(_number(cells.get("impressions") or 0)),
        clicks=int(_number(cells.get("clicks") or 0)),
        vat_included=vat_included,
        **names,
    )


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in _DATES:
        try:
            return datetime.strptime(str(value).strip(), form).date()  # noqa: DTZ007  a day
        except ValueError:
            continue
    raise ValueError(_("“%(value)s” is no date.") % {"value": str(value)[:40]})


def _number(value: Any) -> Decimal:
    text = str(value).strip()
    plain = "".join(letter for letter in text if letter.isdigit() or letter in ",.-")
    if "," in plain and "." in plain:
        # The later of the two divides the fraction.
        thousands = "," if plain.rindex(".") > plain.rindex(",") else "."
        plain = plain.replace(thousands, "")
    plain = plain.replace(",", ".").rstrip(".")
    try:
        number = Decimal(plain or "0" if text in {"", "-", "—"} else plain)
    except InvalidOperation:
        raise ValueError(_("“%(value)s” is no number.") % {"value": text[:40]}) from None
    if abs(number) >= _LARGEST:
        raise ValueError(_("“%(value)s” is no number.") % {"value": text[:40]})
    return number
