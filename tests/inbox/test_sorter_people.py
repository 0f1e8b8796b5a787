"""What a batch learns of the people behind the chats."""

import pytest

from channels_connectors.types import (
    InboundProfile,
    InboundReachability,
    InboundTyping,
    Person,
)
from contacts.models import Contact, ContactIdentity
from core.redis import client
from events import pokes, types
from events.models import Event
from inbox.models import Conversation, Message
from tests.inbox.scripted import MARIA, arrive, deliver_items, words
from tests.inbox.sorting import NOON, sort

pytestmark = pytest.mark.django_db(transaction=True)


def actions():
    return list(Event.objects.order_by("seq").values_list("action", flat=True))


def test_a_changed_name_is_followed(acme, scripted):
    arrive(scripted, words())
    arrive(scripted, words(id="m2", after=1, person=Person("maria", "Maria K.", "mk")))
    with acme.scope():
        identity = ContactIdentity.objects.get()
        assert (identity.name, identity.username) == ("Maria K.", "mk")
        assert Contact.objects.get().name == "Maria K."
        change = Event.objects.get(action=types.CONTACT_UPDATED)
        assert change.data == {"changes": {"name": {"before": "Maria", "after": "Maria K."}}}


def test_a_name_that_an_agent_gave_stays(acme, scripted):
    arrive(scripted, words())
    with acme.scope():
        Contact.objects.update(name="Mrs. Kotova")
    arrive(
        scripted,
        words(id="m2", after=1, person=Person("maria", "Masha")),
        InboundProfile("maria", Person("maria", "Mashenka")),
    )
    with acme.scope():
        assert Contact.objects.get().name == "Mrs. Kotova"
        assert ContactIdentity.objects.get().name == "Mashenka"


def test_a_message_from_the_past_brings_no_old_name_back(acme, scripted):
    arrive(scripted, words(after=60))
    arrive(scripted, words(id="m0", after=0, person=Person("maria", "Before")))
    with acme.scope():
        assert Contact.objects.get().name == "Maria"


def test_a_shared_phone_fills_what_is_empty_and_nothing_else(acme, scripted):
    known = Person("maria", "Maria", phone="8 (921) 555-01-02", email="m@example.com")
    with acme.scope():
        deliver_items(scripted, words(), InboundProfile("maria", known))
    sort()
    with acme.scope():
        contact = Contact.objects.get()
        assert (contact.phone, contact.email) == ("+79215550102", "m@example.com")
        other = Person("maria", phone="+7 999 000 00 00")
        deliver_items(scripted, InboundProfile("maria", other))
    sort()
    with acme.scope():
        assert Contact.objects.get().phone == "+79215550102"


def test_what_a_visitor_tells_of_themselves_comes_with_the_first_message(acme, scripted):
    visitor = Person("maria", "", language="ru-RU", phone="+7 921 555 01 02", email="m@e.com")
    with acme.scope():
        deliver_items(scripted, words(person=visitor))
    sort()
    with acme.scope():
        contact = Contact.objects.get()
        assert (contact.name, contact.phone, contact.email, contact.language) == (
            "", "+79215550102", "m@e.com", "ru-RU",
        )  # fmt: skip


def test_a_group_is_one_contact_and_its_messages_name_their_authors(acme, scripted):
    with acme.scope():
        for number, name in enumerate(["Ivan", "Olga"]):
            author = Person(f"p{number}", name)
            deliver_items(
                scripted,
                words(name, id=f"g{number}", after=number, chat="group", person=author,
                      chat_name="Builders"),
            )  # fmt: skip
    sort()
    with acme.scope():
        identity = ContactIdentity.objects.get()
        assert (identity.is_group, identity.name, identity.contact.name) == (
            True, "Builders", "Builders",
        )  # fmt: skip
        assert [m.sender_name for m in Message.objects.in_order()] == ["Ivan", "Olga"]


def test_who_blocks_us_is_marked_and_who_writes_again_is_not(acme, scripted):
    with acme.scope():
        deliver_items(scripted, words())
        deliver_items(scripted, InboundReachability("maria", False, NOON, "blocked"))
        deliver_items(scripted, InboundReachability("nobody", False, NOON, "blocked"))
    sort()
    with acme.scope():
        identity = ContactIdentity.objects.get()
        assert (identity.is_reachable, identity.unreachable_reason) == (False, "blocked")
        event = Event.objects.get(action=types.IDENTITY_REACHABILITY_CHANGED)
        assert event.data == {"reachable": False, "reason": "blocked"}
        assert event.conversation_id == Conversation.objects.get().id
        deliver_items(scripted, words("back", id="m2", after=60))
    sort()
    with acme.scope():
        identity = ContactIdentity.objects.get()
        assert (identity.is_reachable, identity.unreachable_reason) == (True, "")
        assert actions().count(types.IDENTITY_REACHABILITY_CHANGED) == 2


def test_typing_is_whispered_and_not_stored(acme, scripted):
    with acme.scope():
        deliver_items(scripted, words())
    sort()
    listener = client().pubsub()
    listener.subscribe(pokes.channel_of(acme.workspace.id))
    assert listener.get_message(timeout=5)["type"] == "subscribe"
    with acme.scope():
        before = actions()
        deliver_items(scripted, InboundTyping("maria"))
    sort()
    whisper = listener.get_message(timeout=5)
    assert b"typing" in whisper["data"]
    assert b"Maria" in whisper["data"]
    with acme.scope():
        assert actions() == before


def test_service_messages_ask_nothing(acme, scripted):
    arrive(scripted, words())
    with acme.scope():
        conversation = Conversation.objects.get()
        conversation.close(by=acme.anna)
    with acme.scope():
        deliver_items(scripted, words("", id="m2", after=1, kind="system", person=MARIA))
    sort()
    with acme.scope():
        conversation = Conversation.objects.get()
        assert (conversation.status, conversation.unread_count) == ("closed", 0)
        assert conversation.last_message_kind == "system"
