"""An exact count is the same, whichever way it is made."""

import pytest

from contacts.actions import create_contact
from contacts.models import Contact
from contacts.vocabulary import CONTACTS
from core.conditions import exact, parse
from core.conditions.paging import Plan
from core.postgresql.planner import planned_for_exact_counts
from events.journal import SYSTEM
from workspaces.zones import moments

pytestmark = pytest.mark.django_db


def leaf(field, operator, value):
    return {"field": field, "op": operator, "value": value}


EVEN, THIRD = leaf("labels", "has", "even"), leaf("labels", "has", "third")
FIRST_TEN, NOBODY = leaf("name", "starts_with", "person 0"), leaf("labels", "has", "nobody")
COUNTS = [
    ({"any": [EVEN, THIRD]}, 20),
    ({"any": [EVEN, THIRD], "not": {"any": [FIRST_TEN]}}, 13),
    ({"all": [{"any": [EVEN, THIRD]}, {"any": [FIRST_TEN, NOBODY]}]}, 7),
    ({"all": [FIRST_TEN], "any": [EVEN, NOBODY]}, 5),
    ({"any": [NOBODY, {"all": [EVEN, THIRD]}]}, 5),
    ({"any": [EVEN, {}]}, 30),
    ({"any": [NOBODY]}, 0),
]


@pytest.fixture
def crowd(acme):
    with acme.scope():
        for number in range(30):
            labels = ["even"] * (number % 2 == 0) + ["third"] * (number % 3 == 0)
            create_contact(by=SYSTEM, name=f"person {number:02}", labels=labels)


@pytest.mark.parametrize("is_dear", [True, False])
def test_an_or_is_counted_row_by_row_or_by_what_is_left(acme, crowd, monkeypatch, is_dear):
    """The whole question is the last to be reckoned: more than the others together, or less."""
    reckoned, balanced, balance = [], [], exact.balance

    def reckon(query):
        reckoned.append(query)
        return Plan(1, 2.0 ** len(reckoned) if is_dear else 1.0)

    def spied(parts):
        balanced.append(parts)
        return balance(parts)

    monkeypatch.setattr(exact.Plan, "of", reckon)
    monkeypatch.setattr(exact, "balance", spied)
    with acme.scope(), planned_for_exact_counts():
        for document, count in COUNTS:
            reckoned.clear()
            condition = parse(document, CONTACTS)
            assert exact.count_exactly(Contact.objects.all(), condition, moments()) == count
    assert len(balanced) == (len(COUNTS) if is_dear else 0)


def test_where_all_is_required_nothing_is_weighed(acme, crowd, monkeypatch):
    monkeypatch.setattr(exact.Plan, "of", None)
    with acme.scope():
        condition = parse({"all": [EVEN], "not": {"any": [THIRD]}}, CONTACTS)
        assert exact.count_exactly(Contact.objects.all(), condition, moments()) == 10


def test_another_tenants_contacts_are_not_counted(acme, rival, crowd):
    with rival.scope():
        parts = exact.terms(Contact.objects.all(), parse({"any": [EVEN, {}]}, CONTACTS), moments())
        assert exact.balance(parts) == 0
