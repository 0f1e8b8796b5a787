"""Labels on many contacts, and off them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts.bulk.changing import BulkChange
from contacts.bulk.registry import BulkAction, BulkForm, register_bulk_action
from contacts.jobs.registry import runner
from contacts.models import Contact, ContactLabel, Label
from workspaces.permissions import Verb

# The API takes no more either.
MOST_LABELS: Final = 50


class LabelForm(BulkForm):
    label = forms.CharField(label=gettext_lazy("Label"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = list(Label.objects.order_by("name").values_list("name", flat=True)[:300])
        self.fields["label"].widget.attrs.update(list="bulk_suggestions", autocomplete="off")

    def clean_label(self) -> str:
        name: str = self.cleaned_data["label"].replace("\0", "").strip()
        if not name:
            raise forms.ValidationError(_("Give the label a name."))
        return name


class _LabelChange(BulkChange):
    can_be_undone: ClassVar[bool] = True

    def names_of(self, contacts: Sequence[Contact]) -> dict[UUID, list[str]]:
        """The labels of each contact, by name."""
        found: dict[UUID, list[str]] = defaultdict(list)
        links = ContactLabel.objects.filter(contact__in=contacts).order_by("label__name")
        for contact_id, name in links.values_list("contact_id", "label__name"):
            found[contact_id].append(name)
        return found

    def put_on(self, contacts: Sequence[Contact], name: str) -> None:
        """Add the label where it is missing."""
        Label.objects.bulk_create([Label(name=name)], ignore_conflicts=True)
        label, had = Label.objects.get(name=name), self.names_of(contacts)
        wanting = [contact for contact in contacts if name not in had[contact.pk]]
        full = {contact.pk for contact in wanting if len(had[contact.pk]) >= MOST_LABELS}
        changed = [contact for contact in wanting if contact.pk not in full]
        ContactLabel.objects.bulk_create(
            [ContactLabel(contact=contact, label=label) for contact in changed],
            ignore_conflicts=True,
        )
        for contact in wanting:
            if contact.pk in full:
                words = _("There are %(count)d labels on this contact already.")
                self.fail(contact, words % {"count": MOST_LABELS})
        self._told(changed, had, lambda names: sorted([*names, name]))

    def take_off(self, contacts: Sequence[Contact], name: str) -> None:
        """Remove the label where it is."""
        had = self.names_of(contacts)
        changed = [contact for contact in contacts if name in had[contact.pk]]
        ContactLabel.objects.filter(contact__in=changed, label__name=name).delete()
        self._told(changed, had, lambda names: [each for each in names if each != name])

    def _told(self, changed: Sequence[Contact], had: dict[UUID, list[str]], after: Any) -> None:
        Contact.objects.filter(pk__in=[contact.pk for contact in changed]).update(
            updated_at=timezone.now()
        )
        for contact in changed:
            before = had[contact.pk]
            self.note(contact, {})
            self.tell(contact, {"labels": {"before": before, "after": after(before)}})


@runner("bulk_add_label")
class AddLabel(_LabelChange):
    def act(self, contacts: Sequence[Contact]) -> None:
        self.put_on(contacts, self.job.settings["label"])

    def take_back(self, items: Sequence[tuple[Contact, dict[str, Any]]]) -> None:
        self.take_off([contact for contact, _before in items], self.undone.settings["label"])  # type: ignore[attr-defined]


@runner("bulk_remove_label")
class RemoveLabel(_LabelChange):
    def act(self, contacts: Sequence[Contact]) -> None:
        self.take_off(contacts, self.job.settings["label"])

    def take_back(self, items: Sequence[tuple[Contact, dict[str, Any]]]) -> None:
        self.put_on([contact for contact, _before in items], self.undone.settings["label"])  # type: ignore[attr-defined]


register_bulk_action(
    BulkAction(
        "add_label",
        gettext_lazy("Add a label"),
        "tag",
        Verb.WRITE_CONTACTS,
        LabelForm,
        "bulk_add_label",
        gettext_lazy("Add"),
        place=10,
    )
)
register_bulk_action(
    BulkAction(
        "remove_label",
        gettext_lazy("Remove a label"),
        "x",
        Verb.WRITE_CONTACTS,
        LabelForm,
        "bulk_remove_label",
        pgettext_lazy("label", "Remove"),
        place=11,
    )
)
