"""Payments: their sum is right whoever notes them at once, and told twice is once."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from contacts.models import Contact
from crm.actions import create_deal, record_payment, remove_payment, update_deal
from crm.models import ClosedPeriod, Deal, DealChange, Payment
from events import types
from events.journal import SYSTEM
from events.models import Event
from workspaces.scope import current_scope

pytestmark = pytest.mark.django_db


def test_payments_and_refunds_add_up(sales):
    deal = sales.deal()
    record_payment(deal, amount=Decimal("700.50"), by=sales.acme.boris)
    record_payment(deal, amount=Decimal(-200), by=sales.acme.boris, comment="Too much")
    deal.refresh_from_db()
    assert deal.paid == Decimal("500.50")
    changes = DealChange.objects.filter(deal=deal, field="paid").order_by("at", "id")
    assert [(change.before, change.after) for change in changes] == [
        ("0.00", "700.50"),
        ("700.50", "500.50"),
    ]


def test_a_payment_that_is_told_twice_is_one(sales):
    deal = sales.deal()
    first = record_payment(deal, amount=Decimal(5), external_id="bank-1", by=SYSTEM)
    assert record_payment(deal, amount=Decimal(5), external_id="bank-1", by=SYSTEM) == first
    deal.refresh_from_db()
    assert deal.paid == 5
    with pytest.raises(ValidationError, match="another amount"):
        record_payment(deal, amount=Decimal(6), external_id="bank-1", by=SYSTEM)
    other = record_payment(sales.deal(), amount=Decimal(6), external_id="bank-1", by=SYSTEM)
    assert other != first


def test_a_payment_that_is_taken_back_leaves_its_trace(sales):
    deal = sales.deal()
    payment = record_payment(deal, amount=Decimal(5), by=SYSTEM)
    remove_payment(payment, by=sales.acme.boris)
    remove_payment(payment, by=sales.acme.boris)
    deal.refresh_from_db()
    assert deal.paid == 0
    assert not Payment.objects.exists()
    told = [item for item in current_scope().pending if isinstance(item, Event)]
    removed = [event for event in told if event.action == types.PAYMENT_REMOVED]
    assert [event.data["amount"] for event in removed] == ["5.00"]


@pytest.mark.parametrize("amount", ["0", "0.001", "1e15", "NaN", "Infinity"])
def test_no_payment_of_nothing_or_of_fractions(sales, amount):
    with pytest.raises(ValidationError):
        record_payment(sales.deal(), amount=Decimal(amount), by=SYSTEM)


def test_the_currency_is_the_deals_and_stays(sales):
    deal = sales.deal()
    with pytest.raises(ValidationError, match="RUB"):
        record_payment(deal, amount=Decimal(5), currency="USD", by=SYSTEM)
    record_payment(deal, amount=Decimal(5), by=SYSTEM)
    with pytest.raises(ValidationError, match="payments in RUB"):
        update_deal(deal, by=SYSTEM, currency="USD")


def test_a_payment_of_a_closed_day_is_flagged(sales):
    yesterday = timezone.now().date() - timedelta(days=1)
    ClosedPeriod.objects.create(until=yesterday)
    deal = sales.deal()
    record_payment(deal, amount=Decimal(5), by=SYSTEM)
    record_payment(deal, amount=Decimal(5), paid_on=date(2020, 1, 1), by=SYSTEM)
    flags = DealChange.objects.filter(deal=deal, field="paid").order_by("at", "id")
    assert [change.is_late for change in flags] == [False, True]


def test_who_may_only_read_notes_no_payment(sales):
    with pytest.raises(PermissionDenied):
        record_payment(sales.deal(), amount=Decimal(5), by=sales.acme.marta)


@pytest.mark.django_db(transaction=True)
def test_payments_at_the_same_moment_all_count(acme):
    with acme.scope():
        deal = create_deal(contact=Contact.objects.create(name="Maria"), by=SYSTEM)

    def pay():
        try:
            with acme.scope():
                record_payment(Deal.objects.get(pk=deal.pk), amount=Decimal(1), by=SYSTEM)
        finally:
            connection.close()

    threads = [threading.Thread(target=pay) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with acme.scope():
        assert Deal.objects.get(pk=deal.pk).paid == 12
