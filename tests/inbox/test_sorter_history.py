"""What was said before an account was connected: it can be read, and is no news."""

import pytest

from channels_connectors.types import InboundAttachment, InboundEdit
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


def test_what_became_of_our_messages_of_the_past_is_known_and_no_news(acme, scripted):
    ours = {"direction": "outgoing", "person": None, "is_past": True}
    fates = ["unknown", "sent", "delivered", "read", "failed"]
    said = [words(fate, id=fate, after=n, status=fate, **ours) for n, fate in enumerate(fates)]
    bring(scripted, [words("Hello", id="m0", is_past=True), *said])
    with acme.scope():
        found = dict(Message.objects.values_list("text", "status"))
        assert found == {"Hello": "received", **{fate: fate for fate in fates}}
        conversation = Conversation.objects.get()
        assert (conversation.status, conversation.last_message_status) == ("closed", "failed")
        assert actions() == {types.CONTACT_CREATED}


FILE = InboundAttachment("image", {"media_id": "77"}, name="sofa.jpg", mime="image/jpeg")
LATE = InboundEdit(
    "maria", "m2", NOON, text="A sofa", attachments=(FILE,), completes=True, kind="image"
)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_file_that_comes_late_completes_its_message(acme, scripted, order):
    placeholder = words(
        "", id="m2", kind="unsupported", payload={"field": "media_placeholder"}, is_past=True
    )
    for place in order:
        bring(scripted, [[placeholder], [LATE]][place])
    with acme.scope():
        message = Message.objects.get()
        assert (message.kind, message.text, message.edited_at) == ("image", "A sofa", None)
        assert message.payload == {}
        assert [found.name for found in message.attachments.all()] == ["sofa.jpg"]
        conversation = Conversation.objects.get()
        assert (conversation.last_message_text, conversation.last_message_kind) == (
            "A sofa",
            "image",
        )
        assert types.MESSAGE_EDITED not in actions()


def test_a_late_file_changes_nothing_of_a_message_that_is_whole(acme, scripted):
    bring(scripted)
    bring(scripted, [LATE])
    with acme.scope():
        message = Message.objects.get(external_id="m2")
        assert (message.kind, message.text, message.attachments.count()) == ("text", "Yes", 0)
