"""Whoever is blocked leaves the queue: their conversations go to the archive."""

from contacts.models import Contact
from events.journal import SYSTEM
from events.models import Event
from inbox.models import Conversation


def close_conversations(events: list[Event]) -> None:
    """Close what is open of people who are still blocked, and let nobody wait for a reply."""
    ids = {event.subject_id for event in events}
    blocked = Contact.objects.filter(pk__in=ids, blocked_at__isnull=False)
    talks = Conversation.objects.filter(contact__in=blocked.values("pk"))
    for conversation in talks.exclude(status=Conversation.Status.CLOSED).order_by("id"):
        conversation.close(by=SYSTEM)
