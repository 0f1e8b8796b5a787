"""What sales know of a conversation, as columns of the table of conversations."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Deal, Task
from inbox.table.columns import Column, Rows, register_column
from workspaces.permissions import Verb


def _deals(rows: Rows) -> dict[UUID, Deal]:
    """The latest deal of each conversation, an open one before the others; read once a page."""
    if "deals" not in rows.memory:
        found: dict[UUID, Deal] = {}
        deals = Deal.objects.of_conversations(rows.viewer, rows.ids).select_related("stage")
        newest = list(deals.order_by("-created_at", "id"))
        for deal in sorted(newest, key=lambda one: one.status != Deal.Status.OPEN):
            found.setdefault(deal.conversation_id, deal)
        rows.memory["deals"] = found
    known: dict[UUID, Deal] = rows.memory["deals"]
    return known


def _next_tasks(rows: Rows) -> Mapping[UUID, dict[str, Any]]:
    """What is to be done next for the customer, and whether an open deal has nothing to be done."""
    contacts = {row.contact_id for row in rows.conversations}
    deals = _deals(rows)
    asked = Q(contact_id__in=contacts) | Q(conversation_id__in=rows.ids)
    if deals:
        asked |= Q(deal_id__in=[deal.pk for deal in deals.values()])
    tasks = Task.objects.visible_to(rows.viewer).to_do().filter(asked).order_by("-due_at", "-id")
    # The earliest comes last and stays.
    of_contact, of_conversation, of_deal = {}, {}, {}
    for task in tasks:
        of_contact[task.contact_id] = of_conversation[task.conversation_id] = task
        of_deal[task.deal_id] = task
    found = {}
    for row in rows.conversations:
        deal = deals.get(row.pk)
        near = [
            of_conversation.get(row.pk),
            of_deal.get(deal.pk) if deal else None,
            of_contact.get(row.contact_id),
        ]
        task = min((one for one in near if one), key=lambda one: one.due_at, default=None)
        is_missed = task is None and deal is not None and deal.status == Deal.Status.OPEN
        found[row.pk] = {"task": task, "is_missed": is_missed}
    return found


def _column(name: str, label: Any, load: Callable[[Rows], Any], order: int, **more: Any) -> None:
    cell = f"crm/cells/_{name}.html"
    register_column(Column(name, label, load, cell, order=order, verb=Verb.READ_DEALS, **more))


_column("stage", pgettext_lazy("deal", "Stage"), _deals, 20)
_column("amount", _("Amount"), _deals, 30, is_number=True)
_column("task", _("Task"), _next_tasks, 40)
_column("source", _("Source"), _deals, 60)
