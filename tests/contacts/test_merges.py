"""Two contacts become one, and two again, and nothing is lost on the way."""

from datetime import timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from contacts import custom_fields
from contacts.actions import create_contact, set_consent, update_contact
from contacts.defining import create_field
from contacts.merges import merge_contacts, undo_merge
from contacts.models import (
    Consent,
    Contact,
    ContactIdentity,
    ContactPoint,
    Duplicate,
    MergeRecord,
    Touch,
)
from crm.actions import create_deal
from crm.models import Task
from events import types
from events.journal import SYSTEM
from events.models import Event
from inbox.models import Conversation, Message
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.sorting import deliver, said, sort

pytestmark = pytest.mark.django_db


def told(action):
    return Event.objects.filter(action=action)


@pytest.fixture
def two(acme):
    """Anna, and Anna once more with all that a contact may have."""
    with acme.scope():
        create_field(entity="contact", label="City", kind="text", by=SYSTEM)
        create_field(entity="contact", label="Floors", kind="number", by=SYSTEM)
        kept = create_contact(
            by=SYSTEM, name="Anna", phone="+79210000001", labels=["VIP"], fields={"city": "Oslo"}
        )
        talk = make_conversation(make_channel(), name="Anna B")
        other = talk.contact
        other.phone, other.email, other.note = "+79210000002", "anna@example.com", "Likes blue"
        other.fields = {"city": "Rome", "floors": 2}
        other.save()
        custom_fields.store("contact", other.pk, other.fields)
        update_contact(contact=other, by=SYSTEM, labels=["VIP", "Wholesale"])
        make_message(talk)
        Touch.objects.create(contact=other, kind="ad", source="vk", at=timezone.now())
        set_consent(contact=kept, granted=True, origin="agent", by=SYSTEM)
        set_consent(contact=other, granted=False, origin="customer", by=SYSTEM)
        deal = create_deal(contact=other, by=SYSTEM)
        Task.objects.create(contact=other, text="Call", due_at=timezone.now())
    return kept, other, talk, deal


def holdings(contact_id):
    """All that hangs on a contact, to be compared before and after."""
    contact = Contact.objects.get(pk=contact_id)
    return {
        "values": {
            name: getattr(contact, name)
            for name in ("name", "phone", "email", "note", "fields", "owner_id", "created_at")
        },
        "labels": sorted(contact.labels.values_list("name", flat=True)),
        "points": sorted(contact.points.values_list("value", flat=True)),
        "consents": list(contact.consents.values_list("pk", "is_granted")),
        "touches": list(contact.touches.values_list("pk", flat=True)),
        "identities": list(contact.identities.values_list("pk", flat=True)),
        "conversations": list(contact.conversations.values_list("pk", flat=True)),
        "deals": list(contact.deals.values_list("pk", flat=True)),
        "tasks": list(contact.tasks.values_list("pk", flat=True)),
        "found": {
            (key, value): Contact.objects.fulfilling(
                {"field": f"fields.{key}", "op": "eq", "value": value}
            )
            .filter(pk=contact_id)
            .exists()
            for key, value in (("city", "Oslo"), ("city", "Rome"), ("floors", 2))
        },
    }


def test_what_one_had_goes_to_the_other_and_what_it_lacked_is_filled(acme, two):
    kept, other, talk, deal = two
    with acme.scope():
        merge_contacts(kept=kept, absorbed=other, by=acme.boris)
    with acme.scope():
        now = holdings(kept.pk)
        assert not Contact.objects.filter(pk=other.pk).exists()
        assert now["values"]["phone"] == "+79210000001"
        assert now["values"]["email"] == "anna@example.com"
        assert now["points"] == ["+79210000002"]
        assert now["values"]["fields"] == {"city": "Oslo", "floors": 2}
        assert now["found"] == {
            ("city", "Oslo"): True,
            ("city", "Rome"): False,
            ("floors", 2): True,
        }
        assert now["labels"] == ["VIP", "Wholesale"]
        assert [granted for _, granted in now["consents"]] == [False]
        assert (now["conversations"], now["deals"]) == ([talk.pk], [deal.pk])
        assert (len(now["touches"]), len(now["tasks"])) == (1, 1)
        fact = told(types.CONTACT_MERGED).get()
        assert (fact.subject_id, fact.data["absorbed"]) == (kept.pk, str(other.pk))
        assert fact.actor_id == acme.boris.pk


