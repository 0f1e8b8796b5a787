"""Taking an import back within a month: what it changed in contacts is put back, newest first, and
the contacts that it made go; both where nobody has touched them since.

What stays is named with the reason. Companies, labels and fields that it made stay too: others may
use them by now.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import custom_fields
from contacts.imports.restoring import Restored, restore
from contacts.imports.writing import stamp_of
from contacts.jobs.registry import Refused, Runner, runner
from contacts.jobs.starters import Starter, put_starter, starter_of
from contacts.models import Contact, Job, JobItem
from events import types
from events.journal import record
from workspaces.permissions import Verb, can, require
from workspaces.repointing import references

UNDONE_WITHIN: Final = timedelta(days=30)
CHUNK: Final = 500
# What an import makes itself, or what is told of a contact anyway: no reason to keep one.
_GOES_ALONG: Final = {"ContactLabel", "Consent", "ContactPoint", "Duplicate", "TimelineEntry"}
RESTORE, REMOVE = "restore", "remove"


class TooLate(ValidationError):
    """An import that cannot be taken back; the words say why."""


def undone_until(job: Job) -> datetime | None:
    """Until when an import may be taken back; None where there is nothing to take back."""
    changed = job.counts.get("created") or job.counts.get("updated")
    if job.kind != "import" or not job.is_over or not changed or job.finished_at is None:
        return None
    return job.finished_at + UNDONE_WITHIN


def can_be_undone(job: Job) -> bool:
    """Whether an import may still be taken back."""
    until = undone_until(job)
    return until is not None and until > timezone.now() and undo_of(job) is None


def undo_of(job: Job) -> Job | None:
    """The job that takes this one back, if somebody has wanted it."""
    found: Job | None = next(iter(job.undone_by.all()), None)
    return found


def undo_import(job: Job, *, by: Starter) -> Job:
    """Have an import taken back, as a job of its own. Twice is once.

    Raises `TooLate` for one that cannot be taken back (any more), `PermissionDenied`.
    """
    require(by, Verb.IMPORT_CONTACTS)
    # Whoever wants it twice at once waits here, and finds the first one's job.
    found: Job = Job.objects.select_for_update().get(pk=job.pk)
    if (earlier := undo_of(found)) is not None:
        return earlier
    if not found.is_over:
        raise TooLate(_("The import is not over yet. Stop it first."))
    until = undone_until(found)
    if until is None:
        raise TooLate(_("This import has changed nothing that could be taken back."))
    if until <= timezone.now():
        words = _("An import can be taken back for %(days)d days.")
        raise TooLate(words % {"days": UNDONE_WITHIN.days})
    undo = Job(
        kind="import_undo",
        undoes=found,
        name=found.name,
        total=found.counts.get("created", 0) + found.counts.get("updated", 0),
    )
    put_starter(undo, by)
    undo.enqueue()
    data = {"kind": undo.kind, "settings": undo.settings, "name": undo.name}
    record(types.JOB_STARTED, subject=undo, by=by, data=data)
    return undo


@runner("import_undo")
class ImportUndo(Runner):
    """`job.cursor` is `{phase, after}`: what was changed is put back, and then contacts go."""

    def chunk(self) -> bool:
        starter, undone = starter_of(self.job), self.job.undoes
        if starter is None or not can(starter, Verb.IMPORT_CONTACTS):
            raise Refused(_("Whoever started this may not do it any more."))
        if undone is None:
            raise Refused(_("What was to be taken back is gone."))
        phase, after = self.job.cursor.get("phase", RESTORE), self.job.cursor.get("after")
        act = self._restore if phase == RESTORE else self._remove
        last, is_full = act(undone, starter, UUID(after) if after else None)
        self.job.cursor = {"phase": phase, "after": last}
        if not is_full and phase == RESTORE:
            self.job.cursor = {"phase": REMOVE, "after": None}
            return True
        return is_full

    def _restore(self, undone: Job, by: Starter, after: UUID | None) -> tuple[str | None, bool]:
        rows = JobItem.objects.filter(job=undone, outcome=JobItem.Outcome.DONE).order_by("-pk")
        items = list((rows.filter(pk__lt=after) if after else rows)[:CHUNK])
        if not items:
            return None, False
        outcomes = restore(items, workspace_id=self.job.workspace_id)
        self._note([(one.contact_id, one.name, one.reason) for one in outcomes if one.reason])
        self.job.count("restored", sum(not one.reason for one in outcomes))
        self.job.done += len(items)
        for one in outcomes:
            self._tell(one, by)
        return str(items[-1].pk), len(items) == CHUNK

    def _tell(self, one: Restored, by: Starter) -> None:
        """The journal hears of each contact, as it does of one that is changed by hand."""
        subject = ("contact", one.contact_id)
        if one.changes:
            data = {"changes": one.changes, "job": str(self.job.pk)}
            record(types.CONTACT_UPDATED, subject=subject, by=by, data=data)
        if one.consent is not None:
            record(types.CONTACT_CONSENT_CHANGED, subject=subject, by=by, data=one.consent)

    def _remove(self, undone: Job, by: Starter, after: UUID | None) -> tuple[str | None, bool]:
        rows = Contact.objects.filter(imported_by=undone).order_by("pk")
        waiting = (rows.filter(pk__gt=after) if after else rows).select_for_update(of=("self",))
        contacts = list(waiting[:CHUNK])
        if not contacts:
            return None, False
        used = _used([contact.pk for contact in contacts])
        stamp, kept, gone = stamp_of(undone), [], []
        for contact in contacts:
            if contact.pk in used:
                reason = _("Something has come of this contact since.")
                kept.append((contact.pk, contact.display_name, reason))
            elif contact.updated_at != stamp:
                reason = _("This contact was changed since.")
                kept.append((contact.pk, contact.display_name, reason))
            else:
                gone.append(contact.pk)
        self._note(kept)
        custom_fields.forget(gone)
        Contact.objects.filter(pk__in=gone).delete()
        self.job.count("removed", len(gone))
        self.job.done += len(contacts)
        if gone:
            data = {"contacts": [str(pk) for pk in gone], "import": str(undone.pk)}
            record(types.CONTACTS_REMOVED, subject=self.job, by=by, data=data)
        return str(contacts[-1].pk), len(contacts) == CHUNK

    def _note(self, kept: Sequence[tuple[UUID, str, str]]) -> None:
        """What stays, by name and with the reason."""
        failed = JobItem.Outcome.FAILED
        rows: list[Any] = [
            JobItem(job=self.job, subject_id=pk, name=name[:200], outcome=failed, reason=why[:300])
            for pk, name, why in kept
        ]
        JobItem.objects.bulk_create(rows)
        self.job.count("failed", len(rows))


def _used(ids: Sequence[UUID]) -> set[UUID]:
    """Contacts that something else refers to: a conversation, a deal, a task."""
    found: set[UUID] = set()
    for reference in references(Contact):
        if reference.model.__name__ in _GOES_ALONG:
            continue
        rows = reference.model.objects.filter(**{reference.name: OuterRef("pk")})
        used = Contact.objects.filter(Exists(rows), pk__in=ids)
        found |= set(used.values_list("pk", flat=True))
    return found
