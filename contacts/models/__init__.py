from contacts.models.company import Company
from contacts.models.consent import Consent
from contacts.models.contact import Contact
from contacts.models.contact_identity import ContactIdentity
from contacts.models.contact_point import ContactPoint
from contacts.models.custom_field import CustomField, FieldValue
from contacts.models.duplicate import Duplicate
from contacts.models.erasure import Erasure
from contacts.models.job import Job, JobItem
from contacts.models.label import ContactLabel, Label
from contacts.models.merge_record import MergeRecord
from contacts.models.table_preference import TablePreference
from contacts.models.timeline_entry import TimelineEntry
from contacts.models.touch import Touch

__all__ = [
    "Company",
    "Consent",
    "Contact",
    "ContactIdentity",
    "ContactLabel",
    "ContactPoint",
    "CustomField",
    "Duplicate",
    "Erasure",
    "FieldValue",
    "Job",
    "JobItem",
    "Label",
    "MergeRecord",
    "TablePreference",
    "TimelineEntry",
    "Touch",
]