def test_field_by_field_the_other_ones_values_are_chosen(acme, two):
    kept, other, *_ = two
    with acme.scope():
        choices = {"name": "absorbed", "phone": "absorbed", "fields.city": "absorbed"}
        merge_contacts(kept=kept, absorbed=other, by=acme.boris, choices=choices)
    with acme.scope():
        now = holdings(kept.pk)
        assert now["values"]["name"] == "Anna B"
        assert now["values"]["phone"] == "+79210000002"
        assert now["points"] == ["+79210000001"]
        assert now["values"]["fields"]["city"] == "Rome"
        assert now["found"]["city", "Rome"]


def test_undone_all_is_as_it_was(acme, two):
    kept, other, *_ = two
    with acme.scope():
        before = holdings(kept.pk), holdings(other.pk)
        merge = merge_contacts(
            kept=kept, absorbed=other, by=acme.boris, choices={"phone": "absorbed"}
        )
    with acme.scope():
        undo_merge(merge=merge, by=acme.boris)
    with acme.scope():
        assert (holdings(kept.pk), holdings(other.pk)) == before
        assert told(types.CONTACT_UNMERGED).get().data == {"restored": str(other.pk)}
        assert Duplicate.objects.get().dismissed_at
        with pytest.raises(ValidationError):
            undo_merge(merge=merge, by=acme.boris)


def test_what_came_after_the_merge_stays_when_it_is_undone(acme, two):
    kept, other, talk, _ = two
    with acme.scope():
        merge = merge_contacts(kept=kept, absorbed=other, by=acme.boris)
    with acme.scope():
        Contact.objects.filter(pk=kept.pk).update(email="new@example.com")
        late = create_deal(contact=Contact.objects.get(pk=kept.pk), by=SYSTEM)
        undo_merge(merge=merge, by=acme.boris)
    with acme.scope():
        assert Contact.objects.get(pk=kept.pk).email == "new@example.com"
        assert list(Contact.objects.get(pk=kept.pk).deals.all()) == [late]
        assert Conversation.objects.get(pk=talk.pk).contact_id == other.pk


def test_after_thirty_days_it_stands(acme, two):
    kept, other, *_ = two
    with acme.scope():
        merge = merge_contacts(kept=kept, absorbed=other, by=acme.boris)
        MergeRecord.objects.update(created_at=timezone.now() - timedelta(days=31))
        with pytest.raises(ValidationError):
            undo_merge(merge=merge, by=acme.boris)


def test_nobody_merges_with_themselves_or_without_the_right(acme, two):
    kept, other, *_ = two
    with acme.scope():
        with pytest.raises(ValidationError):
            merge_contacts(kept=kept, absorbed=kept, by=acme.boris)
        acme.vera.role = "analyst"
        with pytest.raises(PermissionDenied):
            merge_contacts(kept=kept, absorbed=other, by=acme.vera)


@pytest.mark.django_db(transaction=True)
def test_messages_that_come_while_contacts_are_merged_and_parted_are_all_there(acme):
    with acme.scope():
        channel = make_channel()
        deliver(channel, said(number=1))
        create_contact(by=SYSTEM, name="Maria K")
    sort()
    with acme.scope():
        written = ContactIdentity.objects.get().contact
        kept = Contact.objects.exclude(pk=written.pk).get()
    stop, trouble = Signal(), []

    def keep_sorting():
        try:
            while not stop.is_set():
                sort()
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    sorter = Thread(target=keep_sorting)
    sorter.start()
    try:
        for number in range(2, 42):
            with acme.scope():
                deliver(channel, said(f"number {number}", number=number, after=number))
            if number % 8 == 0:
                with acme.scope():
                    merge = merge_contacts(kept=kept, absorbed=written, by=SYSTEM)
            if number % 8 == 4 and number > 8:
                with acme.scope():
                    undo_merge(merge=merge, by=SYSTEM)
    finally:
        stop.set()
        sorter.join()
    sort()
    assert trouble == []
    with acme.scope():
        texts = set(Message.objects.values_list("text", flat=True))
        assert texts == {"Hello", *(f"number {number}" for number in range(2, 42))}
        talk = Conversation.objects.get()
        assert talk.contact_id == talk.identity.contact_id == kept.pk
        assert not Consent.objects.exists()
        assert not ContactPoint.objects.exists()
