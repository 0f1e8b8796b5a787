"""From stored envelopes to conversations."""

from datetime import timedelta

import pytest

from contacts.models import Contact, ContactIdentity
from events import types
from events.models import Event
from inbox.journal import message_facts
from inbox.models import Conversation, InboundEnvelope, Message
from tests.cast import make_channel
from tests.inbox.sorting import MARIA, NOON, deliver, said, sort, texts

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = {"token": f"42:{'A' * 35}", "secret_token": "open sesame"}


@pytest.fixture
def channel(acme):
    with acme.scope():
        return make_channel(credentials=TOKEN, team=acme.sales)


def actions():
    return list(Event.objects.order_by("seq").values_list("action", flat=True))


def test_a_first_message_makes_a_contact_and_a_conversation(acme, channel):
    with acme.scope():
        deliver(channel, said("Добрый день", number=7))
    assert sort() == 1
    with acme.scope():
        contact, identity, conversation, message = (
            model.objects.get() for model in (Contact, ContactIdentity, Conversation, Message)
        )
        assert (contact.name, contact.language) == ("Мария Котова", "ru")
        assert (identity.external_id, identity.username) == ("501", "kotova")
        assert (identity.contact_id, identity.is_group) == (contact.id, False)
        assert (conversation.status, conversation.assignee_id) == ("new", None)
        assert (conversation.team_id, conversation.identity_id) == (acme.sales.id, identity.id)
        assert (conversation.last_message_text, conversation.last_message_kind) == (
            "Добрый день",
            "text",
        )
        assert (conversation.unread_count, conversation.waiting_since) == (1, NOON)
        assert conversation.last_activity_at == NOON
        assert (message.external_id, message.status) == ("501:7", "received")
        assert (message.sent_at, message.platform_order) == (NOON, 7)
        assert InboundEnvelope.objects.get().state == "done"


def test_the_journal_is_told_in_the_order_of_the_house(acme, channel):
    with acme.scope():
        deliver(channel, said("one"), said("two", number=2, after=1))
    sort()
    with acme.scope():
        assert actions()[-4:] == [
            types.CONTACT_CREATED,
            types.CONVERSATION_CREATED,
            types.MESSAGE_RECEIVED,
            types.MESSAGE_RECEIVED,
        ]
        event = Event.objects.order_by("seq").last()
        message = Message.objects.in_order().last()
        conversation = Conversation.objects.get()
        assert event.data == message_facts(message)
        assert event.subject_id == message.id
        assert event.conversation_id == conversation.id
        assert (event.actor_type, event.actor_id) == ("contact", conversation.contact_id)
        assert event.audience == conversation.audience().as_json()
        assert [event.seq for event in Event.objects.order_by("seq")] == list(
            range(1, Event.objects.count() + 1)
        )


def test_messages_stand_in_the_platforms_order_whatever_the_order_of_arrival(acme, channel):
    with acme.scope():
        deliver(
            channel,
            said("four", number=4, after=2),
            said("two", number=2, after=1),
            said("one", number=1, after=1),
        )
    sort()
    with acme.scope():
        deliver(channel, said("three", number=3, after=1))
    sort()
    with acme.scope():
        assert texts(Message.objects.all()) == ["one", "two", "three", "four"]
        conversation = Conversation.objects.get()
        assert conversation.last_message_text == "four"
        assert conversation.unread_count == 4
        assert conversation.last_activity_at == NOON + timedelta(seconds=2)


def test_a_message_that_comes_twice_by_different_ways_is_one(acme, channel):
    with acme.scope():
        deliver(channel, said("Hello"), said("Hello"))
        sort()
        deliver(channel, said("Hello"))
    sort()
    with acme.scope():
        assert Message.objects.count() == 1
        assert Conversation.objects.get().unread_count == 1
        assert actions().count(types.MESSAGE_RECEIVED) == 1
        assert set(InboundEnvelope.objects.values_list("state", flat=True)) == {"done"}


def test_a_message_after_an_answer_of_the_same_second_is_the_last_one(acme, channel):
    with acme.scope():
        deliver(channel, said("Hello"))
    sort()
    with acme.scope():
        conversation = Conversation.objects.get()
        Message.objects.create(
            conversation=conversation, channel=channel, direction="outgoing", text="Hi",
            external_id="501:2", sent_at=NOON + timedelta(seconds=5), platform_order=2,
            status="sent",
        )  # fmt: skip
        conversation.last_activity_at = NOON + timedelta(seconds=5, milliseconds=700)
        conversation.last_message_text, conversation.waiting_since = "Hi", None
        conversation.save()
        deliver(channel, said("And one more thing", number=3, after=5))
    sort()
    with acme.scope():
        conversation = Conversation.objects.get()
        assert conversation.last_message_text == "And one more thing"
        assert conversation.waiting_since == NOON + timedelta(seconds=5)


def test_a_message_reopens_a_closed_conversation_for_everybody(acme, channel):
    with acme.scope():
        deliver(channel, said("Hello"))
    sort()
    with acme.scope():
        conversation = Conversation.objects.get()
        conversation.accept(by=acme.boris)
        conversation.close(by=acme.boris)
    with acme.scope():
        deliver(channel, said("Me again", number=2, after=60))
    sort()
    with acme.scope():
        conversation = Conversation.objects.get()
        assert (conversation.status, conversation.assignee_id) == ("new", None)
        assert conversation.previous_assignee_id == acme.boris.id
        assert (conversation.closed_at, conversation.unread_count) == (None, 1)
        assert conversation.waiting_since == NOON + timedelta(seconds=60)
        event = Event.objects.get(action=types.CONVERSATION_REOPENED)
        assert set(event.audience["members"]) == {str(acme.boris.id), None}
        assert actions()[-2:] == [types.CONVERSATION_REOPENED, types.MESSAGE_RECEIVED]


def test_workspaces_do_not_mix(acme, rival, channel):
    with rival.scope():
        other = make_channel(credentials=TOKEN)
        deliver(other, said("to the rival"))
    with acme.scope():
        deliver(channel, said("to acme"))
    assert sort() == 2
    with acme.scope():
        assert texts(Message.objects.all()) == ["to acme"]
        assert Contact.objects.get().name == "Мария Котова"
    with rival.scope():
        assert texts(Message.objects.all()) == ["to the rival"]


def test_a_contact_that_has_no_conversation_yet_is_found_again(acme, channel):
    with acme.scope():
        contact = Contact.objects.create(name="Maria K.")
        ContactIdentity.objects.create(
            channel=channel, contact=contact, external_id=str(MARIA["id"]), name="Maria K."
        )
        deliver(channel, said("Hello"))
    sort()
    with acme.scope():
        assert Conversation.objects.get().contact_id == contact.id
        assert Contact.objects.count() == 1
        assert types.CONTACT_CREATED not in actions()
