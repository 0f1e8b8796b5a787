"""What was said before an account was connected: it can be read, and is no news."""

import pytest

from contacts.models import Contact
from events import types
from events.models import Event
from inbox.models import Conversation, Message
from tests.inbox.scripted import arrive, deliver_items, scripted, words
from tests.inbox.sorting import NOON, sort, texts
from workspaces.scope import workspace_scope

__all__ = ["scripted"]

pytestmark = pytest.mark.django_db(transaction=True)

PAST = [
    words("Do you have sofas?", id="m1", is_past=True),
    words("Yes", id="m2", after=60, direction="outgoing", person=None, is_past=True),
    words("Thanks", id="m3", after=120, is_past=True),
]


def actions():
    return set(Event.objects.values_list("action", flat=True)) - {types.CHANNEL_CREATED}


def bring(channel, items=PAST):
    with workspace_scope(channel.workspace_id):
        deliver_items(channel, *items)
    sort()


def test_a_chat_of_the_past_is_closed_and_nobody_waits(acme, scripted):
    for _ in range(2):
        bring(scripted)
    with acme.scope():
        conversation = Conversation.objects.get()
        assert texts(Message.objects) == ["Do you have sofas?", "Yes", "Thanks"]
        assert (conversation.status, conversation.closed_at) == ("closed", PAST[-1].sent_at)
        assert (conversation.unread_count, conversation.waiting_since) == (0, None)
        assert conversation.last_incoming_at == PAST[-1].sent_at
        assert (conversation.last_message_text, Contact.objects.get().name) == ("Thanks", "Maria")
        assert actions() == {types.CONTACT_CREATED}


def test_who_writes_after_it_comes_back(acme, scripted):
    bring(scripted)
    arrive(scripted, words("And chairs?", id="m4", after=9000))
    with acme.scope():
        conversation = Conversation.objects.get()
        assert (conversation.status, conversation.unread_count) == ("new", 1)
        assert conversation.waiting_since is not None
        assert {types.CONVERSATION_REOPENED, types.MESSAGE_RECEIVED} < actions()


def test_history_that_comes_late_changes_nothing_of_an_open_conversation(acme, scripted):
    arrive(scripted, words("And chairs?", id="m4", after=9000))
    bring(scripted)
    with acme.scope():
        conversation = Conversation.objects.get()
        assert (conversation.status, conversation.unread_count) == ("new", 1)
        assert conversation.last_message_text == "And chairs?"
        assert conversation.last_incoming_at > NOON
        assert Message.objects.count() == 4
        assert Event.objects.filter(action=types.MESSAGE_RECEIVED).count() == 1


def test_past_and_present_in_one_batch_make_news_of_the_present_alone(acme, scripted):
    bring(scripted, [*PAST, words("And chairs?", id="m4", after=9000)])
    with acme.scope():
        conversation = Conversation.objects.get()
        assert (conversation.status, conversation.unread_count) == ("new", 1)
        assert Event.objects.filter(action=types.MESSAGE_RECEIVED).count() == 1
        assert types.CONVERSATION_CREATED in actions()
