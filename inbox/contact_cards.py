"""A contact's conversations on their page."""

from typing import Any

from contacts.cards import Card, register_card
from contacts.models import Company, Contact
from inbox.models import Conversation
from workspaces.permissions import Verb

MOST = 10


def _conversations(viewer: Any, of: Contact | Company) -> dict[str, Any]:
    """Those that the viewer may see, the last active first; of a company its people's."""
    people = {"contact__company": of} if isinstance(of, Company) else {"contact": of}
    seen = Conversation.objects.visible_to(viewer).filter(**people)
    return {"conversations": list(seen.newest_first().for_list()[:MOST])}


register_card(
    Card("conversations", "inbox/_contact_conversations.html", Verb.READ_INBOX, _conversations)
)
