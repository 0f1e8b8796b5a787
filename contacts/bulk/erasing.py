"""Forgetting many people at once."""

from collections.abc import Sequence
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts.bulk.changing import BulkChange
from contacts.bulk.registry import BulkAction, BulkForm, register_bulk_action
from contacts.erasing import ask_erasure
from contacts.jobs.registry import runner
from contacts.models import Contact
from workspaces.permissions import Verb


class EraseForm(BulkForm):
    """Nothing brings them back, so that is said once more."""

    sure = forms.BooleanField(
        label=gettext_lazy("Erase them with all messages and files. This cannot be undone.")
    )


@runner("bulk_erase")
class Erase(BulkChange):
    """Each is erased as by a wish of their own; deals stay without a name.

    What the job notes of them, their names, goes with them.
    """

    verb: ClassVar[Verb] = Verb.MANAGE_WORKSPACE

    def act(self, contacts: Sequence[Contact]) -> None:
        for contact in contacts:
            ask_erasure(contact=contact, by=self.job.by)
            self.note(contact, {})


register_bulk_action(
    BulkAction(
        "erase",
        pgettext_lazy("bulk", "Erase"),
        "x",
        Verb.MANAGE_WORKSPACE,
        EraseForm,
        "bulk_erase",
        gettext_lazy("Erase"),
        place=95,
        is_final=True,
    )
)
