"""The file of the rows that could not be taken, each with its reason, to be put right."""

import csv
from typing import Final

from django.utils.translation import gettext as _

from contacts.exports.cells import safe
from contacts.models import Job, JobItem
from workspaces import storage

CHUNK: Final = 5_000


def write_errors(job: Job) -> None:
    """Write it beside the import's own file; nothing where all rows were good."""
    if not job.counts.get("bad"):
        return
    path = job.settings.get("errors") or storage.new_path()
    target = storage.absolute(path)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sample = job.settings["sample"][0]
    header = sample if job.settings["has_header"] else [""] * len(sample)
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=job.settings.get("delimiter") or ",")
        writer.writerow([*map(safe, header), _("Row"), _("What is wrong")])
        for item in _bad_rows(job):
            cells = [*map(safe, item.cells or [])]
            cells += [""] * (len(header) - len(cells))
            writer.writerow([*cells, item.number, safe(item.reason)])
    target.chmod(0o600)
    job.settings["errors"] = path


def _bad_rows(job: Job):  # type: ignore[no-untyped-def]
    items, after = JobItem.objects.filter(job=job, outcome=JobItem.Outcome.FAILED), None
    while True:
        found = list((items.filter(pk__gt=after) if after else items).order_by("pk")[:CHUNK])
        yield from found
        if len(found) < CHUNK:
            return
        after = found[-1].pk
