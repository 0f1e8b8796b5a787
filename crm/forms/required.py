"""What a stage asks for and a deal lacks, as a form."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from contacts import custom_fields
from contacts.actions import update_contact
from contacts.companies import find_or_create_company
from contacts.forms.own_fields import control
from crm.actions import update_deal
from crm.actions.values import REQUIRABLE, missing_fields
from crm.forms.fields import AmountField
from crm.models import Deal, Stage
from crm.sellers import sellers
from workspaces.models import Membership

# Another part of the dialog asks for it.
ELSEWHERE: Final = {"loss_reason"}
PREFIX: Final = "required_"


class RequiredForm(forms.Form):
    """A control for each field that the stage asks for and the deal lacks; none when it lacks
    nothing. `save` writes them, before the deal is moved."""

    def __init__(self, *args: Any, deal: Deal, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deal = deal
        self.names = [name for name in missing_fields(deal, stage) if name not in ELSEWHERE]
        for name in self.names:
            self.fields[PREFIX + name] = _control(name)

    def clean(self) -> dict[str, Any]:
        """Own fields by the rules of their kinds; a company is found by its name or made."""
        given = super().clean() or {}
        for entity, prefix in (("deal", "fields."), ("contact", "contact.fields.")):
            sent = {
                name.removeprefix(prefix): given.get(PREFIX + name)
                for name in self.names
                if name.startswith(prefix)
            }
            try:
                custom_fields.clean(entity, sent)
            except ValidationError as refusal:
                for name, words in refusal.message_dict.items():
                    self.add_error(f"{PREFIX}{prefix}{name.removeprefix('fields.')}", words)
        return given

    def save(self, *, by: Membership) -> None:
        """Write what was filled in. Raises `ValidationError`, `PermissionDenied`."""
        of_deal: dict[str, Any] = {}
        of_contact: dict[str, Any] = {}
        own: dict[str, Any] = {}
        contact_own: dict[str, Any] = {}
        for name in self.names:
            value = self.cleaned_data.get(PREFIX + name)
            if name.startswith("fields."):
                own[name.removeprefix("fields.")] = value
            elif name.startswith("contact.fields."):
                contact_own[name.removeprefix("contact.fields.")] = value
            elif name.startswith("contact."):
                of_contact[name.removeprefix("contact.")] = value
            elif name == "company":
                of_deal[name] = find_or_create_company(str(value or ""), by=by)
            else:
                of_deal[name] = value
        if own:
            of_deal["fields"] = own
        if of_deal:
            update_deal(self.deal, by=by, **of_deal)
        if contact_own:
            of_contact["field_values"] = contact_own
        if of_contact:
            update_contact(contact=self.deal.contact, by=by, **of_contact)


def _control(name: str) -> forms.Field:
    label = str(REQUIRABLE.get(name, ""))
    common: dict[str, Any] = {"label": label[:1].upper() + label[1:]}
    if name in {"amount", "cost"}:
        return AmountField(**common, required=True)
    if name == "expected_on":
        return forms.DateField(**common, widget=forms.DateInput(attrs={"type": "date"}))
    if name == "owner":
        choices = [(str(member.pk), member.name) for member in sellers()]
        return forms.TypedChoiceField(**common, choices=[("", "—"), *choices], coerce=_member)
    if name == "contact.email":
        return forms.EmailField(**common)
    for entity, prefix in (("deal", "fields."), ("contact", "contact.fields.")):
        if name.startswith(prefix):
            field = custom_fields.definition(entity, name.removeprefix(prefix))
            if field is None:
                return forms.CharField(label=name.removeprefix(prefix), max_length=500)
            made = control(field, None)
            made.required = True
            return made
    return forms.CharField(**common, max_length=200)


def _member(pk: str) -> Membership:
    found: Membership = Membership.objects.active().get(pk=pk)
    return found
