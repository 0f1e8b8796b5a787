"""A question by a template is asked once, whoever dies over planning, asking, sending or noting
it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_connectors.models import MessageTemplate
from contacts.models import ContactIdentity
from events import types
from inbox.delivery import machine
from inbox.delivery.machine import deliver
from inbox.models import Conversation, Message, Rating
from inbox.ratings import asking, planning
from inbox.ratings.rules import set_rating_rule
from tests.cast import make_channel
from tests.inbox.rating import RatingDesk
from tests.killing import die, is_killed
from tests.sandbox_whatsapp import MARIA

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(acme, whatsapp_number):
    """A conversation on WhatsApp that was closed after its window."""
    whatsapp_number.make_template("how_was_it", "How was it, from 1 to 5?")
    desk = RatingDesk(acme)
    with acme.scope():
        desk.channel = make_channel("whatsapp", credentials=whatsapp_number.credentials)
        MessageTemplate.objects.create(
            channel=desk.channel, name="how_was_it", language="ru", status="approved",
            category="utility", components=[{"type": "BODY", "text": "How was it, from 1 to 5?"}],
        )  # fmt: skip
        values = {"is_on": True, "delay_minutes": 0, "template": "how_was_it"}
        set_rating_rule(channel=desk.channel, by=acme.anna, **values)
    desk.says()
    desk.answers()
    with acme.scope():
        ContactIdentity.objects.update(external_id=MARIA)
        long_ago = timezone.now() - timedelta(hours=25)
        Conversation.objects.update(last_incoming_at=long_ago)
        desk.conversation().close(by=acme.boris)
    return desk


def while_it_is_planned(desk):
    planning.Rating.objects.bulk_create = die
    desk.settle()


def before_it_is_queued(desk):
    asking.send_message = die
    asking.ask_all_due()


def before_it_is_noted(desk):
    Rating.save = die
    asking.ask_all_due()


def before_it_is_told(desk):
    asking.facts_of = die
    desk.settle()


def before_it_left(_desk, conversation):
    machine.sending.send = die
    deliver(conversation.workspace_id, conversation.pk)


def after_it_left(_desk, conversation):
    machine.outcomes.write = die
    deliver(conversation.workspace_id, conversation.pk)


@pytest.mark.parametrize(("last", "arrived"), [(before_it_left, 0), (after_it_left, 1)])
def test_a_question_by_a_template_is_asked_once_whoever_dies(
    acme, desk, whatsapp_number, last, arrived
):
    conversation = desk.fresh()
    assert is_killed(lambda: while_it_is_planned(desk))
    assert desk.rating() is None
    desk.settle()
    assert desk.rating().state == "planned"
    for deed in (before_it_is_queued, before_it_is_noted):
        assert is_killed(lambda deed=deed: deed(desk)), deed
        assert (desk.rating().state, desk.questions()) == ("planned", [])
    desk.asks()
    assert desk.rating().state == "queued"
    assert is_killed(lambda: last(desk, conversation))
    with acme.scope():
        Message.objects.filter(status="sending").update(
            lease_until=timezone.now() - timedelta(minutes=10)
        )
    deliver(acme.workspace.pk, conversation.pk)
    assert is_killed(lambda: before_it_is_told(desk))
    for _turn in range(2):
        desk.asks()
        deliver(acme.workspace.pk, conversation.pk)
    # Nobody knows whether it arrived, so nobody asks again; an answer to it counts.
    (question,) = desk.questions()
    assert (question.kind, question.status) == ("template", "unknown")
    assert len(whatsapp_number.answers()) == len(whatsapp_number.journal()) == arrived
    assert desk.rating().state == "asked"
    assert len(desk.told(types.CONVERSATION_RATING_ASKED)) == 1
