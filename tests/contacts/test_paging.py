"""A page of contacts is the same, whichever of the ways it is found by."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from contacts.actions import create_contact
from contacts.models import Contact
from contacts.vocabulary.spellings import spellings
from core.conditions import paging
from core.conditions.sets import joined
from events.journal import SYSTEM
from workspaces.zones import moments

pytestmark = pytest.mark.django_db

ORDERS = [("-created_at", "-id"), ("created_at", "id"), ("name", "id"), ("-name", "-id")]
NARROWED = {
    "many": {"field": "labels", "op": "has", "value": "even"},
    "some": {"all": [{"field": "labels", "op": "has", "value": "third"}]},
    "one": {"field": "name", "op": "eq", "value": "person 07"},
    "none": {"field": "labels", "op": "has", "value": "nobody"},
    "old": {"field": "created_at", "op": "before", "value": "2026-01-20"},
    "all": {"field": "name", "op": "contains", "value": "person"},
}


@pytest.fixture
def crowd(acme):
    with acme.scope():
        for number in range(30):
            labels = ["even"] * (number % 2 == 0) + ["third"] * (number % 3 == 0)
            create_contact(by=SYSTEM, name=f"person {number % 20:02}", labels=labels)
        begins = timezone.datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone())
        for number, contact in enumerate(Contact.objects.order_by("id")):
            # Three in a day, so that an order has rows of one value.
            day = begins + timedelta(days=number // 3)
            Contact.objects.filter(pk=contact.pk).update(created_at=day)


@pytest.mark.parametrize("near", [1, 4, 1000])
@pytest.mark.parametrize("telling", [1, 1000])
@pytest.mark.parametrize("is_far", [True, False])
def test_near_far_and_few_find_the_same_rows(acme, crowd, monkeypatch, near, telling, is_far):
    monkeypatch.setattr(paging, "NEAR", near)
    monkeypatch.setattr(paging, "TELLING", telling)
    monkeypatch.setattr(paging.Plan, "is_cheaper_than", lambda *_plans: is_far)
    with acme.scope():
        for order in ORDERS:
            for document in NARROWED.values():
                wanted = Contact.objects.fulfilling(document)
                condition = _condition(document)
                beyond = Q(name__gte="person 03")
                found = paging.first_rows(
                    Contact.objects.all(), condition, order, 5, from_place=beyond, of_order=Q()
                )
                assert found == list(wanted.filter(beyond).order_by(*order)[:5])


@pytest.mark.parametrize(
    "leaves",
    [
        [("labels", "has", "even"), ("labels", "set", False)],
        [("touch.at", "last_days", 3), ("touch.at", "set", False)],
        [("consent.marketing", "eq", "granted"), ("consent.marketing", "eq", "withdrawn")],
    ],
)
def test_nobody_is_looked_for_who_cannot_be(acme, crowd, leaves, django_assert_num_queries):
    document = {"all": [dict(zip(("field", "op", "value"), leaf, strict=True)) for leaf in leaves]}
    with acme.scope():
        condition = _condition(document)
        with django_assert_num_queries(0):
            assert not Contact.objects.filter(condition)


def test_sets_are_joined_with_each_other_before_contacts_are_looked_up(acme, crowd):
    document = {
        "all": [
            {"field": "labels", "op": "has", "value": "even"},
            {"field": "labels", "op": "has_no", "value": "third"},
            {"field": "has_deal", "op": "eq", "value": False},
            {"any": [{"field": "name", "op": "contains", "value": "person 1"}]},
        ]
    }
    with acme.scope():
        condition = _condition(document)
        together = Contact.objects.filter(joined(condition))
        assert set(together) == set(Contact.objects.filter(condition))
        assert 0 < together.count() < 15
        # One set is asked of contacts, which the others are asked of.
        assert str(together.query).count('"contacts_contact"."id"') < str(
            Contact.objects.filter(condition).query
        ).count('"contacts_contact"."id"')


def test_words_are_found_however_they_are_spelt(acme):
    with acme.scope():
        contact = create_contact(by=SYSTEM, name="Anna")
        for source in ("VK", "vk", "Яндекс", "ЯНДЕКС", "avito", ""):
            contact.touches.create(at=timezone.now(), kind="ad", source=source)
        model = contact.touches.model
        assert sorted(spellings(model, "source", ["Vk", "яндекс"])) == [
            *("VK", "vk", "ЯНДЕКС", "Яндекс"),
        ]
        assert spellings(model, "source", ["", "nobody"]) == []


def test_too_many_words_are_asked_one_by_one(acme, monkeypatch):
    monkeypatch.setattr("contacts.vocabulary.spellings.MOST_WORDS", 2)
    with acme.scope():
        contact = create_contact(by=SYSTEM, name="Anna")
        for source in ("a", "b", "c"):
            contact.touches.create(at=timezone.now(), kind="ad", source=source)
        assert spellings(contact.touches.model, "source", ["C"]) is None
        asked = {"field": "touch.source", "op": "has", "value": "C"}
        assert list(Contact.objects.fulfilling(asked)) == [contact]


def _condition(document):
    from contacts.vocabulary import CONTACTS
    from core.conditions import parse

    return parse(document, CONTACTS).q(moments())
