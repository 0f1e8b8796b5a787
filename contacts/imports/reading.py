"""Files of rows: what they are, and their cells as texts, row after row.

Never the whole file in memory: CSV is read as a stream, XLSX by openpyxl's read-only mode.
"""

import codecs
import csv
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from contacts.exports.cells import original
from contacts.jobs.registry import Refused

LARGEST_BYTES: Final = 200 * 1024 * 1024
# An XLSX file is an archive: what comes out of it is bounded too.
LARGEST_UNPACKED: Final = 4 * 1024 * 1024 * 1024
LARGEST_STRINGS: Final = 512 * 1024 * 1024
MOST_COLUMNS: Final = 200
SAMPLE_ROWS: Final = 20
HEAD_BYTES: Final = 256 * 1024
LONGEST_CELL: Final = 32_767
DELIMITERS: Final = (",", ";", "\t", "|")
XLSX: Final = "xlsx"
CSV: Final = "csv"

Row = list[str]


def sniff(path: Path, name: str) -> dict[str, Any]:
    """What a file is: `{format, encoding, delimiter, has_header, sample}`.

    `sample` is its first rows. Raises `Refused` for what is no table.
    """
    found = _sniff_xlsx(path) if zipfile.is_zipfile(path) else _sniff_csv(path)
    found["sample"] = sample_of(path, found)
    if not found["sample"]:
        raise Refused(_("There are no rows in the file “%(name)s”.") % {"name": name})
    found["has_header"] = _is_header(found["sample"])
    return found


def sample_of(path: Path, settings: dict[str, Any]) -> list[Row]:
    """The first rows, all of one width."""
    sample = [row for row in islice(rows(path, settings), SAMPLE_ROWS) if any(row)]
    width = max((len(row) for row in sample), default=0)
    return [row + [""] * (width - len(row)) for row in sample]


def rows(path: Path, settings: dict[str, Any]) -> Iterator[Row]:
    """Every row, as texts without spaces around. Raises `Refused` where it can't be read on."""
    return _xlsx_rows(path) if settings["format"] == XLSX else _csv_rows(path, settings)


def _sniff_xlsx(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    if "xl/workbook.xml" not in sizes:
        raise Refused(_("This is no table. CSV and XLSX files can be imported."))
    if sum(sizes.values()) > LARGEST_UNPACKED or (
        sizes.get("xl/sharedStrings.xml", 0) > LARGEST_STRINGS
    ):
        raise Refused(_("The workbook is too large. Save it as CSV, or in parts."))
    return {"format": XLSX, "encoding": "", "delimiter": ""}


def _sniff_csv(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    encoding = _encoding(head)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    if "\0" in text or not text.strip():
        raise Refused(_("This is no table. CSV and XLSX files can be imported."))
    return {"format": CSV, "encoding": encoding, "delimiter": _delimiter(text)}


def _encoding(head: bytes) -> str:
    """UTF-8 unless its letters say otherwise; then what Windows writes in Russia."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        # A letter may be cut in two at the end of the head.
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        return "cp1251"
    return "utf-8-sig"


def _delimiter(text: str) -> str:
    """The one that parts most of the first lines into as many cells as the first line."""

    def score(delimiter: str) -> tuple[int, int]:
        lines = list(islice(csv.reader(text.splitlines(), delimiter=delimiter), SAMPLE_ROWS))
        widths = [len(line) for line in lines if line]
        width = widths[0] if widths else 1
        return (sum(w == width for w in widths) if width > 1 else 0, width)

    try:
        return max(DELIMITERS, key=score)
    except csv.Error:
        return ","


def _is_header(sample: list[Row]) -> bool:
    """Names of columns are short, differ, and hold neither addresses nor numbers."""
    first = [cell for cell in sample[0] if cell]
    looks_like_data = any(
        "@" in cell or sum(letter.isdigit() for letter in cell) > 4 or len(cell) > 60
        for cell in first
    )
    return bool(first) and not looks_like_data and len(set(first)) == len(first)


def _csv_rows(path: Path, settings: dict[str, Any]) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL * 4)
    with path.open(encoding=settings["encoding"], errors="replace", newline="") as file:
        lines = (line.replace("\0", "") for line in file)
        reader = csv.reader(lines, delimiter=settings["delimiter"])
        try:
            for row in reader:
                yield [original(cell.strip()[:LONGEST_CELL]) for cell in row[:MOST_COLUMNS]]
        except csv.Error:
            words = _("Line %(number)d cannot be read: a quotation mark is never closed.")
            raise Refused(words % {"number": reader.line_num}) from None


def _xlsx_rows(path: Path) -> Iterator[Row]:
    import openpyxl

    with path.open("rb") as file:
        try:
            # By name it would be refused: ours tell nothing of their kind.
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception:
            raise Refused(_("The workbook cannot be opened. Save it again, or as CSV.")) from None
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is not None:
            # What a workbook says of its size may be wrong.
            sheet.reset_dimensions()
            for row in sheet.iter_rows(values_only=True):
                yield [_as_text(value) for value in row[:MOST_COLUMNS]]


def _as_text(value: Any) -> str:
    """A cell as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).replace("\0", "").strip()[:LONGEST_CELL]
