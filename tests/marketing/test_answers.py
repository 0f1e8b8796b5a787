"""What comes back: statuses, answers, words that stop broadcasts, and each of them once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.actions import set_consent
from contacts.models import Consent, Contact
from events import types
from events.journal import SYSTEM
from events.subscriptions import run_workspace
from inbox.journal import record_message
from inbox.models import Conversation, Message
from marketing.stop_words import word_of
from tests.cast import make_message


def answer(stage, contact, text, *, opens=True):
    """A customer writes, as the sorter would have it. Returns the message."""
    with stage.acme.scope():
        conversation = Conversation.objects.get(contact=contact)
        if opens and conversation.status == "closed":
            conversation.status = "new"
            conversation.save()
            conversation.record(types.CONVERSATION_REOPENED, by=SYSTEM)
        message = make_message(conversation, text, sent_at=timezone.now())
        record_message(types.MESSAGE_RECEIVED, message, conversation, by=SYSTEM)
    return message


def tell(stage, recipient, action, **values):
    """News of a recipient's message, as the sorter would have it."""
    with stage.acme.scope():
        message = Message.objects.select_related("conversation").get(pk=recipient.pk)
        for name, value in values.items():
            setattr(message, name, value)
        message.save()
        record_message(action, message, message.conversation, by=SYSTEM)


def catch_up(stage):
    run_workspace(stage.acme.workspace.id)


def consent_of(stage, contact):
    with stage.acme.scope():
        return Consent.objects.filter(contact=contact, channel=None).first()


def test_statuses_rise_and_never_fall(stage):
    broadcast = stage.send()
    first, second, third = stage.recipients(broadcast)
    tell(stage, first, types.MESSAGE_READ, status="read")
    tell(stage, first, types.MESSAGE_DELIVERED)
    tell(stage, second, types.MESSAGE_DELIVERED, status="delivered")
    tell(stage, third, types.MESSAGE_FAILED, status="failed", error_class="x", error="Nobody")
    catch_up(stage)
    catch_up(stage)
    assert [one.state for one in stage.recipients(broadcast)] == ["read", "delivered", "failed"]
    assert stage.totals(broadcast) == {"sent": 2, "delivered": 2, "read": 1, "failed": 1}
    assert stage.fresh(third).reason == "Nobody"


def test_an_answer_is_counted_once_and_routed_by_the_broadcast(stage):
    broadcast = stage.send(reply_team=stage.acme.sales, reply_assignee=stage.acme.boris)
    answer(stage, stage.people[0], "How much?")
    answer(stage, stage.people[0], "Hello?")
    catch_up(stage)
    assert stage.totals(broadcast) == {"sent": 3, "answered": 1}
    with stage.acme.scope():
        conversation = Conversation.objects.get(contact=stage.people[0])
    assert (conversation.assignee_id, conversation.team_id) == (
        stage.acme.boris.id,
        stage.acme.sales.id,
    )
    assert len(stage.events("conversation.routed")) == 1


def test_a_conversation_that_somebody_has_stays_with_them(stage):
    stage.send(reply_assignee=stage.acme.boris)
    with stage.acme.scope():
        Conversation.objects.filter(contact=stage.people[0]).update(
            status="accepted", assignee=stage.acme.vera
        )
    answer(stage, stage.people[0], "How much?")
    catch_up(stage)
    with stage.acme.scope():
        assert Conversation.objects.get(contact=stage.people[0]).assignee_id == stage.acme.vera.id


def test_what_is_written_days_later_is_no_answer(stage):
    broadcast = stage.send()
    with stage.acme.scope():
        Message.objects.update(sent_at=timezone.now() - timedelta(days=4))
    answer(stage, stage.people[0], "Hello")
    catch_up(stage)
    assert "answered" not in stage.totals(broadcast)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("стоп", "stop"), ("СТОП!", "stop"), (" Stop. ", "stop"), ("отписаться", "stop"),
        ("Unsubscribe", "stop"), ("/stop", "stop"), ("«Стоп»", "stop"),
        ("старт", "start"), ("START", "start"),
        ("стоп, а когда доставка?", ""), ("не стоп", ""), ("", ""), ("/start", ""),
        ("stopover", ""), ("стоп" * 20, ""),
    ],
)  # fmt: skip
def test_only_the_whole_text_is_a_word(text, word):
    assert word_of(text) == word


def test_a_stop_takes_consent_back_everywhere_and_is_confirmed_once(stage):
    broadcast = stage.send()
    answer(stage, stage.people[0], "Стоп")
    answer(stage, stage.people[0], "стоп!")
    catch_up(stage)
    catch_up(stage)
    consent = consent_of(stage, stage.people[0])
    assert (consent.is_granted, consent.origin) == (False, "customer")
    replies = [one.text for one in stage.messages() if one.payload.get("auto") == "consent"]
    assert replies == ["You will get no more offers from us. To get them again, write “start”."]
    assert stage.totals(broadcast) == {"sent": 3, "unsubscribed": 1}
    second = stage.send(name="Second")
    assert stage.states(second)[stage.people[0].pk] == "no_consent"


def test_start_resumes_only_what_was_stopped(stage):
    answer(stage, stage.people[0], "start")
    catch_up(stage)
    assert consent_of(stage, stage.people[0]) is None
    answer(stage, stage.people[0], "stop")
    catch_up(stage)
    answer(stage, stage.people[0], "старт")
    catch_up(stage)
    assert consent_of(stage, stage.people[0]).is_granted
    assert len([one for one in stage.messages() if one.payload.get("auto") == "consent"]) == 2


def test_the_confirmation_is_in_the_customers_language(stage):
    with stage.acme.scope():
        Contact.objects.filter(pk=stage.people[0].pk).update(language="ru")
    answer(stage, stage.people[0], "стоп")
    catch_up(stage)
    [reply] = [one for one in stage.messages() if one.payload.get("auto") == "consent"]
    assert reply.text.startswith("Больше не пришлём")


def test_a_word_that_is_older_than_what_is_known_changes_nothing(stage):
    with stage.acme.scope():
        set_consent(
            contact=stage.people[0], granted=True, origin="agent", by=SYSTEM,
            at=timezone.now() + timedelta(minutes=1),
        )  # fmt: skip
    answer(stage, stage.people[0], "stop")
    catch_up(stage)
    assert consent_of(stage, stage.people[0]).is_granted
    assert stage.messages() == []


def test_a_word_in_a_group_is_nobodys(stage):
    with stage.acme.scope():
        stage.people[0].identities.update(is_group=True)
    answer(stage, stage.people[0], "stop")
    catch_up(stage)
    assert consent_of(stage, stage.people[0]) is None
