"""News of messages: edits, deletions, statuses, reactions; before and after what they speak of."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from channels_connectors.models import ChannelNotice
from channels_connectors.types import (
    InboundAttachment,
    InboundDelete,
    InboundEdit,
    InboundReaction,
    InboundStatus,
    Person,
)
from events import types
from events.models import Event
from inbox.models import Attachment, Conversation, Message, PendingReference, Reaction
from tests.inbox.scripted import MARIA, arrive, deliver_items, words
from tests.inbox.sorting import NOON, sort

pytestmark = pytest.mark.django_db(transaction=True)


def at(seconds: float):
    return NOON + timedelta(seconds=seconds)


def told(action):
    return list(Event.objects.filter(action=action).order_by("seq"))


@pytest.fixture
def answered(acme, scripted):
    """A message of ours, `a1`, in the conversation with Maria; returns its id."""
    with acme.scope():
        deliver_items(scripted, words("Hello"))
    sort()
    with acme.scope():
        conversation = Conversation.objects.get()
        message = Message.objects.create(
            conversation=conversation, channel=scripted, direction="outgoing", text="Hi",
            status="sent", external_id="a1", sent_at=at(10),
        )  # fmt: skip
        conversation.show_reply(message, answers=True)
        return message.id


def test_an_edit_changes_the_message_and_the_list(acme, scripted):
    edit = InboundEdit("maria", "m1", at(5), "Hello!", [{"type": "bold", "offset": 0, "length": 5}])
    arrive(scripted, words("Helo"))
    arrive(scripted, edit)
    with acme.scope():
        message = Message.objects.get()
        assert (message.text, message.edited_at, message.entities) == (
            "Hello!",
            at(5),
            edit.entities,
        )
        assert Conversation.objects.get().last_message_text == "Hello!"
        assert told(types.MESSAGE_EDITED)[0].subject_id == message.id


def test_a_part_that_could_not_be_read_is_counted_on_the_channel_once(acme, scripted):
    unread = {"unread": {"geo": [{"coordinates": "north\0"}]}}
    message = replace(words("Come here"), payload=unread)
    for _ in range(2):
        arrive(scripted, message)
    arrive(scripted, InboundEdit("maria", "m1", at(5), "Come", payload=unread))
    with acme.scope():
        assert Message.objects.get().payload["unread"]["geo"]
        notices = list(ChannelNotice.objects.values_list("topic", "level", "data__message"))
        assert notices
        assert set(notices) == {("unreadable", "info", "m1")}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("together", [True, False])
def test_the_latest_edit_wins_in_whatever_order_it_comes(acme, scripted, order, together):
    items = [
        words("one"),
        InboundEdit("maria", "m1", at(1), "two"),
        InboundEdit("maria", "m1", at(2), "three"),
    ]
    for index in order:
        with acme.scope():
            deliver_items(scripted, items[index])
        if not together:
            sort()
    sort()
    with acme.scope():
        assert Message.objects.get().text == "three"
        assert not PendingReference.objects.exists()


def test_a_deletion_leaves_the_text_and_says_so(acme, scripted):
    arrive(scripted, InboundDelete("maria", ("m1", "m2"), at(9)))
    with acme.scope():
        assert PendingReference.objects.count() == 2
    arrive(scripted, words("sorry"))
    with acme.scope():
        message = Message.objects.get()
        assert (message.text, message.deleted_at) == ("sorry", at(9))
        assert PendingReference.objects.get().external_id == "m2"
        assert len(told(types.MESSAGE_DELETED)) == 1


def test_statuses_rise_and_the_list_follows(acme, scripted, answered):
    with acme.scope():
        deliver_items(scripted, InboundStatus("a1", "read", at(12)))
        deliver_items(scripted, InboundStatus("a1", "delivered", at(11)))
    sort()
    with acme.scope():
        assert Message.objects.get(pk=answered).status == "read"
        conversation = Conversation.objects.get()
        assert conversation.last_message_status == "read"
        assert conversation.customer_read_at == at(12)
        assert [event.data["status"] for event in told(types.MESSAGE_READ)] == ["read"]
        deliver_items(scripted, InboundStatus("a1", "delivered", at(11)))
        deliver_items(scripted, InboundStatus("a1", "failed", at(13), "bad_content", "No"))
    sort()
    with acme.scope():
        assert Message.objects.get(pk=answered).status == "read"
        assert told(types.MESSAGE_DELIVERED) == told(types.MESSAGE_FAILED) == []


def test_read_up_to_here_raises_what_we_sent_before(acme, scripted, answered):
    with acme.scope():
        conversation = Conversation.objects.get()
        later = [
            Message.objects.create(
                conversation=conversation,
                channel=scripted,
                direction="outgoing",
                text=name,
                status=status,
                external_id=name,
                sent_at=at(seconds),
            )
            for name, status, seconds in [
                ("a2", "failed", 11),
                ("a3", "sent", 12),
                ("a4", "sent", 13),
            ]
        ]
        deliver_items(scripted, InboundStatus("a3", "read", None, and_earlier=True))
    sort()
    with acme.scope():
        assert Message.objects.get(pk=answered).status == "read"
        known = [Message.objects.get(pk=message.pk).status for message in later]
        assert known == ["failed", "read", "sent"]
        assert len(told(types.MESSAGE_READ)) == 2
        assert Conversation.objects.get().customer_read_at is not None


def test_news_without_a_time_is_as_old_as_its_arrival(acme, scripted, answered):
    arrive(scripted, InboundReaction("maria", "a1", MARIA, ("👍",), None))
    with acme.scope():
        assert Reaction.objects.get().at.date() == timezone.now().date()


def test_a_failure_says_why_and_the_customer_waits_again(acme, scripted, answered):
    with acme.scope():
        deliver_items(scripted, InboundStatus("a1", "failed", at(11), "window_closed", "Too late"))
    sort()
    with acme.scope():
        message = Message.objects.get(pk=answered)
        assert (message.status, message.error_class, message.error) == (
            "failed", "window_closed", "Too late",
        )  # fmt: skip
        assert Conversation.objects.get().waiting_since == NOON
        assert told(types.MESSAGE_FAILED)[0].data["error"]["class"] == "window_closed"


def test_a_status_before_the_receipt_waits_for_it(acme, scripted, answered):
    with acme.scope():
        Message.objects.filter(pk=answered).update(external_id=None, status="sending")
        deliver_items(scripted, InboundStatus("a1", "delivered", at(11)))
    sort()
    with acme.scope():
        assert Message.objects.get(pk=answered).status == "sending"
        Message.objects.filter(pk=answered).update(external_id="a1", status="sent")
        deliver_items(scripted, words("Thanks", id="m9", after=20))
    sort()
    with acme.scope():
        assert Message.objects.get(pk=answered).status == "delivered"
        assert not PendingReference.objects.exists()


def test_a_status_with_our_own_reference_resolves_an_unknown_message(acme, scripted, answered):
    with acme.scope():
        Message.objects.filter(pk=answered).update(external_id=None, status="unknown")
        news = InboundStatus("a7", "delivered", at(11), client_reference=str(answered))
        deliver_items(scripted, news)
    sort()
    with acme.scope():
        message = Message.objects.get(pk=answered)
        assert (message.status, message.external_id) == ("delivered", "a7")


def test_an_echo_resolves_an_unknown_message_instead_of_doubling_it(acme, scripted, answered):
    with acme.scope():
        Message.objects.filter(pk=answered).update(
            external_id=None, status="unknown", sent_at=at(10), error="?"
        )
        Message.objects.update(created_at=NOON)
        # Only what was sent of late can come back.
        recent = NOON.now(NOON.tzinfo) - timedelta(minutes=1)
        Message.objects.filter(pk=answered).update(sent_at=recent)
        echo = words("Hi", id="a1", direction="outgoing", person=Person("company"))
        deliver_items(scripted, replace(echo, sent_at=recent))
    sort()
    with acme.scope():
        ours = Message.objects.get(direction="outgoing")
        assert (ours.pk, ours.status, ours.external_id, ours.error) == (answered, "sent", "a1", "")
        assert len(told(types.MESSAGE_SENT)) == 1


def test_what_a_colleague_writes_from_the_phone_is_ours_and_answers(acme, scripted):
    with acme.scope():
        deliver_items(scripted, words("Hello"))
        echo = words("Hi from my phone", id="p1", after=30, direction="outgoing",
                     person=Person("company", "Boris"))  # fmt: skip
        deliver_items(scripted, echo)
    sort()
    with acme.scope():
        conversation = Conversation.objects.get()
        ours = Message.objects.get(direction="outgoing")
        assert (ours.status, ours.sender_name, ours.author_id) == ("sent", "Boris", None)
        assert (conversation.waiting_since, conversation.unread_count) == (None, 0)
        assert conversation.last_message_direction == "outgoing"
        assert conversation.contact.name == "Maria"
        assert told(types.MESSAGE_SENT)[0].subject_id == ours.id


def test_a_bots_echo_answers_nothing(acme, scripted):
    with acme.scope():
        deliver_items(scripted, words("Hello"))
        echo = words("We open at nine", id="p1", after=30, direction="outgoing",
                     person=Person("bot", is_bot=True))  # fmt: skip
        deliver_items(scripted, echo)
    sort()
    with acme.scope():
        assert Conversation.objects.get().waiting_since == NOON


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_last_word_on_a_reaction_counts(acme, scripted, order):
    items = [
        words("Hello"),
        InboundReaction("maria", "m1", MARIA, ("👍",), at(1)),
        InboundReaction("maria", "m1", MARIA, (), at(2)),
        InboundReaction("maria", "m1", Person("ivan"), ("🔥", "❤"), at(1)),
    ]
    for index in order:
        with acme.scope():
            deliver_items(scripted, items[index])
        sort()
    with acme.scope():
        found = {reaction.person: reaction.emojis for reaction in Reaction.objects.all()}
        assert found == {"maria": "", "ivan": "🔥 ❤"}


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize("together", [True, False])
def test_a_reply_finds_what_it_answers(acme, scripted, order, together):
    items = [words("question"), words("answer", id="m2", after=5, reply_to="m1")]
    for index in order:
        with acme.scope():
            deliver_items(scripted, items[index])
        if not together:
            sort()
    sort()
    with acme.scope():
        question, answer = Message.objects.in_order()
        assert (answer.reply_to_id, answer.reply_to_external_id) == (question.id, "m1")


def test_other_files_replace_the_old_ones(acme, scripted):
    photo = InboundAttachment("image", {"file_id": "volatile-1", "unique": "constant-1"})
    again = replace(photo, reference={"file_id": "volatile-2", "unique": "constant-1"})
    other = InboundAttachment("video", {"file_id": "volatile-3", "unique": "constant-3"})
    arrive(scripted, words("caption", kind="image", attachments=(photo,)))
    with acme.scope():
        first = Attachment.objects.get()
        assert (first.status, first.reference) == ("pending", photo.reference)
    arrive(scripted, InboundEdit("maria", "m1", at(1), "new", attachments=(again,)))
    with acme.scope():
        assert Attachment.objects.get().pk == first.pk
    arrive(scripted, InboundEdit("maria", "m1", at(2), "newer", attachments=(other,)))
    with acme.scope():
        message = Message.objects.get()
        assert [found.reference for found in message.attachments.all()] == [other.reference]
        first.refresh_from_db()
        assert first.message_id is None


def test_news_of_any_part_of_our_message_reach_it(acme, scripted, answered):
    with acme.scope():
        Message.objects.filter(pk=answered).update(payload={"external_ids": ["a1", "a2", "a3"]})
    arrive(
        scripted,
        words("to the second", id="m2", after=20, reply_to="a2"),
        InboundReaction("maria", "a3", MARIA, ("👍",), at(21)),
        InboundReaction("maria", "a4", MARIA, ("👍",), at(21)),
    )
    with acme.scope():
        assert Message.objects.get(external_id="m2").reply_to_id == answered
        assert Reaction.objects.get().message_id == answered
        assert PendingReference.objects.get().external_id == "a4"
