"""What an agent's reply does before anything leaves the house."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from events import types
from events.journal import Actor
from events.models import Event
from inbox.actions import leave_note, retry_message, send_message
from inbox.models import Attachment, Conversation, Message
from inbox.uploads import forget_drafts, start_upload
from tests.cast import make_channel, make_conversation, make_message
from workspaces.actions import create_api_token
from workspaces.models import Role
from workspaces.storage import absolute

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(acme):
    with acme.scope():
        conversation = make_conversation(make_channel())
        message = make_message(conversation, "Is it in stock?")
        conversation.waiting_since = conversation.last_activity_at = message.sent_at
        conversation.unread_count = 1
        conversation.save()
        return conversation


def actions_of(conversation):
    return list(
        Event.objects.filter(conversation_id=conversation.pk)
        .order_by("seq")
        .values_list("action", flat=True)
    )


def test_a_reply_is_queued_and_told_to_the_journal(acme, conversation):
    client_id = uuid4()
    with acme.scope():
        message = send_message(conversation, " Yes ", by=acme.anna, client_id=client_id)
    with acme.scope():
        stored = Message.objects.get(pk=message.pk)
        assert (stored.status, stored.direction, stored.text) == ("queued", "outgoing", "Yes")
        assert (stored.author_id, stored.client_id) == (acme.anna.id, client_id)
        event = Event.objects.get(action=types.MESSAGE_QUEUED)
        assert (event.subject_type, event.subject_id) == ("message", message.id)
        assert event.data["client_id"] == str(client_id)
        assert event.audience["channel"] == str(conversation.channel_id)


def test_a_reply_accepts_a_new_conversation_and_stops_the_wait(acme, conversation):
    with acme.scope():
        send_message(conversation, "Yes", by=acme.anna)
    with acme.scope():
        stored = Conversation.objects.get(pk=conversation.pk)
        assert (stored.status, stored.assignee_id) == ("accepted", acme.anna.id)
        assert (stored.waiting_since, stored.unread_count) == (None, 0)
        assert (stored.last_message_text, stored.last_message_status) == ("Yes", "queued")
        assert actions_of(conversation) == [types.CONVERSATION_ACCEPTED, types.MESSAGE_QUEUED]


def test_a_reply_reopens_a_closed_conversation_for_its_author(acme, conversation):
    with acme.scope():
        conversation.close(by=acme.vera)
    with acme.scope():
        send_message(conversation, "One more thing", by=acme.anna)
        assert (conversation.status, conversation.assignee_id) == ("accepted", acme.anna.id)


def test_a_colleague_who_answers_does_not_take_the_conversation_away(acme, conversation):
    with acme.scope():
        conversation.accept(by=acme.vera)
        send_message(conversation, "Yes", by=acme.anna)
        assert conversation.assignee_id == acme.vera.id


def test_a_bot_answers_without_accepting_or_stopping_the_wait(acme, conversation):
    with acme.scope():
        send_message(conversation, "We open at nine.", by=Actor("rule", uuid4()))
        assert conversation.status == "new"
        assert conversation.waiting_since is not None


def test_an_api_token_answers_for_the_company(acme, conversation):
    with acme.scope():
        token = create_api_token(name="CRM", role=Role.AGENT).token
        message = send_message(conversation, "Yes", by=token)
        assert (message.author_id, message.sender_name) == (None, "CRM")
        assert (conversation.status, conversation.waiting_since) == ("new", None)


def test_a_note_stays_inside_and_changes_nothing_for_the_customer(acme, conversation):
    with acme.scope():
        note = leave_note(conversation, "VIP", by=acme.anna)
        assert (note.direction, note.queued_at) == ("internal", None)
        stored = Conversation.objects.get(pk=conversation.pk)
        assert (stored.status, stored.waiting_since) == ("new", conversation.waiting_since)
    with acme.scope():
        assert actions_of(conversation) == [types.MESSAGE_NOTED]


def test_a_second_click_gives_the_same_message(acme, conversation):
    client_id = uuid4()
    with acme.scope():
        first = send_message(conversation, "Yes", by=acme.anna, client_id=client_id)
    with acme.scope():
        second = send_message(conversation, "Yes", by=acme.anna, client_id=client_id)
    with acme.scope():
        assert first.pk == second.pk
        assert Message.objects.filter(direction="outgoing").count() == 1
        assert Event.objects.filter(action=types.MESSAGE_QUEUED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_give_one_message(acme, conversation):
    client_id, start = uuid4(), threading.Barrier(4)

    def click(_):
        try:
            start.wait(timeout=10)
            with acme.scope():
                fresh = Conversation.objects.get(pk=conversation.pk)
                return send_message(fresh, "Yes", by=acme.anna, client_id=client_id).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(click, range(4)))
    with acme.scope():
        assert len(found) == 1
        assert Message.objects.filter(direction="outgoing").count() == 1


def test_a_client_id_belongs_to_one_conversation(acme, conversation):
    client_id = uuid4()
    with acme.scope():
        send_message(conversation, "Yes", by=acme.anna, client_id=client_id)
        other = make_conversation(conversation.channel, name="Ivan")
        with pytest.raises(ValidationError, match="another conversation"):
            send_message(other, "Yes", by=acme.anna, client_id=client_id)


def test_who_may_only_read_cannot_write(acme, conversation):
    with acme.scope(), pytest.raises(PermissionDenied):
        send_message(conversation, "Hi", by=acme.marta)


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty"), (" \0 \n", "empty"), ("я" * 16_385, "too_long")]
)
def test_what_the_platform_would_refuse_is_refused_at_once(acme, conversation, text, code):
    with acme.scope():
        with pytest.raises(ValidationError) as caught:
            send_message(conversation, text, by=acme.anna)
        assert caught.value.code == code
        assert not Message.objects.filter(direction="outgoing").exists()


def test_the_refusal_says_by_how_much_a_text_is_too_long(acme, conversation):
    with acme.scope(), pytest.raises(ValidationError, match="is 2 characters too long"):
        send_message(conversation, "a" * 16_384 + "😀", by=acme.anna)


def test_a_disconnected_channel_takes_no_messages_but_a_broken_one_does(acme, conversation):
    with acme.scope():
        conversation.channel.change_status("broken", reason="Token refused")
        assert send_message(conversation, "Wait", by=acme.anna).status == "queued"
        conversation.channel.change_status("disconnected")
        with pytest.raises(ValidationError, match="disconnected"):
            send_message(conversation, "Hi", by=acme.anna)


def test_an_answer_points_at_a_message_of_the_same_conversation(acme, conversation):
    with acme.scope():
        asked = Message.objects.get()
        message = send_message(conversation, "Yes", by=acme.anna, reply_to=asked)
        assert message.reply_to_external_id == asked.external_id
        other = make_conversation(conversation.channel, name="Ivan")
        with pytest.raises(ValidationError, match="not in this conversation"):
            send_message(other, "Yes", by=acme.anna, reply_to=asked.pk)


def test_a_draft_file_goes_with_the_message_of_its_owner_only(acme, conversation):
    with acme.scope():
        draft = start_upload(SimpleUploadedFile("../ка\u200bт.png", PNG), by=acme.anna)
        assert (draft.name, draft.kind, draft.mime) == ("кат.png", "image", "image/png")
        assert (draft.width, draft.height, draft.size) == (1, 1, len(PNG))
        assert absolute(draft.path).read_bytes() == PNG
        with pytest.raises(ValidationError, match="no longer here"):
            send_message(conversation, by=acme.vera, attachments=[draft])
        message = send_message(conversation, by=acme.anna, attachments=[draft])
        assert message.kind == "image"
        assert [attachment.pk for attachment in message.attachments.all()] == [draft.pk]
        with pytest.raises(ValidationError, match="no longer here"):
            send_message(conversation, by=acme.anna, attachments=[draft.pk])


def test_a_program_uploads_too(acme, conversation):
    with acme.scope():
        mine, other = (create_api_token(name=name).token for name in "ab")
        draft = start_upload(SimpleUploadedFile("a.txt", b"hello"), by=mine)
        with pytest.raises(ValidationError, match="no longer here"):
            send_message(conversation, by=other, attachments=[draft])
        assert send_message(conversation, by=mine, attachments=[draft]).kind == "file"


def test_a_draft_that_is_not_sent_is_forgotten_after_a_day(acme, conversation):
    with acme.scope():
        old, young, sent = (
            start_upload(SimpleUploadedFile("a.txt", b"hello"), by=acme.anna) for _ in range(3)
        )
        send_message(conversation, by=acme.anna, attachments=[sent])
        Attachment.objects.exclude(pk=young.pk).update(
            created_at=timezone.now() - timedelta(days=2)
        )
    assert forget_drafts() == 1
    with acme.scope():
        assert set(Attachment.objects.values_list("pk", flat=True)) == {young.pk, sent.pk}
    assert not absolute(old.path).exists()
    assert absolute(sent.path).exists()


def test_a_reply_stands_after_a_message_from_a_platform_whose_clock_is_ahead(acme, conversation):
    with acme.scope():
        ahead = timezone.now() + timedelta(seconds=30)
        Message.objects.update(sent_at=ahead)
        Conversation.objects.update(last_activity_at=ahead)
        first = send_message(conversation, "Yes", by=acme.anna)
        second = send_message(conversation, "Really", by=acme.anna)
        order = [message.pk for message in conversation.messages.in_order()]
        assert order[1:] == [first.pk, second.pk]


@pytest.mark.parametrize("status", ["failed", "unknown"])
def test_retry_queues_again_and_forgets_the_old_attempt(acme, conversation, status):
    with acme.scope():
        message = send_message(conversation, "Yes", by=acme.anna)
        Message.objects.filter(pk=message.pk).update(
            status=status, external_id="1:2", error_class="transient", error="x", attempts=3
        )
    with acme.scope():
        again = retry_message(message, by=acme.anna)
        assert (again.status, again.attempts, again.error_class) == ("queued", 0, "")
        assert (again.external_id, again.payload["earlier_external_ids"]) == (None, ["1:2"])
        assert retry_message(message, by=acme.anna).status == "queued"
    with acme.scope():
        queued = Event.objects.filter(action=types.MESSAGE_QUEUED).order_by("seq")
        assert [event.data.get("retry") for event in queued] == [None, True]


def test_retry_stops_the_wait_that_the_failure_began_again(acme, conversation):
    with acme.scope():
        message = send_message(conversation, "Yes", by=acme.anna)
        Message.objects.filter(pk=message.pk).update(status="failed")
        conversation.wait_again()
        assert conversation.waiting_since is not None
    with acme.scope():
        retry_message(message, by=acme.anna)
        assert Conversation.objects.get(pk=conversation.pk).waiting_since is None


def test_retry_of_a_delivered_message_does_nothing(acme, conversation):
    with acme.scope():
        message = make_message(conversation, direction="outgoing", status="delivered")
        assert retry_message(message, by=acme.anna).status == "delivered"


def test_of_messages_that_leave_together_the_list_shows_the_newest(acme, conversation):
    """The news of an earlier one may come first: platforms tell whole seconds."""
    with acme.scope():
        at = timezone.now() + timedelta(seconds=9)
        sent = {"direction": "outgoing", "status": "sent", "sent_at": at}
        first, second = (
            make_message(conversation, text, platform_order=order, **sent)
            for order, text in ((17, "one"), (18, "two"))
        )
        conversation.show_reply(first, answers=False)
        conversation.show_status(second)
        conversation.show_status(first)
        conversation.refresh_from_db()
    assert conversation.last_message_text == "two"
    assert conversation.last_activity_at == at
