"""What sales know of a person: handed out when they ask for it, and forgotten as far as it names
them."""

from pathlib import Path
from typing import Any, Final

from django.db import connection

from contacts import custom_fields
from contacts.erasing import erase_with
from contacts.models import Contact
from contacts.person_export import export_with
from core.postgresql.roles import system_rights
from crm.models import Deal, LeadRefusal, Task
from workspaces.scope import current_workspace_id

# What was written into a deal, as its history and the journal tell it. Amounts and stages name
# nobody.
_CHANGES: Final = """
    update crm_dealchange set before = 'null', after = 'null', before_words = '', after_words = ''
    where workspace_id = %s and deal_id = any(%s)
        and (field in ('title', 'loss_comment', 'company', 'refusal') or field like 'fields%%')
"""
_FACTS: Final = """
    update events_event set data = data #- '{changes,title}' #- '{changes,loss_comment}'
        #- '{changes,company}' #- '{changes,fields}' #- '{changes,refusal}' #- '{note}'
    where workspace_id = %s and subject_id = any(%s) and subject_type = 'deal'
        and data ? 'changes'
"""


def forget_person(contact: Contact) -> bool:
    """Delete tasks, and what was written into deals; amounts, stages and dates stay countable."""
    Task.objects.filter(contact=contact).delete()
    Task.objects.filter(deal__contact=contact).delete()
    deals = Deal.objects.filter(contact=contact)
    ids = list(deals.values_list("pk", flat=True))
    deals.update(title="", loss_comment="", fields={}, company=None, touch=None, evidence=None)
    refusals = LeadRefusal.objects.filter(deal__in=ids)
    refusals.update(comment="", note="", verdict="", evidence=None)
    custom_fields.forget(ids)
    with system_rights(), connection.cursor() as cursor:
        for statement in (_CHANGES, _FACTS):
            cursor.execute(statement, [current_workspace_id(), ids])
    return bool(ids)


def deals_of(contact: Contact) -> tuple[Any, list[tuple[str, Path]]]:
    """Their deals with stage and amount."""
    rows = Deal.objects.filter(contact=contact).select_related("stage", "pipeline")
    return [
        {
            "number": deal.number,
            "title": deal.title,
            "pipeline": deal.pipeline.name,
            "stage": deal.stage.name,
            "amount": str(deal.amount) if deal.amount is not None else None,
            "currency": deal.currency,
            "created_at": deal.created_at,
            "closed_at": deal.closed_at,
            "fields": deal.fields,
        }
        for deal in rows.order_by("number")
    ], []


erase_with(forget_person)
export_with("deals", deals_of)
