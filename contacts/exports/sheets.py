"""Writes a table of any length into a file, chunk by chunk.

The rows are appended to a file whose length is kept with the cursor: whoever goes on cuts off what
a dead worker wrote past it. A workbook cannot be appended to, so it is written in one go at the
end, out of the rows that were kept.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import orjson
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.exports.cells import as_csv, as_json
from contacts.jobs.registry import Refused, Runner
from core.conditions.fields import Words
from workspaces import storage
from workspaces.permissions import Verb, can

KEPT: Final = timedelta(days=7)
ROWS_OF_A_SHEET: Final = 1_048_576
FORMATS: Final = [("xlsx", gettext_lazy("Excel (XLSX)")), ("csv", gettext_lazy("CSV, UTF-8"))]
_BOM: Final = "\ufeff"  # without it Excel takes UTF-8 for something else


class SheetRunner(Runner):
    """A job that writes a file. `settings["format"]` is one of FORMATS."""

    # What the file is called.
    title: Words = gettext_lazy("Contacts")

    def head(self) -> list[str]:
        """The columns' names."""
        raise NotImplementedError

    def rows(self) -> tuple[list[list[Any]], bool]:
        """The next rows, and whether there are more; moves `job.cursor["after"]`."""
        raise NotImplementedError

    def chunk(self) -> bool:
        """Write some rows. Raises `Refused` where whoever started it may not do it any more."""
        job = self.job
        if job.by is None or not can(job.by, Verb.EXPORT_CONTACTS):
            raise Refused(_("Whoever started this may not do it any more."))
        if not job.path:
            job.path, job.expires_at = storage.new_path(), timezone.now() + KEPT
            job.cursor = {"size": 0}
        rows, goes_on = self.rows()
        self._append(rows)
        job.done += len(rows)
        if goes_on:
            return True
        if job.settings["format"] == "xlsx":
            _write_workbook(self._spool, storage.absolute(job.path))
            self._spool.unlink(missing_ok=True)
        job.count("exported", job.done)
        return False

    @property
    def _spool(self) -> Path:
        """Where rows are appended: the file itself, or what the workbook will be made of."""
        target = storage.absolute(self.job.path)
        is_workbook = self.job.settings["format"] == "xlsx"
        return target.with_name(f"{target.name}.rows") if is_workbook else target

    def _append(self, rows: Sequence[Sequence[Any]]) -> None:
        whole: list[list[Any]] = [] if self.job.cursor["size"] else [self.head()]
        whole += [[as_json(value) for value in row] for row in rows]
        data = self._encoded(whole)
        spool = self._spool
        spool.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with spool.open("r+b" if spool.exists() else "w+b") as file:
            file.truncate(self.job.cursor["size"])
            file.seek(self.job.cursor["size"])
            file.write(data)
            self.job.cursor["size"] = file.tell()
        spool.chmod(0o600)

    def _encoded(self, rows: Sequence[Sequence[Any]]) -> bytes:
        if self.job.settings["format"] == "xlsx":
            return b"".join(orjson.dumps(row) + b"\n" for row in rows)
        text = io.StringIO(newline="")
        if not self.job.cursor["size"]:
            text.write(_BOM)
        writer = csv.writer(text)
        writer.writerows([as_csv(value) for value in row] for row in rows)
        return text.getvalue().encode()


def _write_workbook(spool: Path, target: Path) -> None:
    """Row by row, with only one of them in memory. Texts are texts, whatever they begin with."""
    import xlsxwriter

    unfinished = target.with_name(f"{target.name}.part")
    book = xlsxwriter.Workbook(
        str(unfinished),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    head = book.add_format({"bold": True})
    with spool.open("rb") as file:
        for number, row in enumerate(_rows(file)):
            place = number % ROWS_OF_A_SHEET
            if place == 0:
                sheet = book.add_worksheet()
                sheet.freeze_panes(1, 1)
            for column, value in enumerate(row):
                if isinstance(value, bool):
                    sheet.write_boolean(place, column, value)
                elif isinstance(value, int | float):
                    sheet.write_number(place, column, value)
                elif value:
                    sheet.write_string(place, column, value, head if number == 0 else None)
    book.close()
    unfinished.chmod(0o600)
    unfinished.rename(target)


def _rows(file: io.BufferedReader) -> Iterator[list[Any]]:
    for line in file:
        yield orjson.loads(line)
