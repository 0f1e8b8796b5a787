"""The steps of an import, for pages and programs: take a file, say what its columns are, have every
row looked at, have them written.
"""

from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.imports import merging, reading, running
from contacts.imports.targets import NEW_FIELD, guess, takes_several, targets
from contacts.jobs.registry import Refused
from contacts.jobs.starters import Starter, put_starter
from contacts.models import Job
from core.files import clean_name
from events import types
from events.journal import record
from workspaces import storage
from workspaces.permissions import Verb, require

ENCODINGS: Final = ("utf-8-sig", "cp1251", "utf-16")
DUPLICATES: Final = (merging.FILL, merging.OVERWRITE, merging.SKIP)
MOST_LABELS: Final = 50
FILE_KEPT: Final = timedelta(days=7)


class NotNow(ValidationError):
    """The import is at another step."""


def take_file(upload: "UploadedFile[bytes]", *, by: Starter) -> Job:
    """Keep a file and guess what its columns are. Raises `ValidationError` for what is no table."""
    require(by, Verb.IMPORT_CONTACTS)
    path = storage.new_path()
    target = storage.absolute(path)
    storage.write(upload.chunks(), target)
    name = clean_name(upload.name or "") or _("file")
    try:
        settings = reading.sniff(target, name)
    except Refused as error:
        target.unlink()
        raise ValidationError({"file": str(error)}) from None
    header = settings["sample"][0] if settings["has_header"] else []
    settings |= {"mapping": guess(header), "labels": [], "size": upload.size}
    job = Job(kind="import", name=name, path=path, settings=settings)
    put_starter(job, by)
    job.expires_at = timezone.now() + FILE_KEPT
    job.save(force_insert=True)
    return job


def read_differently(job: Job, *, encoding: str = "", delimiter: str = "") -> bool:
    """Read the sample anew with other letters or another delimiter; False where nothing differs or
    it cannot be read so."""
    settings = job.settings
    if settings["format"] != reading.CSV:
        return False
    wanted = {
        "encoding": encoding or settings["encoding"],
        "delimiter": delimiter or settings["delimiter"],
    }
    known = {name: settings[name] for name in wanted}
    is_known = wanted["encoding"] in ENCODINGS and wanted["delimiter"] in reading.DELIMITERS
    if wanted == known or not is_known:
        return False
    settings.update(wanted)
    try:
        sample = reading.sample_of(storage.absolute(job.path), settings)
    except (Refused, UnicodeError):
        settings.update(known)
        return False
    settings["sample"] = sample
    settings["mapping"] = guess(sample[0]) if settings["has_header"] else []
    return True


def check_mapping(mapping: list[str], columns: int) -> None:
    """Raises `ValidationError` for columns that cannot become what is said."""
    known = {target.key for target in targets()} | {"", NEW_FIELD}
    if len(mapping) > columns:
        raise ValidationError(_("The file has %(count)d columns.") % {"count": columns})
    for number, key in enumerate(mapping):
        if key not in known:
            words = _("A column cannot become “%(key)s”.") % {"key": key[:60]}
            raise ValidationError(words)
        if key in mapping[:number] and not takes_several(key):
            words = _("Two columns cannot become “%(key)s”.") % {"key": key[:60]}
            raise ValidationError(words)
    if not set(mapping) & {"name", "phone", "email"}:
        raise ValidationError(_("Choose the column with the name, the phone or the e-mail."))


def set_columns(job: Job, **given: Any) -> Job:
    """Say what is known better: `mapping` (a target for each column), `has_header`, `labels`,
    `encoding`, `delimiter`. What was looked at is to be looked at again.

    Raises `NotNow` while it is at work or over, `ValidationError` for what cannot be.
    """
    job = _draft(job)
    read_differently(job, encoding=given.get("encoding", ""), delimiter=given.get("delimiter", ""))
    if "has_header" in given:
        job.settings["has_header"] = given["has_header"]
    if "mapping" in given:
        width = len(job.settings["sample"][0])
        check_mapping(given["mapping"], width)
        job.settings["mapping"] = [*given["mapping"], *[""] * (width - len(given["mapping"]))]
    if "labels" in given:
        names = [name.replace("\0", "").strip()[:60] for name in given["labels"][:MOST_LABELS]]
        job.settings["labels"] = list(dict.fromkeys(filter(None, names)))
    job.cursor = {}
    job.save(update_fields=["settings", "cursor"])
    return job


def check(job: Job, *, by: Starter) -> Job:
    """Have every row looked at, and nothing written. Raises `NotNow`, `ValidationError`."""
    require(by, Verb.IMPORT_CONTACTS)
    job = _draft(job)
    check_mapping(job.settings["mapping"], len(job.settings["sample"][0]))
    job.cursor = {"phase": running.CHECK, "row": 0, "examples": {}}
    put_starter(job, by)
    job.enqueue()
    return job


def begin(job: Job, *, by: Starter, duplicates: str = merging.FILL) -> Job:
    """Have the rows written; `duplicates` says what becomes of contacts that are known already.

    Raises `NotNow` before they were looked at, and the second time.
    """
    require(by, Verb.IMPORT_CONTACTS)
    job = _draft(job)
    if job.cursor.get("phase") != running.CHECKED:
        raise NotNow(_("Have the rows looked at first."))
    if duplicates not in DUPLICATES:
        raise ValidationError({"duplicates": _("This cannot be done with known contacts.")})
    job.settings["duplicates"] = duplicates
    job.cursor = {"phase": running.WRITE, "row": 0}
    job.counts, job.done = {}, 0
    put_starter(job, by)
    job.enqueue()
    data = {"kind": job.kind, "settings": job.settings, "name": job.name}
    record(types.JOB_STARTED, subject=job, by=by, data=data)
    return job


def stop(job: Job, *, by: Starter) -> Job:
    """Stop after the rows that are being written; what is written stays. Raises `NotNow`."""
    require(by, Verb.IMPORT_CONTACTS)
    found: Job = Job.objects.select_for_update().get(pk=job.pk)
    if found.is_over:
        raise NotNow(_("The import is over already."))
    found.finish(Job.State.CANCELLED)
    found.save()
    data = {"kind": found.kind, "state": found.state, "counts": found.counts}
    record(types.JOB_FINISHED, subject=found, by=by, data=data)
    return found


def step_of(job: Job) -> str:
    """Where it is: columns, checking, checked, writing, done, failed or cancelled."""
    if job.is_at_work:
        return "checking" if job.cursor.get("phase") == running.CHECK else "writing"
    if job.is_over:
        return str(job.state)
    return "checked" if job.cursor.get("phase") == running.CHECKED else "columns"


def _draft(job: Job) -> Job:
    found: Job = Job.objects.select_for_update().get(pk=job.pk)
    if found.state != Job.State.DRAFT:
        raise NotNow(_("The import is at work, or over."))
    return found
