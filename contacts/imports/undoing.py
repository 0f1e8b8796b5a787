"""Taking an import back: the contacts that it made go, where nobody has touched them since."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import custom_fields
from contacts.imports.writing import stamp_of
from contacts.jobs.registry import Refused, Runner, runner
from contacts.models import Contact, Job, JobItem
from events import types
from events.journal import record
from workspaces.permissions import Verb, can
from workspaces.repointing import references

WITHIN: Final = timedelta(days=7)
CHUNK: Final = 500
# What an import makes itself, or what is told of a contact anyway: no reason to keep one.
_GOES_ALONG: Final = {"ContactLabel", "Consent", "ContactPoint", "Duplicate", "TimelineEntry"}


def can_be_undone(job: Job) -> bool:
    """Whether an import may still be taken back."""
    return (
        job.kind == "import"
        and job.is_over
        and bool(job.counts.get("created"))
        and job.finished_at is not None
        and job.finished_at > timezone.now() - WITHIN
        and not Job.objects.filter(undoes=job).exists()
    )


@runner("import_undo")
class ImportUndo(Runner):
    def chunk(self) -> bool:
        job, undone = self.job, self.job.undoes
        if job.by is None or not can(job.by, Verb.IMPORT_CONTACTS):
            raise Refused(_("Whoever started this may not do it any more."))
        if undone is None:
            raise Refused(_("What was to be taken back is gone."))
        rows = Contact.objects.filter(imported_by=undone).order_by("pk")
        if after := job.cursor.get("after"):
            rows = rows.filter(pk__gt=UUID(after))
        contacts = list(rows.select_for_update(of=("self",))[:CHUNK])
        if contacts:
            self._remove(contacts, stamp_of(undone))
            job.cursor = {"after": str(contacts[-1].pk)}
            job.done += len(contacts)
        return len(contacts) == CHUNK

    def _remove(self, contacts: Sequence[Contact], stamp: Any) -> None:
        used = _used([contact.pk for contact in contacts])
        kept, gone = [], []
        for contact in contacts:
            if contact.pk in used:
                kept.append((contact, _("Something has come of this contact since.")))
            elif contact.updated_at != stamp:
                kept.append((contact, _("This contact was changed since.")))
            else:
                gone.append(contact.pk)
        JobItem.objects.bulk_create(
            [
                JobItem(
                    job=self.job,
                    subject_id=contact.pk,
                    name=contact.display_name[:200],
                    outcome=JobItem.Outcome.FAILED,
                    reason=reason,
                )
                for contact, reason in kept
            ]
        )
        custom_fields.forget(gone)
        Contact.objects.filter(pk__in=gone).delete()
        self.job.count("removed", len(gone))
        self.job.count("failed", len(kept))
        if gone:
            data = {"contacts": [str(pk) for pk in gone], "import": str(self.job.undoes_id)}
            record(types.CONTACTS_REMOVED, subject=self.job, by=self.job.by, data=data)


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
