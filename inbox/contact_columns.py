"""What the inbox knows of a contact, as columns of the table of contacts."""

from collections.abc import Hashable, Mapping, Sequence
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


def _shown(_contact: Contact, talk: Any) -> Hashable:
    """All that the row of a conversation says of its last message, and when and where it was."""
    told = (talk.last_message_text, talk.last_message_kind, talk.last_message_direction)
    return talk.pk, talk.channel.kind, talk.last_activity_at, talk.last_message_status, *told


register_column(
    Column(
        "last_message",
        _("Last message"),
        _latest,
        "inbox/_last_message_cell.html",
        plain=_words,
        shows=_shown,
        verb=Verb.READ_INBOX,
        is_usual=True,
    )
)
