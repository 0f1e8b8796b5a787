"""The customer's card beside a conversation."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import ngettext

from contacts import duplicates
from contacts.models import Consent, Contact, Label
from inbox import panels
from inbox.facts import Fact
from inbox.models import Conversation
from inbox.views.parts.shared import visible
from workspaces.permissions import Verb, can

MOST_HISTORY = 12
MOST_TOUCHES = 5


def card(request: HttpRequest, found: Conversation, facts: list[Fact]) -> dict[str, Any]:
    """The customer: channels, labels, other conversations, and what the journal tells."""
    contact = found.contact
    others = visible(request).filter(contact=contact)
    alike = duplicates.others_like(contact)
    return {
        "alike": alike,
        "alike_words": _alike(alike),
        "can_edit": can(request.membership, Verb.WRITE_CONTACTS),
        "identities": contact.identities.select_related("channel").order_by("created_at"),
        "consents": consents_of(contact),
        "touches": list(contact.touches.latest_first()[:MOST_TOUCHES]),
        "labels": list(contact.labels.order_by("name")),
        "known_labels": Label.objects.order_by("name").values_list("name", flat=True)[:200],
        "others": others.exclude(pk=found.pk).newest_first().for_list()[:5],
        "history": facts[::-1][:MOST_HISTORY],
        "panels": panels.sections(request.membership, request.workspace.slug, found),
    }


def _alike(alike: list[Any]) -> str:
    words = ngettext("%(count)d likely duplicate", "%(count)d likely duplicates", len(alike))
    return words % {"count": len(alike)}


def consents_of(contact: Contact) -> list[Consent]:
    """What they said of broadcasts: for all channels first."""
    found = contact.consents.filter(purpose=Consent.Purpose.MARKETING).select_related("channel")
    return list(found.order_by(F("channel_id").asc(nulls_first=True)))
