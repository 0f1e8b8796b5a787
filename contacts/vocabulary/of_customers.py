"""Whatever can be asked of contacts, asked of the customer of a deal or a conversation:
`contact.labels`, `contact.fields.city`, `contact.consent.marketing`.
"""

from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import pgettext_lazy

from contacts.models import Contact
from contacts.vocabulary import CONTACTS
from core.conditions.through import through

GROUP: Final = pgettext_lazy("conditions", "Customer")


def _customer(condition: Q) -> Q:
    return Q(Exists(Contact.objects.filter(condition, pk=OuterRef("contact_id"))))


find, members = through("contact", GROUP, CONTACTS, _customer)
