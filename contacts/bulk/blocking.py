"""Blocking many contacts."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from contacts.bulk.changing import BulkChange
from contacts.bulk.registry import BulkAction, BulkForm, register_bulk_action
from contacts.jobs.registry import runner
from contacts.models import Contact
from events import types
from events.journal import record
from workspaces.permissions import Verb


class BlockForm(BulkForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)


@runner("bulk_block")
class Block(BulkChange):
    can_be_undone: ClassVar[bool] = True

    def act(self, contacts: Sequence[Contact]) -> None:
        reason = self.job.settings.get("reason", "")
        changed = [contact for contact in contacts if contact.blocked_at is None]
        self._set(changed, timezone.now(), reason)
        for contact in changed:
            self.note(contact, {})
            record(types.CONTACT_BLOCKED, subject=contact, by=self.job.by, data={"reason": reason})

    def take_back(self, items: Sequence[tuple[Contact, dict[str, Any]]]) -> None:
        changed = [contact for contact, _before in items if contact.blocked_at is not None]
        self._set(changed, None, "")
        for contact in changed:
            self.note(contact, {})
            record(types.CONTACT_UNBLOCKED, subject=contact, by=self.job.by)

    def _set(self, contacts: Sequence[Contact], at: Any, reason: str) -> None:
        Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).update(
            blocked_at=at, blocked_reason=reason, updated_at=timezone.now()
        )


register_bulk_action(
    BulkAction(
        "block",
        gettext_lazy("Block"),
        "lock",
        Verb.WRITE_CONTACTS,
        BlockForm,
        "bulk_block",
        gettext_lazy("Block"),
        place=90,
    )
)
