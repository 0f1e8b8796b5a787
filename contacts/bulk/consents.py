"""What many contacts have said of broadcasts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts.actions import set_consent
from contacts.bulk.changing import BulkChange
from contacts.bulk.registry import BulkAction, BulkForm, register_bulk_action
from contacts.jobs.registry import runner
from contacts.models import Consent, Contact
from workspaces.permissions import Verb


class ConsentForm(BulkForm):
    """A consent says where it comes from: whoever asks later must be able to look there."""

    granted = forms.ChoiceField(
        label=gettext_lazy("Broadcasts and offers"),
        choices=[
            ("yes", gettext_lazy("Agreed to broadcasts")),
            ("no", gettext_lazy("Wants none")),
        ],
        widget=forms.RadioSelect,
    )
    detail = forms.CharField(
        label=gettext_lazy("Where they said so"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@runner("bulk_set_consent")
class SetConsent(BulkChange):
    """For all channels, as on a contact's page."""

    can_be_undone: ClassVar[bool] = True

    def act(self, contacts: Sequence[Contact]) -> None:
        granted, detail = self.job.settings["granted"] == "yes", self.job.settings["detail"]
        known = self._known(contacts)
        for contact in contacts:
            before = known.get(contact.pk)
            if before is not None and before.is_granted == granted:
                continue
            kept = _kept(before)
            made = self._say(contact, granted=granted, detail=detail, origin=Consent.Origin.AGENT)
            self.note(contact, {"before": kept, "at": made.at.isoformat()})

    def take_back(self, items: Sequence[tuple[Contact, dict[str, Any]]]) -> None:
        known = self._known([contact for contact, _noted in items])
        for contact, noted in items:
            consent = known.get(contact.pk)
            if consent is None or consent.at.isoformat() != noted["at"]:
                self.fail(contact, _("The consent was changed since."))
                continue
            before = noted["before"]
            self.note(contact, {})
            if before is None:
                # Nothing was said before: what is taken back must not count as agreed.
                if consent.is_granted:
                    self._say(contact, granted=False, detail="", origin=Consent.Origin.AGENT)
                consent.delete()
                continue
            told = {name: before[name] for name in ("granted", "origin", "detail")}
            self._say(contact, **told)
            Consent.objects.filter(pk=consent.pk).update(at=datetime.fromisoformat(before["at"]))

    def _say(self, contact: Contact, *, granted: bool, detail: str, origin: str) -> Consent:
        return set_consent(
            contact=contact, granted=granted, origin=origin, detail=detail, by=self.job.by
        )

    def _known(self, contacts: Sequence[Contact]) -> dict[Any, Consent]:
        rows = Consent.objects.filter(
            contact__in=contacts, channel=None, purpose=Consent.Purpose.MARKETING
        )
        return {consent.contact_id: consent for consent in rows}


def _kept(consent: Consent | None) -> dict[str, Any] | None:
    if consent is None:
        return None
    return {
        "granted": consent.is_granted,
        "origin": consent.origin,
        "detail": consent.detail,
        "at": consent.at.isoformat(),
    }


register_bulk_action(
    BulkAction(
        "set_consent",
        pgettext_lazy("bulk", "Consent"),
        "megaphone",
        Verb.WRITE_CONTACTS,
        ConsentForm,
        "bulk_set_consent",
        gettext_lazy("Save"),
        place=25,
    )
)
