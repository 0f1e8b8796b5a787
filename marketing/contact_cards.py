"""Segments on the page of a contact and on the card of a conversation."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.cards import Card, register_card
from contacts.models import Company, Contact
from inbox.panels import Section, register_section
from marketing.membership import segments_of
from workspaces.permissions import Verb


def _segments(viewer: Any, of: Contact | Company) -> dict[str, Any]:
    return {"segments": [] if isinstance(of, Company) else segments_of(of)}


register_card(Card("segments", "marketing/_contact_segments.html", Verb.READ_SEGMENTS, _segments))
register_section(
    Section(
        frame="card_segments",
        address="segments:of-conversation",
        title=_("Segments"),
        verb=Verb.READ_SEGMENTS,
        changed=lambda found: f"contact:{found.contact_id} segments",
        order=60,
    )
)
