"""What inbox and sales know of contacts, in conditions."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contacts.models import Contact
from contacts.vocabulary import CONTACTS
from core.conditions import InvalidCondition
from core.conditions.operators import OF_KIND
from crm.actions import create_deal
from crm.models import Pipeline, Task
from events.journal import SYSTEM
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(acme):
    """Anna bought twice, Boris was lost and waits, Clara never wrote."""
    now = timezone.now()
    with acme.scope():
        stages = {stage.name: stage for stage in Pipeline.objects.get().stages.all()}
        channel = make_channel()
        anna = make_conversation(
            channel, name="Anna", last_incoming_at=now - timedelta(days=40), status="closed"
        ).contact
        lost = make_conversation(
            channel, name="Boris", last_incoming_at=now, waiting_since=now
        ).contact
        clara = Contact.objects.create(name="Clara")
        for amount in (100, 200):
            create_deal(contact=anna, by=SYSTEM, stage=stages["Paid"], amount=Decimal(amount))
        create_deal(contact=lost, by=SYSTEM, stage=stages["New lead"], amount=Decimal(1000))
        Task.objects.create(contact=clara, text="Call", due_at=now - timedelta(days=1))
    return stages


@pytest.mark.parametrize(
    ("field", "operator", "value", "names"),
    [
        ("wrote_at", "last_days", 30, "Boris"),
        ("wrote_at", "not_last_days", 30, "Anna Clara"),
        ("wrote_at", "set", False, "Clara"),
        ("unanswered", "eq", True, "Boris"),
        ("unanswered", "eq", False, "Anna Clara"),
        ("conversation", "has", "closed", "Anna"),
        ("conversation", "set", False, "Clara"),
        ("has_deal", "eq", False, "Clara"),
        ("deal.status", "has", "won", "Anna"),
        ("deal.status", "has_no", "won", "Boris Clara"),
        ("deal.stage", "has", "new lead", "Boris"),
        ("deal.pipeline", "has", "Sales", "Anna Boris"),
        ("deal.amount", "gte", 200, "Anna Boris"),
        ("deals.won", "eq", 0, "Boris Clara"),
        ("deals.won", "gte", 2, "Anna"),
        ("deals.won", "between", [0, 1], "Boris Clara"),
        ("deals.revenue", "gt", 299.5, "Anna"),
        ("deals.revenue", "lt", 1, "Boris Clara"),
        ("deals.revenue", "in", [300, 5], "Anna"),
        ("deals.count", "eq", 1, "Boris"),
        ("deal.created_at", "last_days", 1, "Anna Boris"),
        ("deal.closed_at", "set", True, "Anna"),
        ("overdue_task", "eq", True, "Clara"),
    ],
)
def test_contacts_are_found_by_talks_deals_and_tasks(acme, people, field, operator, value, names):
    with acme.scope():
        found = Contact.objects.fulfilling({"field": field, "op": operator, "value": value})
        assert sorted(found.values_list("name", flat=True)) == names.split()


def test_stages_are_named_by_id_and_malice_finds_nobody(acme, people):
    with acme.scope():
        document = {"field": "deal.stage", "op": "has", "value": str(people["Paid"].pk)}
        assert Contact.objects.fulfilling(document).get().name == "Anna"
        for field in CONTACTS:
            for operator in OF_KIND[field.kind]:
                for value in ("' or 1=1 --", ["1) or pg_sleep(5)--"], {"a": 1}):
                    try:
                        found = Contact.objects.fulfilling(
                            {"field": field.name, "op": operator, "value": value}
                        )
                        names = set(found.values_list("name", flat=True))
                    except InvalidCondition:
                        continue
                    # A negation of what nobody has holds for everybody.
                    assert names in (set(), {"Anna", "Boris", "Clara"})
