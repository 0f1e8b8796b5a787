"""Sheets as bytes of a file."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from analytics.exports.sheets import Sheet
from analytics.metrics import Unit
from contacts.exports.cells import as_csv

FORMATS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_BOM: Final = "\ufeff"  # without it Excel takes UTF-8 for something else
_DAY: Final = 86_400
# How a spreadsheet shows a unit.
_SHOWN: Final = {
    Unit.MONEY: "#,##0.00",
    Unit.COUNT: "#,##0.##",
    Unit.RATIO: "0.0%",
    Unit.SECONDS: "[h]:mm:ss",
    Unit.DAYS: "0.0",
    Unit.SCORE: "0.00",
}
_LONGEST_TITLE: Final = 31


def write(sheets: Sequence[Sheet], file_format: str) -> bytes:
    """A file of these sheets; CSV knows but one and takes the first."""
    return _csv(sheets[0]) if file_format == "csv" else _workbook(sheets)


def _csv(sheet: Sheet) -> bytes:
    text = io.StringIO(newline="")
    text.write(_BOM)
    writer = csv.writer(text)
    writer.writerow([as_csv(column.label) for column in sheet.columns])
    writer.writerows([as_csv(value) for value in row] for row in sheet.rows)
    return text.getvalue().encode()


def _workbook(sheets: Sequence[Sheet]) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(target, options)
    head = book.add_format({"bold": True})
    shown = {unit: book.add_format({"num_format": form}) for unit, form in _SHOWN.items()}
    for sheet in sheets:
        page = book.add_worksheet(sheet.title[:_LONGEST_TITLE])
        page.freeze_panes(1, 1)
        page.set_column(0, 0, 28)
        page.set_column(1, max(1, len(sheet.columns) - 1), 16)
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, column.label, head)
        for line, row in enumerate(sheet.rows, start=1):
            for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                _write_cell(page, line, place, value, column.unit, shown)
    book.close()
    return target.getvalue()


def _write_cell(page: Any, line: int, place: int, value: Any, unit: str, shown: Any) -> None:
    if isinstance(value, int | float):
        # A duration is a part of a day to a spreadsheet.
        told = value / _DAY if unit == Unit.SECONDS else value
        page.write_number(line, place, told, shown.get(unit))
    elif value:
        page.write_string(line, place, str(value))
