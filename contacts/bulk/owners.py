"""Who looks after many contacts."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.bulk.changing import BulkChange
from contacts.bulk.registry import BulkAction, BulkForm, register_bulk_action
from contacts.jobs.registry import Refused, runner
from contacts.models import Contact
from workspaces.models import Membership
from workspaces.permissions import Verb


class OwnerForm(BulkForm):
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.filter(is_active=True).select_related("user")
        named = sorted(((str(each.pk), each.name) for each in members), key=lambda pair: pair[1])
        self.fields["owner"].choices = [("", _("Nobody")), *named]  # type: ignore[attr-defined]

    def settings(self) -> dict[str, Any]:
        return {"owner": self.cleaned_data["owner"] or None}


@runner("bulk_set_owner")
class SetOwner(BulkChange):
    can_be_undone: ClassVar[bool] = True

    def act(self, contacts: Sequence[Contact]) -> None:
        wanted = self.job.settings["owner"]
        owner_id = UUID(wanted) if wanted else None
        if owner_id and not Membership.objects.filter(pk=owner_id, is_active=True).exists():
            raise Refused(_("The new owner is no longer here."))
        changed = [contact for contact in contacts if contact.owner_id != owner_id]
        for contact in changed:
            self._give(contact, owner_id)
        self._save(changed)

    def take_back(self, items: Sequence[tuple[Contact, dict[str, Any]]]) -> None:
        wanted = self.undone.settings["owner"]  # type: ignore[attr-defined]
        set_to = UUID(wanted) if wanted else None
        known = set(Membership.objects.values_list("pk", flat=True))
        changed = []
        for contact, before in items:
            if contact.owner_id != set_to:
                self.fail(contact, _("The owner was changed since."))
                continue
            owner_id = UUID(before["owner"]) if before.get("owner") else None
            self._give(contact, owner_id if owner_id in known else None)
            changed.append(contact)
        self._save(changed)

    def _give(self, contact: Contact, owner_id: UUID | None) -> None:
        before = str(contact.owner_id) if contact.owner_id else None
        after = str(owner_id) if owner_id else None
        self.note(contact, {"owner": before})
        self.tell(contact, {"owner_id": {"before": before, "after": after}})
        contact.owner_id, contact.updated_at = owner_id, timezone.now()

    def _save(self, changed: list[Contact]) -> None:
        if changed:
            Contact.objects.bulk_update(changed, ["owner", "updated_at"])


register_bulk_action(
    BulkAction(
        "set_owner",
        gettext_lazy("Set the owner"),
        "user",
        Verb.WRITE_CONTACTS,
        OwnerForm,
        "bulk_set_owner",
        gettext_lazy("Set"),
        place=20,
    )
)
