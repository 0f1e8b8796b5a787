"""Contacts that may be one person are noticed as they come, and judged once."""

import pytest

from contacts.actions import create_contact, update_contact
from contacts.duplicates import dismiss, open_pairs, others_like
from contacts.models import ContactIdentity, Duplicate
from events import types
from events.journal import SYSTEM
from events.models import Event
from events.subscriptions import run_workspace
from tests.cast import make_channel

pytestmark = pytest.mark.django_db


def catch_up(cast):
    run_workspace(cast.workspace.id)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({"phone": "8 921 000-00-01"}, {"phone": "+7 921 000 00 01"}, ["phone"]),
        ({"phones": ["+79210000009", "+79210000001"]}, {"phone": "+79210000001"}, ["phone"]),
        ({"email": "Anna@example.com"}, {"email": "anna@example.com"}, ["email"]),
        ({"email": "a_b@example.com"}, {"email": "axb@example.com"}, []),
        ({"name": "Пётр Иванов"}, {"name": "Иванов Пётр"}, ["name"]),
        ({"name": "Екатерина Смирнова"}, {"name": "Екатерина Смирнов"}, ["name"]),
        ({"name": "Пётр Иванов"}, {"name": "Анна Петрова"}, []),
        ({"name": "Анна"}, {"name": "Анна"}, []),
        ({"name": "Customer No 12345"}, {"name": "Customer No 12346"}, []),
    ],
)
def test_likeness_is_found_by_phone_email_and_name(acme, one, other, reasons):
    for values in (one, other):
        with acme.scope():
            create_contact(by=SYSTEM, **{"name": "Someone", **values})
    catch_up(acme)
    with acme.scope():
        assert [pair.reasons for pair in open_pairs()] == ([reasons] if reasons else [])


def test_one_username_on_two_messengers_is_a_sign(acme):
    with acme.scope():
        for kind in ("telegram", "vk"):
            contact = create_contact(by=SYSTEM, name=kind)
            ContactIdentity.objects.create(
                channel=make_channel(kind, credentials={}),
                contact=contact,
                external_id=kind,
                username="kotova",
            )
    catch_up(acme)
    with acme.scope():
        pair = open_pairs().get()
        assert pair.reasons == ["username"]
        assert [like for like, _ in others_like(pair.first)] == [pair.second]


def test_a_dismissed_pair_stays_dismissed_and_an_unlike_one_is_forgotten(acme):
    with acme.scope():
        anna = create_contact(by=SYSTEM, name="Anna", phone="+79210000001")
        berta = create_contact(by=SYSTEM, name="Berta", phone="+79210000001")
        create_contact(by=SYSTEM, name="Clara", phone="+79210000001")
    catch_up(acme)
    with acme.scope():
        assert open_pairs().count() == 3
        dismiss(Duplicate.objects.get(first=anna, second=berta), by=acme.boris)
        update_contact(contact=berta, by=SYSTEM, name="Berta B")
    catch_up(acme)
    with acme.scope():
        assert open_pairs().count() == 2
        update_contact(contact=berta, by=SYSTEM, phone="")
    catch_up(acme)
    with acme.scope():
        assert [pair.first for pair in open_pairs()] == [anna]
        assert Duplicate.objects.filter(dismissed_at__isnull=False).count() == 1
        assert Event.objects.filter(action=types.DUPLICATE_FOUND).count() == 3
        fact = Event.objects.get(action=types.DUPLICATE_DISMISSED)
        assert (fact.subject_id, fact.data["other"]) == (anna.pk, str(berta.pk))


def test_a_stranger_is_nobodys_double(acme, rival):
    for cast in (acme, rival):
        with cast.scope():
            create_contact(by=SYSTEM, name="Пётр Иванов", phone="+79210000001")
    for cast in (acme, rival):
        catch_up(cast)
        with cast.scope():
            assert not open_pairs().exists()
