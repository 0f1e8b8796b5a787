"""Runners of changes to many contacts, and of taking them back."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from contacts.bulk.selecting import contacts_of
from contacts.jobs.registry import Refused, Runner, runner, runner_of
from contacts.models import Contact, Job, JobItem
from events import types
from events.journal import record
from workspaces.permissions import Verb, can

CHUNK = 500


class BulkChange(Runner):
    """A change to many contacts. Subclasses say what happens to a chunk of them.

    `act` calls `note` for each contact that it changed, with what is needed to take that back, and
    `fail` for each that it could not; what needed no change is neither.
    """

    verb: ClassVar[Verb] = Verb.WRITE_CONTACTS
    can_be_undone: ClassVar[bool] = False

    def act(self, contacts: Sequence[Contact]) -> None:
        """Change these contacts, which are locked."""
        raise NotImplementedError

    def take_back(self, items: Sequence[tuple[Contact, dict[str, Any]]]) -> None:
        """Undo: each contact with what was noted for it."""
        raise NotImplementedError

    def chunk(self) -> bool:
        by = self.job.by
        if by is None or not can(by, self.verb):
            raise Refused(_("Whoever started this may not do it any more."))
        self._items: list[JobItem] = []
        waiting = contacts_of(self.job).select_for_update(no_key=True, of=("self",))
        contacts = list(waiting[:CHUNK])
        if contacts:
            self.act(contacts)
            JobItem.objects.bulk_create(self._items)
            self.job.cursor = {"after": str(contacts[-1].pk)}
            self.job.done += len(contacts)
            self.job.count("unchanged", len(contacts) - len(self._items))
        return len(contacts) == CHUNK

    def note(self, contact: Contact, before: dict[str, Any]) -> None:
        """This one is changed."""
        self._add(contact, JobItem.Outcome.DONE, before=before)
        self.job.count("changed")

    def fail(self, contact: Contact, reason: str) -> None:
        """This one could not be changed; the words say why."""
        self._add(contact, JobItem.Outcome.FAILED, reason=reason[:300])
        self.job.count("failed")

    def _add(self, contact: Contact, outcome: str, **values: Any) -> None:
        name = contact.display_name[:200]
        row = JobItem(job=self.job, subject_id=contact.pk, name=name, outcome=outcome, **values)
        self._items.append(row)

    def tell(self, contact: Contact, changes: dict[str, Any]) -> None:
        """The journal hears of each contact, as it does of one that is changed by hand."""
        data = {"changes": changes, "job": str(self.job.pk)}
        record(types.CONTACT_UPDATED, subject=contact, by=self.job.by, data=data)


@runner("bulk_undo")
class Undo(Runner):
    """Takes back what a change of many contacts has done, where it still stands."""

    def chunk(self) -> bool:
        undone = self.job.undoes
        if undone is None:
            raise Refused(_("What was to be taken back is gone."))
        change = runner_of(undone.kind)()
        if not isinstance(change, BulkChange) or not change.can_be_undone:
            raise Refused(_("This cannot be taken back."))
        change.job, change._items = self.job, []
        items = _items_after(undone, self.job.cursor.get("after"))
        contacts = _locked(item.subject_id for item in items)
        change.undone = undone  # type: ignore[attr-defined]
        change.take_back(
            [
                (contacts[item.subject_id], item.before or {})
                for item in items
                if item.subject_id in contacts
            ]
        )
        JobItem.objects.bulk_create(change._items)
        if items:
            self.job.cursor = {"after": str(items[-1].pk)}
            self.job.done += len(items)
            self.job.count("unchanged", len(items) - len(change._items))
        return len(items) == CHUNK


def _items_after(job: Job, after: str | None) -> list[JobItem]:
    items = JobItem.objects.filter(job=job, outcome=JobItem.Outcome.DONE)
    if after:
        items = items.filter(pk__gt=UUID(after))
    return list(items.order_by("pk")[:CHUNK])


def _locked(ids: Iterable[Any]) -> dict[UUID, Contact]:
    rows = Contact.objects.filter(pk__in=list(ids)).order_by("pk")
    return {contact.pk: contact for contact in rows.select_for_update(no_key=True)}
