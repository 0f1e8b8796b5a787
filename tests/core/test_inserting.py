"""Rows by the thousand are stored as `bulk_create` stores them."""

from copy import copy
from datetime import date
from decimal import Decimal

import pytest

from analytics.models import AdSpend
from contacts.models import Contact, ContactIdentity
from core.ids import uuid7
from tests.cast import make_channel
from workspaces.scope import ScopeConflict

pytestmark = pytest.mark.django_db


def stored(row):
    return type(row).objects.filter(pk=row.pk).values().get()


def both_ways(row):
    """The same row stored twice: by us and by Django."""
    other = copy(row)
    other.pk = uuid7()
    type(row).objects.insert_new([row])
    type(row).objects.bulk_create([other])
    ours, djangos = stored(row), stored(other)
    return [{**one, "id": None, "updated_at": None} for one in (ours, djangos)]


def test_texts_documents_and_defaults_of_the_database(acme):
    with acme.scope():
        row = Contact(name='Мария "М" \\ {x}', fields={"Город": 'Псков "\\', "n": 1.5})
        ours, djangos = both_ways(row)
        assert ours == djangos
        assert ours["fields"] == {"Город": 'Псков "\\', "n": 1.5}


def test_arrays_flags_and_missing_moments(acme):
    with acme.scope():
        contact = Contact.objects.create(name="Maria")
        row = ContactIdentity(
            channel=make_channel(),
            contact=contact,
            external_id="1",
            aliases=['a"b', "c\\d", "{e,f}", ""],
            is_reachable=False,
        )
        ContactIdentity.objects.insert_new([row])
        assert ContactIdentity.objects.get().aliases == ['a"b', "c\\d", "{e,f}", ""]
        assert ContactIdentity.objects.get().is_reachable is False


def test_days_money_and_whole_numbers(acme):
    with acme.scope():
        row = AdSpend(
            date=date(2026, 2, 28), source="yandex", campaign="c", cost=Decimal("12.34"),
            currency="RUB", clicks=7, origin=AdSpend.Origin.FILE,
        )  # fmt: skip
        AdSpend.objects.insert_new([row])
        again = AdSpend.objects.get()
        assert (again.date, again.cost, again.clicks) == (date(2026, 2, 28), Decimal("12.34"), 7)


def test_no_rows_are_no_statement(acme, django_assert_num_queries):
    with acme.scope(), django_assert_num_queries(0):
        Contact.objects.insert_new([])


def test_a_row_of_another_workspace_is_refused(acme, rival):
    with rival.scope():
        theirs = Contact(name="Stranger")
        theirs.enter_scope()
    with acme.scope(), pytest.raises(ScopeConflict):
        Contact.objects.insert_new([theirs])
