"""Who gets a new conversation, and what the journal says of it."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone

from channels_connectors.models import ChannelAccess
from core.redis import client
from events import types
from events.journal import SYSTEM
from events.models import Event
from events.subscriptions import run_workspace
from inbox.models import Conversation
from inbox.routing.router import route
from tests.cast import make_channel, make_conversation
from workspaces.models import Membership, TeamMembership
from workspaces.presence import State, touch

pytestmark = pytest.mark.django_db


@pytest.fixture
def floor(acme):
    """`floor.online(...)`, `floor.write(channel)`, `floor.run()`."""
    return Floor(acme)


class Floor:
    def __init__(self, acme) -> None:
        self.acme = acme

    def online(self, *members, state=State.ONLINE):
        with self.acme.scope():
            for member in members:
                touch(member.id, state)

    def channel(self, routing="round_robin", **values):
        with self.acme.scope():
            return make_channel(routing=routing, **values)

    def write(self, channel, **values):
        """A stranger writes."""
        with self.acme.scope():
            conversation = make_conversation(channel, **values)
            conversation.record(types.CONVERSATION_CREATED)
            return conversation

    def run(self):
        run_workspace(self.acme.workspace.id)

    def who(self, conversation):
        with self.acme.scope():
            return Conversation.objects.get(pk=conversation.pk).assignee_id

    def facts(self, conversation=None):
        with self.acme.scope():
            found = Event.objects.filter(action=types.CONVERSATION_ROUTED).order_by("seq")
            if conversation is not None:
                found = found.filter(conversation_id=conversation.pk)
            return [event.data for event in found]


def test_a_new_conversation_goes_to_who_is_online(floor, acme):
    floor.online(acme.boris)
    conversation = floor.write(floor.channel())
    floor.run()
    assert floor.who(conversation) == acme.boris.id
    (fact,) = floor.facts()
    assert fact["strategy"] == "round_robin"
    assert fact["chosen"] == fact["assignee"] == str(acme.boris.id)
    assert (fact["reason"], fact["candidates"]) == ("turn", [str(acme.boris.id)])


def test_in_a_manual_channel_everybody_helps_themselves(floor, acme):
    floor.online(acme.boris)
    conversation = floor.write(floor.channel("manual"))
    floor.run()
    assert (floor.who(conversation), floor.facts()) == (None, [])


def test_in_turn_means_in_turn(floor, acme):
    floor.online(acme.boris, acme.vera, acme.anna)
    channel = floor.channel()
    taken = [floor.write(channel) for _ in range(6)]
    floor.run()
    order = [floor.who(conversation) for conversation in taken]
    assert set(order[:3]) == {acme.boris.id, acme.vera.id, acme.anna.id}
    assert order[3:] == order[:3]


def test_the_least_loaded_takes_the_next(floor, acme):
    floor.online(acme.boris, acme.vera)
    channel = floor.channel("least_loaded")
    with acme.scope():
        for _ in range(2):
            make_conversation(channel, assignee=acme.boris, status="accepted")
        make_conversation(channel, assignee=acme.vera, status="closed")
    taken = [floor.write(channel) for _ in range(3)]
    floor.run()
    who = [floor.who(conversation) for conversation in taken]
    assert who[:2] == [acme.vera.id, acme.vera.id]
    assert floor.facts()[0]["reason"] == "least_loaded"


def test_nobody_online_leaves_it_in_new_and_says_why(floor, acme):
    conversation = floor.write(floor.channel())
    floor.run()
    assert floor.who(conversation) is None
    (fact,) = floor.facts(conversation)
    assert (fact["chosen"], fact["reason"]) == (None, "nobody_online")


@pytest.mark.parametrize("reason", ["away", "lease over", "deactivated", "no auto", "reader"])
def test_who_does_not_take_conversations_gets_none(floor, acme, reason):
    floor.online(acme.boris)
    with acme.scope():
        boris = Membership.objects.filter(pk=acme.boris.id)
        if reason == "away":
            touch(acme.boris.id, State.AWAY)
        elif reason == "lease over":
            boris.update(online_until=timezone.now() - timedelta(minutes=10))
        elif reason == "deactivated":
            boris.update(is_active=False)
        elif reason == "no auto":
            boris.update(takes_conversations=False)
        else:
            boris.update(role="quality")
    conversation = floor.write(floor.channel())
    floor.run()
    assert floor.who(conversation) is None


def test_a_channel_of_a_team_stays_in_the_team(floor, acme):
    floor.online(acme.vera)
    conversation = floor.write(floor.channel(team=acme.sales))
    floor.run()
    assert floor.who(conversation) is None
    assert floor.facts(conversation)[0]["reason"] == "nobody_allowed"
    with acme.scope():
        TeamMembership.objects.create(team=acme.sales, membership=acme.vera)
    other = floor.write(floor.channel(team=acme.sales))
    floor.run()
    assert floor.who(other) == acme.vera.id


def test_a_restricted_channel_goes_to_its_members_only(floor, acme):
    floor.online(acme.boris, acme.vera)
    channel = floor.channel(is_restricted=True)
    with acme.scope():
        ChannelAccess.objects.create(channel=channel, membership=acme.vera)
    taken = [floor.write(channel) for _ in range(2)]
    floor.run()
    assert {floor.who(conversation) for conversation in taken} == {acme.vera.id}


def test_a_returning_customer_comes_to_who_answered_them(floor, acme):
    floor.online(acme.boris, acme.vera)
    channel = floor.channel()
    for _ in range(2):
        with acme.scope():
            conversation = make_conversation(channel, previous_assignee=acme.vera)
            conversation.record(types.CONVERSATION_REOPENED)
        floor.run()
        assert floor.who(conversation) == acme.vera.id
        assert floor.facts(conversation)[0]["reason"] == "answered_before"


def test_but_not_when_they_are_away(floor, acme):
    floor.online(acme.boris)
    with acme.scope():
        conversation = make_conversation(floor.channel(), previous_assignee=acme.vera)
        conversation.record(types.CONVERSATION_REOPENED)
    floor.run()
    assert floor.who(conversation) == acme.boris.id


def test_what_somebody_took_meanwhile_is_left_to_them(floor, acme):
    floor.online(acme.boris)
    conversation = floor.write(floor.channel())
    with acme.scope():
        conversation.accept(by=acme.anna)
    floor.run()
    assert (floor.who(conversation), floor.facts()) == (acme.anna.id, [])


def test_who_comes_to_work_gets_what_has_been_waiting(floor, acme):
    channel, manual = floor.channel(), floor.channel("manual")
    waiting = [floor.write(channel) for _ in range(3)]
    by_hand = floor.write(manual)
    floor.run()
    assert [floor.who(conversation) for conversation in waiting] == [None] * 3
    floor.online(acme.boris)
    floor.run()
    assert [floor.who(conversation) for conversation in waiting] == [acme.boris.id] * 3
    assert floor.who(by_hand) is None
    assert len(floor.facts(waiting[0])) == 2


def test_presence_outlives_redis(floor, acme):
    floor.online(acme.boris)
    client().flushdb()
    conversation = floor.write(floor.channel())
    floor.run()
    assert floor.who(conversation) == acme.boris.id


def test_workspaces_do_not_mix(floor, acme, rival):
    with rival.scope():
        touch(rival.rita.id)
    conversation = floor.write(floor.channel())
    floor.run()
    assert floor.who(conversation) is None


@pytest.mark.django_db(transaction=True)
def test_conversations_routed_at_the_same_moment_take_turns(floor, acme):
    floor.online(acme.boris, acme.vera)
    channel = floor.channel()
    waiting = [floor.write(channel) for _ in range(12)]
    start = threading.Barrier(4)

    def work(number):
        try:
            for conversation in waiting[number::4]:
                start.wait(timeout=10)
                with acme.scope():
                    route([conversation.id])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    facts = floor.facts()
    assert Counter(fact["chosen"] for fact in facts) == {
        str(acme.boris.id): 6, str(acme.vera.id): 6,
    }  # fmt: skip
    chosen = [fact["chosen"] for fact in facts]
    assert all(one != next_one for one, next_one in pairwise(chosen))


def test_the_lease_is_renewed_seldom_and_coming_online_is_told_once(acme):
    def lease():
        return Membership.objects.get(pk=acme.boris.id).online_until

    with acme.scope():
        assert touch(acme.boris.id) is True
        first = lease()
        assert touch(acme.boris.id) is False
        assert lease() == first
        Membership.objects.update(online_until=timezone.now() + timedelta(seconds=30))
        assert touch(acme.boris.id) is False
        assert lease() > timezone.now() + timedelta(seconds=50)
        touch(acme.boris.id, State.AWAY)
        assert lease() is None
        touch(acme.boris.id)
    with acme.scope():
        told = Event.objects.filter(action=types.MEMBER_CAME_ONLINE)
        assert [event.subject_id for event in told] == [acme.boris.id] * 2


def test_a_former_member_is_never_online(acme):
    with acme.scope():
        Membership.objects.filter(pk=acme.boris.id).update(is_active=False)
        assert touch(acme.boris.id) is False


def test_routing_is_done_by_the_system(floor, acme):
    floor.online(acme.boris)
    floor.write(floor.channel())
    floor.run()
    with acme.scope():
        assert Event.objects.get(action=types.CONVERSATION_ROUTED).actor_type == SYSTEM.type
