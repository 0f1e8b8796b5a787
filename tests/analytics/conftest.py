"""A shop that sells: a pipeline, customers with touches, and programs that read reports."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from contacts.actions import record_touch
from contacts.models import Contact
from crm.actions import create_deal, move_deal
from crm.history import record_deal
from crm.models import Deal, DealChange, Payment, Pipeline
from events import types
from events.journal import SYSTEM
from tests.api.calls import Program
from tests.cast import make_token


@pytest.fixture
def program(acme):
    """`program(role="agent", scopes=[...])` gives a program with a token of acme."""

    def make(**values) -> Program:
        with acme.scope():
            secret = make_token(**values)
        return Program(secret)

    return make


@pytest.fixture
def client(program) -> Program:
    """A program that may do everything."""
    return program()


@pytest.fixture
def stranger(rival) -> Program:
    """A program of another company."""
    with rival.scope():
        return Program(make_token())


@pytest.fixture
def shop(acme):
    """`shop.deal(...)`, `shop.win(deal)`, ... each in a transaction of its own, so that the journal
    has it when the next line reads a report."""
    return Shop(acme)


class Shop:
    def __init__(self, acme):
        self.acme = acme
        with acme.scope():
            self.pipeline = Pipeline.objects.get(is_default=True)
            self.stages = {stage.name: stage for stage in self.pipeline.stages.in_order()}

    def contact(self, name="Maria", **touch):
        with self.acme.scope():
            contact = Contact.objects.create(name=name)
        if touch:
            self.touch(contact, **touch)
        return contact

    def touch(self, contact, source="", *, days_ago=1.0, kind="ad", **values):
        with self.acme.scope():
            at = timezone.now() - timedelta(days=days_ago)
            return record_touch(
                contact=contact, kind=kind, by=SYSTEM, source=source, at=at, **values
            )

    def deal(self, contact=None, amount=1000, **values):
        values.setdefault("by", SYSTEM)
        if "stage" in values:
            values["stage"] = self.stages[values["stage"]]
        contact = contact or self.contact()
        with self.acme.scope():
            return create_deal(
                contact=contact, amount=None if amount is None else Decimal(amount), **values
            )

    def move(self, deal, stage, *, by=None, **values):
        with self.acme.scope():
            return move_deal(deal, to=self.stages[stage], by=by or SYSTEM, **values)

    def win(self, deal, **values):
        return self.move(deal, "Paid", **values)

    def lose(self, deal, **values):
        return self.move(deal, "Refused", **values)

    def reject(self, deal, **values):
        return self.move(deal, "No lead", **values)

    def pay(self, deal, amount, *, on=None):
        with self.acme.scope():
            payment = Payment.objects.create(
                deal=deal,
                amount=Decimal(amount),
                currency=deal.currency,
                paid_on=on or timezone.now().date(),
            )
            record_deal(types.PAYMENT_RECORDED, deal, by=SYSTEM)
            return payment

    def born(self, deal, at):
        """As if it had been born then."""
        with self.acme.scope():
            Deal.objects.filter(pk=deal.pk).update(created_at=at)
            record_deal(types.DEAL_UPDATED, deal, by=SYSTEM)
        return deal

    def closed(self, deal, at):
        """As if it had come to its outcome then."""
        with self.acme.scope():
            Deal.objects.filter(pk=deal.pk).update(closed_at=at)
            record_deal(types.DEAL_UPDATED, deal, by=SYSTEM)

    def changes(self, deal):
        with self.acme.scope():
            return list(DealChange.objects.filter(deal=deal).order_by("at", "id"))


@pytest.fixture
def report(client):
    """`report("marketing", group="source")` is its document, with `row(...)` to find one."""

    def read(name, *, by=None, **query):
        query["from"] = query.pop("first", query.get("from", ""))
        query["to"] = query.pop("last", query.get("to", ""))
        query = {key: value for key, value in query.items() if value}
        response = (by or client).get(f"/api/v1/reports/{name}/", query)
        assert response.status_code == 200, response.content
        document = response.json()

        def row(**keys):
            found = [
                one
                for one in document["rows"]
                if all(one[key] == value for key, value in keys.items())
            ]
            assert len(found) == 1, document["rows"]
            return found[0]

        return SimpleNamespace(**document, row=row)

    return read


def roubles(amount):
    """Money as the API tells it."""
    return {"amount": f"{Decimal(amount):.2f}", "currency": "RUB"}
