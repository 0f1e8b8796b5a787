"""The automatic reply outside of the working hours: once, to people, and no answer."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from events import types
from events.subscriptions import run_workspace
from inbox.actions import send_message
from inbox.journal import record_message
from inbox.models import Conversation, Message
from tests.inbox.delivering import plain_desk
from workspaces.actions import set_calendar
from workspaces.models import Calendar

CLOSED = {"time_zone": "UTC", "weekly": [[] for _ in range(7)], "holidays": []}
AWAY = "We are asleep and answer in the morning."


@pytest.fixture
def desk(acme, platform):
    """A channel with words for the night, in a company that is never open."""
    platform()
    made = plain_desk(acme)
    with acme.scope():
        made.channel.away_reply = AWAY
        made.channel.save()
        workspace = (Calendar.Owner.WORKSPACE, acme.workspace.pk)
        set_calendar(workspace, mode="weekly", by=acme.anna, **CLOSED)
    return made


def says(desk, text="Hello", **values):
    """The customer writes, and the journal's readers do their work."""
    with desk.acme.scope():
        values.setdefault("sent_at", timezone.now())
        message = Message.objects.create(
            conversation=desk.conversation,
            channel=desk.channel,
            direction="incoming",
            text=text,
            **values,
        )
        Conversation.objects.filter(pk=desk.conversation.pk).update(waiting_since=timezone.now())
        record_message(types.MESSAGE_RECEIVED, message, desk.conversation)
    run_workspace(desk.acme.workspace.id)


def replies(desk):
    with desk.acme.scope():
        return list(Message.objects.filter(payload__auto="away").order_by("id"))


def test_it_is_sent_once_however_much_is_written(desk):
    for text in ("Hello", "Anybody?", "Well"):
        says(desk, text)
    (reply,) = replies(desk)
    assert (reply.text, reply.status, reply.author_id) == (AWAY, "queued", None)


def test_it_does_not_count_as_an_answer(desk):
    says(desk)
    conversation = desk.fresh(desk.conversation)
    assert conversation.waiting_since is not None
    assert (conversation.status, conversation.assignee_id) == ("new", None)


def test_after_a_persons_answer_a_new_night_gets_its_own(desk):
    says(desk)
    desk.send("Good morning")
    says(desk, "And now?")
    assert len(replies(desk)) == 2


def test_a_conversation_that_was_closed_and_comes_back_gets_its_own(desk):
    says(desk)
    with desk.acme.scope():
        conversation = Conversation.objects.get()
        conversation.close(by=desk.acme.anna)
        conversation.reopen(by=desk.acme.anna)
    says(desk, "Again")
    assert len(replies(desk)) == 2


def test_two_machines_stop_after_a_few(desk):
    for number in range(8):
        says(desk, f"{number}")
        with desk.acme.scope():
            conversation = Conversation.objects.get()
            conversation.close(by=desk.acme.anna)
            conversation.reopen(by=desk.acme.anna)
    assert len(replies(desk)) == 3


@pytest.mark.parametrize("sign", ["auto", "auto_reply", "is_bot"])
def test_a_machine_gets_no_reply(desk, sign):
    says(desk, payload={sign: True})
    assert replies(desk) == []


def test_a_group_gets_no_reply(desk):
    with desk.acme.scope():
        type(desk.conversation.identity).objects.update(is_group=True)
    says(desk)
    assert replies(desk) == []


@pytest.mark.parametrize("kind", ["system", "reaction"])
def test_what_is_no_question_gets_no_reply(desk, kind):
    says(desk, kind=kind)
    assert replies(desk) == []


def test_old_news_gets_no_reply(desk):
    says(desk, sent_at=timezone.now() - timedelta(hours=2))
    assert replies(desk) == []


def test_open_doors_say_nothing(desk):
    owner = (Calendar.Owner.CHANNEL, desk.channel.pk)
    with desk.acme.scope():
        set_calendar(owner, mode="always", by=desk.acme.anna, **CLOSED)
    says(desk)
    assert replies(desk) == []


def test_the_teams_hours_count_before_the_companys(desk):
    with desk.acme.scope():
        desk.channel.team = desk.acme.sales
        desk.channel.save()
        team = (Calendar.Owner.TEAM, desk.acme.sales.pk)
        set_calendar(team, mode="always", by=desk.acme.anna, **CLOSED)
    says(desk)
    assert replies(desk) == []


def test_without_words_nothing_is_said(desk):
    with desk.acme.scope():
        desk.channel.away_reply = ""
        desk.channel.save()
    says(desk)
    assert replies(desk) == []


@pytest.mark.parametrize("status", ["paused", "broken", "disconnected"])
def test_a_channel_that_does_not_send_says_nothing(desk, status):
    with desk.acme.scope():
        type(desk.channel).objects.update(status=status)
    says(desk)
    assert replies(desk) == []


def test_a_failed_answer_is_waited_for_from_the_customers_first_words(desk):
    """Our automatic words between them answered nothing."""
    says(desk, "First")
    with desk.acme.scope():
        first = Message.objects.get(text="First").sent_at
        conversation = Conversation.objects.get()
        send_message(conversation, "Answer", by=desk.acme.anna)
        Message.objects.filter(text="Answer").update(status="failed")
        conversation = Conversation.objects.get()
        conversation.wait_again()
        assert conversation.waiting_since == first


def test_the_words_are_sent_as_they_are(desk):
    text = json.dumps({"<b>": "%(name)s"})
    with desk.acme.scope():
        type(desk.channel).objects.update(away_reply=text)
    says(desk)
    assert [reply.text for reply in replies(desk)] == [text]
