"""The job that reads a file: first it only looks, then, when a person has agreed, it writes."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext as _

from contacts.imports.errors import write_errors
from contacts.imports.finding import Known, keys_of
from contacts.imports.reading import Row, rows
from contacts.imports.rows import BadRow, RowReader, Values
from contacts.imports.writing import Writer
from contacts.jobs.registry import Refused, Runner, runner
from contacts.jobs.starters import starter_of
from contacts.models import Job, JobItem
from workspaces import storage
from workspaces.permissions import Verb, can

CHECKED_AT_ONCE: Final = 2_000
WRITTEN_AT_ONCE: Final = 1_000
EXAMPLES: Final = 5

CHECK: Final = "check"
CHECKED: Final = "checked"
WRITE: Final = "write"


@runner("import")
class Import(Runner):
    """`job.cursor` is `{phase, row}`: how many rows of the file are dealt with.

    The file stays open from chunk to chunk; whoever takes over skips what is done.
    """

    def __init__(self) -> None:
        self._rows: Iterator[Row] | None = None
        self._at = 0
        self._reader: RowReader | None = None
        self._seen: set[int] = set()

    def chunk(self) -> bool:
        starter = starter_of(self.job)
        if starter is None or not can(starter, Verb.IMPORT_CONTACTS):
            raise Refused(_("Whoever started this may not do it any more."))
        self._reader = RowReader(self.job.settings["mapping"], self.job.settings["labels"])
        return self._check() if self.job.cursor["phase"] == CHECK else self._write()

    def close(self) -> None:
        close = getattr(self._rows, "close", None)
        if close is not None:
            close()

    def _check(self) -> bool:
        job = self.job
        if self._rows is None:
            # What was seen in the file is known to this process alone: begin anew.
            job.counts, job.cursor = {}, {"phase": CHECK, "row": 0, "examples": {}}
            job.done, job.total = 0, None
            JobItem.objects.filter(job=job).delete()
        read, good = self._read(CHECKED_AT_ONCE)
        known = Known([values for _number, values in good])
        for number, values in good:
            keys = {hash(key) for key in keys_of(values)}
            if not self._seen.isdisjoint(keys):
                job.count("duplicates")
            elif known.find(values):
                job.count("matched")
                self._keep_example("matched", number, values)
            else:
                job.count("new")
                self._keep_example("new", number, values)
            self._seen |= keys
        if read == CHECKED_AT_ONCE:
            return True
        job.total, job.cursor["phase"] = job.done, CHECKED
        job.state, job.worker, job.lease_until = Job.State.DRAFT, None, None
        return False

    def _write(self) -> bool:
        job = self.job
        if not job.cursor["row"]:
            JobItem.objects.filter(job=job).delete()
        read, good = self._read(WRITTEN_AT_ONCE)
        if good:
            Writer(job).write([values for _number, values in good])
        if read == WRITTEN_AT_ONCE:
            return True
        write_errors(job)
        return False

    def _read(self, most: int) -> tuple[int, list[tuple[int, Values]]]:
        """How many rows were read, and the good ones with their numbers; the bad ones are noted."""
        job, reader = self.job, self._reader
        assert reader is not None
        if self._rows is None or self._at != job.cursor["row"]:
            self._open(job.cursor["row"])
        assert self._rows is not None
        first = 2 if job.settings["has_header"] else 1
        found, bad, read = [], [], 0
        for cells in islice(self._rows, most):
            number = first + self._at
            self._at += 1
            read += 1
            if not any(cells):
                continue
            job.done += 1
            try:
                found.append((number, reader.read(cells)))
            except BadRow as error:
                bad.append(_bad_row(job, number, cells, str(error)))
        JobItem.objects.bulk_create(bad)
        job.count("bad", len(bad))
        job.cursor["row"] = self._at
        return read, found

    def _open(self, row: int) -> None:
        self.close()
        path = storage.absolute(self.job.path)
        if not self.job.path or not path.exists():
            raise Refused(_("The file is no longer here. Upload it again."))
        self._rows = rows(path, self.job.settings)
        for _row in islice(self._rows, row + bool(self.job.settings["has_header"])):
            pass
        self._at = row

    def _keep_example(self, kind: str, number: int, values: Values) -> None:
        examples = self.job.cursor["examples"].setdefault(kind, [])
        if len(examples) < EXAMPLES:
            told: dict[str, Any] = {
                "number": number,
                "name": values.name,
                "phone": values.phone,
                "email": values.email,
            }
            examples.append(told)


def _bad_row(job: Job, number: int, cells: Row, reason: str) -> JobItem:
    name = next((cell for cell in cells if cell), "")[:200]
    return JobItem(
        job=job,
        number=number,
        name=name,
        cells=cells,
        outcome=JobItem.Outcome.FAILED,
        reason=reason[:300],
    )
