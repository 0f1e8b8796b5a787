"""Forms of contacts, companies and own fields."""

from contacts.forms.company import CompanyForm
from contacts.forms.custom_field import FieldForm, NewFieldForm
from contacts.forms.own_fields import OwnFields
from contacts.forms.person import PersonForm

__all__ = ["CompanyForm", "FieldForm", "NewFieldForm", "OwnFields", "PersonForm"]
