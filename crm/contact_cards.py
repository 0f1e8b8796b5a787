"""Deals and tasks on the page of a contact, deals on that of a company."""

from typing import Any

from django.db.models import Q

from contacts.cards import Card, register_card
from contacts.models import Company, Contact
from crm.models import Deal, Pipeline
from workspaces.permissions import Verb, can

MOST = 20


def _deals(viewer: Any, of: Contact | Company) -> dict[str, Any]:
    """The deals; for a person also the pipelines in which the viewer may open another one."""
    seen = Deal.objects.visible_to(viewer).select_related("stage", "pipeline", "owner__user")
    if isinstance(of, Company):
        seen = seen.filter(Q(company=of) | Q(contact__company=of))
        return {"deals": list(seen.order_by("-created_at", "-id")[:MOST])}
    pipelines = Pipeline.objects.visible_to(viewer).in_use().in_order()
    return {
        "contact": of,
        "deals": list(seen.filter(contact=of).order_by("-created_at", "-id")[:MOST]),
        "pipelines": list(pipelines) if can(viewer, Verb.WRITE_DEALS) else [],
    }


def _tasks(viewer: Any, of: Contact | Company) -> dict[str, Any]:
    """The frame of a person's tasks fetches them itself."""
    return {"contact": of if isinstance(of, Contact) else None}


register_card(Card("deals", "crm/_contact_deals.html", Verb.READ_DEALS, _deals))
register_card(Card("tasks", "crm/_contact_tasks.html", Verb.READ_DEALS, _tasks))
