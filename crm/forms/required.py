"""What a stage asks for and deals lack, as a form."""

from collections.abc import Sequence
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
# Nobody shares them: they are not asked for many deals at once.
PERSONAL: Final = {"contact.name", "contact.phone", "contact.email"}
EMPTY: Final[tuple[Any, ...]] = (None, "", [])
PREFIX: Final = "required_"


class RequiredForm(forms.Form):
    """A control for each field that the stage asks for and one of the deals lacks; none when they
    lack nothing. `save` writes them, before a deal is moved.

    Of several deals each gets what it lacks, and what is left empty goes on lacking.
    """

    def __init__(self, *args: Any, deals: Sequence[Deal], stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage, is_of_many = stage, len(deals) > 1
        lacked = {name for deal in deals for name in missing_fields(deal, stage)} - ELSEWHERE
        if is_of_many:
            lacked -= PERSONAL
        self.names = [name for name in stage.required_fields if name in lacked]
        for name in self.names:
            self.fields[PREFIX + name] = made = _control(name)
            if is_of_many:
                made.required = False

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

    def save(self, deal: Deal, *, by: Membership) -> None:
        """Write what was filled in and the deal lacks. Raises `ValidationError`,
        `PermissionDenied`."""
        of_deal: dict[str, Any] = {}
        of_contact: dict[str, Any] = {}
        own: dict[str, Any] = {}
        contact_own: dict[str, Any] = {}
        for name in missing_fields(deal, self.stage):
            value = self.cleaned_data.get(PREFIX + name)
            if value in EMPTY:
                continue
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
            update_deal(deal, by=by, **of_deal)
        if contact_own:
            of_contact["field_values"] = contact_own
        if of_contact:
            update_contact(contact=deal.contact, by=by, **of_contact)


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
