"""The journal in words."""

import pytest
from django.utils import translation

from events import types
from events.journal import SYSTEM, record
from events.models import Event
from inbox import timeline
from inbox.models import Conversation
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(acme):
    """`told(act)`: what the timeline says after `act(conversation)`."""

    def tell(act, language="en"):
        with acme.scope():
            conversation = make_conversation(make_channel())
            act(conversation)
        with acme.scope(), translation.override(language):
            events = Event.objects.filter(conversation_id=conversation.pk).order_by("seq")
            return [text for _event, text in timeline.sentences(events)]

    return tell


def test_a_conversation_tells_its_story(told, acme):
    def life(conversation):
        conversation.accept(by=acme.anna)
        conversation.assign(to=acme.vera, by=acme.anna)
        conversation.assign(to=None, by=acme.vera)
        conversation.close(by=acme.vera)
        conversation.reopen(by=None)

    assert told(life) == [
        "Conversation accepted · Anna",
        "Assigned to Vera · Anna",
        "Given back to New · Vera",
        "Conversation closed · Vera",
        "Reopened: the customer wrote",
    ]
    assert told(life, "ru") == [
        "Диалог взят · Anna",
        "Ответственный: Vera · Anna",
        "Возвращён в новые · Vera",
        "Диалог закрыт · Vera",
        "Открыт снова: клиент написал",
    ]


@pytest.mark.parametrize(
    ("reason", "english", "russian"),
    [
        (
            "turn",
            "Assigned to Vera · in turn, 2 members online",
            "Ответственный: Vera · по очереди, на месте 2 сотрудника",
        ),
        (
            "least_loaded",
            "Assigned to Vera · has the fewest conversations",
            "Ответственный: Vera · меньше всего диалогов",
        ),
    ],
)
def test_why_a_conversation_was_routed(told, acme, reason, english, russian):
    def routed(conversation):
        conversation.assign(
            to=acme.vera,
            by=SYSTEM,
            action=types.CONVERSATION_ROUTED,
            reason=reason,
            candidates=["1", "2"],
        )

    assert told(routed) == [english]
    assert told(routed, "ru") == [russian]


def test_why_it_was_not(told):
    def nobody(conversation):
        conversation.record(types.CONVERSATION_ROUTED, reason="nobody_online", candidates=[])

    assert told(nobody) == ["Stays in New · nobody is online"]
    assert told(nobody, "ru") == ["Остался в новых · никого нет на месте"]


def test_a_customer_out_of_reach_is_told_with_the_platform_s_reason(told):
    def blocked(conversation):
        for reachable in (False, True):
            record(
                types.IDENTITY_REACHABILITY_CHANGED,
                subject=conversation.identity,
                data={"reachable": reachable, "reason": "" if reachable else "Blocked."},
                conversation_id=conversation.id,
            )

    assert told(blocked) == [
        "The customer cannot be written to · Blocked",
        "The customer can be written to again",
    ]


def test_taking_it_oneself_is_accepting(told, acme):
    assert told(lambda conversation: conversation.assign(to=acme.anna, by=acme.anna)) == [
        "Conversation accepted · Anna"
    ]


def test_a_team_is_named(told, acme):
    assert told(
        lambda conversation: conversation.assign(to=None, by=acme.anna, team=acme.sales)
    ) == ["Given to the team “Sales” · Anna"]


def test_names_cost_a_fixed_number_of_queries(acme, django_assert_num_queries):
    with acme.scope():
        conversation = make_conversation(make_channel())
        for _ in range(5):
            conversation.assign(to=acme.vera, by=acme.anna)
            conversation.assign(to=acme.boris, by=acme.vera)
    with acme.scope():
        events = list(Event.objects.filter(conversation_id=conversation.pk))
        with django_assert_num_queries(1):
            assert len(timeline.sentences(events)) == 10
        assert Conversation.objects.get().assignee_id == acme.boris.id
