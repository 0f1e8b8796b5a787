from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from contacts import custom_fields, languages
from contacts.forms.own_fields import PREFIX, OwnFields
from contacts.forms.seen import Seen
from contacts.models import Contact, CustomField
from workspaces.models import Membership

MOST_POINTS = 20


class PersonForm(Seen, OwnFields):
    """All that is written of a contact. Phones and e-mails stand one to a line, the main one
    first."""

    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"), max_length=200, required=False
    )
    phones = forms.CharField(
        label=_("Phones"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "inputmode": "tel", "autocomplete": "off"}),
        help_text=_("One to a line, the main one first"),
    )
    emails = forms.CharField(
        label=_("E-mails"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=_("One to a line, the main one first"),
    )
    language = forms.CharField(
        label=_("Language"), max_length=languages.LONGEST, required=False, widget=forms.Select
    )
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    owner: "forms.ModelChoiceField[Membership]" = forms.ModelChoiceField(
        label=_("Owner"), queryset=None, required=False, empty_label=_("Nobody")
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        points = sorted(contact.points.all(), key=lambda point: point.pk)
        initial = {
            "name": contact.name,
            "phones": _lines(contact.phone, points, "phone"),
            "emails": _lines(contact.email, points, "email"),
            "language": contact.language,
            "company": contact.company.name if contact.company else "",
            "owner": contact.owner_id,
            "note": contact.note,
        }
        super().__init__(*args, own=contact.fields, initial=initial, **kwargs)
        lists = {name: _split(str(initial[name])) for name in ("phones", "emails")}
        owner = {"owner": str(contact.owner_id or "")}
        own = {PREFIX + field.key: self._own_value(field, self._own) for field in self._defined}
        self.present = {**initial, **lists, **owner, **own}
        choices = [("", pgettext("language", "Not known")), *languages.offered(contact.language)]
        self.fields["language"].widget.choices = choices
        self.fields["owner"].queryset = (  # type: ignore[attr-defined]
            Membership.objects.active().with_user().order_by("user__name")
        )

    def clean_phones(self) -> list[str]:
        return _split(self.cleaned_data["phones"])

    def clean_emails(self) -> list[str]:
        """Each of them must be one."""
        found = _split(self.cleaned_data["emails"])
        check = forms.EmailField()
        return [check.clean(text) for text in found]

    def given(self, name: str) -> Any:
        """What was sent for a field; lines end as they are stored."""
        if name.startswith(PREFIX):
            field = next(one for one in self._defined if PREFIX + one.key == name)
            return self._own_value(field, self.cleaned_data.get("fields", {}))
        value = super().given(name)
        if name == "owner":
            return str(value.pk) if value else ""
        return value.replace("\r\n", "\n") if isinstance(value, str) else value

    def words_of(self, name: str, value: Any) -> str:
        """Own fields as their kind reads, the owner and the language by name."""
        if name == "owner":
            found = self.fields["owner"].queryset.filter(pk=value or None).first()  # type: ignore[attr-defined]
            return found.name if found else ""
        if name == "language":
            return languages.named(value)
        field = next((one for one in self._defined if PREFIX + one.key == name), None)
        return custom_fields.words(field, value) if field else super().words_of(name, value)

    @staticmethod
    def _own_value(field: CustomField, values: dict[str, Any]) -> Any:
        value = values.get(field.key)
        # An unticked box is no.
        return bool(value) if field.kind == CustomField.Kind.BOOLEAN else value


def _lines(main: str, points: list[Any], kind: str) -> str:
    others = [point.value for point in points if point.kind == kind]
    return "\n".join(filter(None, [main, *others]))


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][:MOST_POINTS]
