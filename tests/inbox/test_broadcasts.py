"""The inbox's news on open pages."""

import pytest
from django.utils import timezone, translation

from contacts.actions import create_contact, update_contact
from contacts.merges import merge_contacts, undo_merge
from events import types
from events.journal import SYSTEM, record
from events.models import Event
from inbox.actions import leave_note, send_message
from inbox.changes import may_follow
from inbox.journal import record_message
from inbox.models import Attachment, Message
from live import fragments, topics
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.hostile import HOSTILE, assert_harmless

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(acme):
    with acme.scope():
        return make_conversation(make_channel(), name="Maria", status="new")


def news(acme, talk, language="en"):
    """What an open page of the conversation is told, as one text."""
    with acme.scope():
        events = list(Event.objects.order_by("seq"))
    topic = topics.conversation(talk.id)
    found = fragments.render(acme.workspace.id, language, events, {topic})
    assert {fragment.topic for fragment in found} <= {topic}
    return "".join(fragment.stream for fragment in found)


def names(acme):
    with acme.scope():
        return set().union(*(fragments.changes_of(event) for event in Event.objects.all()))


def receive(acme, talk, text="Hello", **values):
    with acme.scope():
        message = make_message(talk, text, **values)
        record_message(types.MESSAGE_RECEIVED, message, talk)
    return message


def test_a_message_is_placed_in_the_open_thread(acme, talk):
    message = receive(acme, talk, "Is it in stock?")
    stream = news(acme, talk)
    assert f'action="place" target="thread_{talk.id}"' in stream
    assert f'id="message_{message.id}"' in stream
    assert "Is it in stock?" in stream


def test_the_lists_hear_that_something_changed(acme, talk):
    receive(acme, talk)
    assert names(acme) == {"conversations", "counters", "traffic", f"head:{talk.id}"}


def test_pages_of_both_hear_of_a_merge_and_of_its_undoing(acme, talk):
    with acme.scope():
        other = create_contact(name="Maria K.", by=SYSTEM)
    with acme.scope():
        merge = merge_contacts(kept=other, absorbed=talk.contact, by=acme.anna)
    both = {"conversations", f"contact:{other.pk}", f"contact:{talk.contact_id}"}
    assert both <= names(acme)
    with acme.scope():
        undo_merge(merge=merge, by=acme.anna)
    with acme.scope():
        assert both == set(fragments.changes_of(Event.objects.latest("seq")))


def test_a_message_that_much_was_told_of_is_rendered_once_as_it_is_now(acme, talk):
    with acme.scope():
        message = send_message(talk, "Yes", by=acme.boris)
    with acme.scope():
        Message.objects.update(status="delivered")
        for action in (types.MESSAGE_SENT, types.MESSAGE_DELIVERED):
            record_message(action, message, talk, by=SYSTEM)
    stream = news(acme, talk)
    assert stream.count("<article") == 1
    assert 'title="Delivered"' in stream


def test_a_failure_comes_with_its_reason_in_the_pages_language(acme, talk):
    message = receive(acme, talk, "Yes", direction="outgoing", status="failed", error="Not sent")
    stream = news(acme, talk, "ru")
    assert "message--failed" in stream
    assert "Не отправлено: Не отправлено" in stream
    assert f"/messages/{message.id}/retry/" in stream


def test_an_unknown_outcome_offers_both_ways_out(acme, talk):
    receive(acme, talk, "Yes", direction="outgoing", status="unknown")
    stream = news(acme, talk)
    assert "/arrival/" in stream
    assert "/retry/" in stream


def test_the_same_html_goes_to_every_viewer(acme, talk):
    with acme.scope():
        send_message(talk, "Yes", by=acme.boris)
        leave_note(talk, "Nice person", by=acme.vera)
    stream = news(acme, talk)
    assert f'data-author="{acme.boris.id}"' in stream
    assert "csrf" not in stream


def test_a_message_that_is_gone_is_taken_away(acme, talk):
    message = receive(acme, talk)
    gone = message.dom_id
    with acme.scope():
        record_message(types.MESSAGE_DELETED, message, talk, echo=True)
        message.delete()
    assert f'action="remove" target="{gone}"' in news(acme, talk)


def test_a_deleted_message_says_so(acme, talk):
    receive(acme, talk, "secret", deleted_at=timezone.now())
    stream = news(acme, talk)
    assert "The customer deleted the message" in stream
    assert "secret" not in stream


def test_an_album_is_one_bubble_however_its_messages_come(acme, talk):
    for number in range(3):
        message = receive(acme, talk, "", kind="image", group_key="g 1", platform_order=number)
        with acme.scope():
            Attachment.objects.create(message=message, kind="image", status="pending")
    stream = news(acme, talk)
    assert stream.count("<article") == 1
    assert stream.count("album__item") == 3


def test_a_stored_file_changes_its_bubble(acme, talk):
    message = receive(acme, talk, "", kind="file")
    with acme.scope():
        file = Attachment.objects.create(message=message, kind="file", name="a.pdf", status="ready")
        record(
            types.ATTACHMENT_STORED,
            subject=file,
            data={"message": str(message.id)},
            audience=talk.audience(),
            conversation_id=talk.id,
        )
    assert f"/files/{file.id}/" in news(acme, talk)


def test_facts_stand_between_the_messages(acme, talk):
    with acme.scope():
        talk.accept(by=acme.boris)
        talk.close(by=acme.boris)
    stream = news(acme, talk)
    assert stream.count('class="thread__fact"') == 2
    assert "Conversation closed · Boris" in stream
    assert f"conversation:{talk.id}" in names(acme)


def test_a_corrected_contact_changes_lists_and_cards(acme, talk):
    with acme.scope():
        update_contact(contact=talk.contact, by=acme.boris, name="Maria Stuart")
    assert names(acme) == {"conversations", f"contact:{talk.contact_id}"}


def test_only_who_may_see_a_conversation_may_follow_it(acme, rival, talk):
    with acme.scope():
        assert may_follow(acme.boris, talk.id)
        talk.assign(to=None, team=acme.support, by=acme.anna)
        assert not may_follow(acme.boris, talk.id)
        assert may_follow(acme.vera, talk.id)
    with rival.scope():
        assert not may_follow(rival.rita, talk.id)


def test_losing_a_conversation_is_asked_about_again():
    assert topics.rechecks({types.CONVERSATION_ASSIGNED})
    assert not topics.rechecks({types.MESSAGE_RECEIVED})


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_texts_stay_texts(acme, talk, poison):
    receive(acme, talk, poison, sender_name=poison)
    with translation.override("ru"):
        assert_harmless(news(acme, talk))


def test_a_batch_costs_few_queries(acme, talk, django_assert_max_num_queries):
    for number in range(20):
        receive(acme, talk, f"N{number}")
    with acme.scope():
        events = list(Event.objects.order_by("seq"))
    with django_assert_max_num_queries(10):
        fragments.render(acme.workspace.id, "en", events, {topics.conversation(talk.id)})
