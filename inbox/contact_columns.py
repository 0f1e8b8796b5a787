"""What the inbox knows of a contact, as columns of the table of contacts."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from contacts.table.columns import Column, register_column
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.permissions import Verb


def _latest(contacts: Sequence[Contact], viewer: Membership) -> Mapping[UUID, Conversation]:
    """The conversation in which was spoken last, of those that the viewer sees."""
    seen = Conversation.objects.visible_to(viewer).filter(contact__in=contacts)
    latest = seen.order_by("contact_id", "-last_activity_at", "-id").distinct("contact_id")
    return {talk.contact_id: talk for talk in latest.select_related("channel")}


def _words(contact: Contact, talk: Any) -> str:
    return talk.last_message_text if talk else ""


register_column(
    Column(
        "last_message",
        _("Last message"),
        _latest,
        "inbox/_last_message_cell.html",
        plain=_words,
        verb=Verb.READ_INBOX,
        is_usual=True,
    )
)
