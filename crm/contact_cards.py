"""Deals and tasks on the page of a contact, deals on that of a company."""

from typing import Any

from django.db.models import Q

from contacts.cards import Card, register_card
from contacts.models import Company, Contact
from crm.models import Deal, Task
from workspaces.permissions import Verb

MOST = 20


def _deals(viewer: Any, of: Contact | Company) -> dict[str, Any]:
    seen = Deal.objects.visible_to(viewer).select_related("stage", "pipeline", "owner__user")
    if isinstance(of, Company):
        seen = seen.filter(Q(company=of) | Q(contact__company=of))
    else:
        seen = seen.filter(contact=of)
    return {"deals": list(seen.order_by("-created_at", "-id")[:MOST])}


def _tasks(viewer: Any, of: Contact | Company) -> dict[str, Any]:
    if isinstance(of, Company):
        return {"tasks": []}
    seen = Task.objects.visible_to(viewer).to_do().select_related("owner__user")
    mine = seen.filter(Q(contact=of) | Q(deal__contact=of))
    return {"tasks": list(mine.order_by("due_at", "id")[:MOST])}


register_card(Card("deals", "crm/_contact_deals.html", Verb.READ_DEALS, _deals))
register_card(Card("tasks", "crm/_contact_tasks.html", Verb.READ_DEALS, _tasks))
