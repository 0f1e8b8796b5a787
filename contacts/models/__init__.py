from contacts.models.consent import Consent
from contacts.models.contact import Contact
from contacts.models.contact_identity import ContactIdentity
from contacts.models.label import ContactLabel, Label

__all__ = ["Consent", "Contact", "ContactIdentity", "ContactLabel", "Label"]
