from contacts.models.company import Company
from contacts.models.consent import Consent
from contacts.models.contact import Contact
from contacts.models.contact_identity import ContactIdentity
from contacts.models.label import ContactLabel, Label
from contacts.models.touch import Touch

__all__ = ["Company", "Consent", "Contact", "ContactIdentity", "ContactLabel", "Label", "Touch"]
