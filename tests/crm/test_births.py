"""Deals out of conversations: by the channel's rule, exactly once, however often news is read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Contact
from crm import births
from crm.actions import archive_pipeline, create_deal, create_pipeline, move_deal, set_deal_rule
from crm.models import Deal, DealChange, LossReason, Pipeline
from events import subscriptions, types
from events.journal import SYSTEM, record
from events.models import Event, SubscriptionCursor
from inbox.models import Conversation
from tests.cast import make_channel, make_conversation, make_message

pytestmark = pytest.mark.django_db


class Talk:
    """A customer of acme who writes on a channel, and the subscription that listens."""

    def __init__(self, acme):
        self.acme = acme
        with acme.scope():
            self.channel = make_channel()
            self.stages = {
                stage.name: stage for stage in Pipeline.objects.get(is_default=True).stages.all()
            }
        self.conversation = None

    def rule(self, **values):
        channel = values.pop("channel", None)
        with self.acme.scope():
            return set_deal_rule(channel=channel, by=SYSTEM, **values)

    def writes(self, name="Maria", **values):
        """Their first message, or a further one; one to an archived conversation reopens it."""
        with self.acme.scope():
            now = timezone.now()
            if self.conversation is None:
                self.conversation = make_conversation(
                    self.channel, name=name, last_incoming_at=now, **values
                )
                self.conversation.record(types.CONVERSATION_CREATED)
            elif not self.fresh().is_open:
                self.fresh().reopen(by=SYSTEM)
            message = make_message(self.conversation)
            record(types.MESSAGE_RECEIVED, subject=message, conversation_id=self.conversation.pk)
        self.listen()

    def fresh(self):
        return Conversation.objects.get(pk=self.conversation.pk)

    def accepted_by(self, member):
        with self.acme.scope():
            self.fresh().accept(by=member)
        self.listen()

    def closes(self):
        with self.acme.scope():
            self.fresh().close(by=SYSTEM)

    def ends(self, stage, days_ago=0):
        with self.acme.scope():
            deal = self.deals()[-1]
            reason = LossReason.objects.filter(outcome=self.stages[stage].group).first()
            move_deal(deal, to=self.stages[stage], by=SYSTEM, loss_reason=reason)
            if days_ago:
                past = timezone.now() - timedelta(days=days_ago)
                Deal.objects.filter(pk=deal.pk).update(closed_at=past)
        self.listen()

    def listen(self):
        found = [one for one in subscriptions.subscriptions() if one.name == "deals"]
        subscriptions.catch_up(self.acme.workspace.id, found[0])

    def again(self):
        """The journal is read from its beginning."""
        with self.acme.scope():
            SubscriptionCursor.objects.filter(name="deals").delete()
        self.listen()

    def deals(self):
        with self.acme.scope():
            return list(Deal.objects.order_by("number").select_related("stage", "owner"))


@pytest.fixture
def talk(acme):
    return Talk(acme)


def test_a_first_message_makes_a_deal(talk):
    talk.writes()
    talk.writes()
    [deal] = talk.deals()
    assert deal.conversation_id == talk.conversation.pk
    assert deal.channel_id == talk.channel.pk
    assert deal.stage.name == "New lead"
    with talk.acme.scope():
        event = Event.objects.get(action=types.DEAL_CREATED)
        assert event.data["rule"] == "Deals from conversations"


def test_the_news_read_again_makes_nothing(talk):
    talk.writes()
    talk.accepted_by(talk.acme.boris)
    talk.ends("Paid")
    talk.closes()
    talk.writes()
    before = [(deal.number, deal.status, deal.owner_id) for deal in talk.deals()]
    assert [status for _number, status, _owner in before] == ["won", "open"]
    talk.again()
    assert [(deal.number, deal.status, deal.owner_id) for deal in talk.deals()] == before


def test_by_hand_means_by_hand(talk):
    talk.rule(birth="manual")
    talk.writes()
    talk.accepted_by(talk.acme.boris)
    assert talk.deals() == []


def test_a_deal_may_wait_for_an_agent(talk):
    talk.rule(birth="accept")
    talk.writes()
    assert talk.deals() == []
    talk.accepted_by(talk.acme.boris)
    [deal] = talk.deals()
    assert deal.owner == talk.acme.boris


def test_a_channels_own_rule_wins(talk):
    talk.rule(birth="manual")
    talk.rule(channel=talk.channel, birth="first_message", stage=talk.stages["Qualified"])
    talk.writes()
    [deal] = talk.deals()
    assert deal.stage.name == "Qualified"


def test_the_owner_follows_the_assignee_while_there_is_none(talk):
    talk.writes()
    talk.accepted_by(talk.acme.boris)
    assert talk.deals()[0].owner == talk.acme.boris
    with talk.acme.scope():
        talk.fresh().assign(to=talk.acme.vera, by=SYSTEM)
        change = DealChange.objects.get(field="owner")
        assert (change.after_words, change.rule) == ("Boris", "Deals from conversations")
    talk.listen()
    assert talk.deals()[0].owner == talk.acme.boris


def test_the_customers_own_agent_gets_the_deal(talk):
    talk.rule(owner="contact_owner")
    with talk.acme.scope():
        talk.conversation = make_conversation(talk.channel, last_incoming_at=timezone.now())
        contact = talk.conversation.contact
        contact.owner = talk.acme.vera
        contact.save()
        talk.conversation.record(types.CONVERSATION_CREATED)
    talk.listen()
    assert talk.deals()[0].owner == talk.acme.vera


def test_nobody_gets_it_where_the_rule_says_so(talk):
    talk.rule(owner="nobody")
    talk.writes()
    talk.accepted_by(talk.acme.boris)
    assert talk.deals()[0].owner is None


def test_a_customer_who_comes_back_starts_anew(talk):
    talk.writes()
    talk.ends("Paid")
    talk.writes()
    assert len(talk.deals()) == 1, "the same talk goes on"
    talk.closes()
    talk.writes()
    assert [deal.status for deal in talk.deals()] == ["won", "open"]


@pytest.mark.parametrize(
    ("stage", "days_ago", "statuses"),
    [
        ("Refused", 5, ["open"]),
        ("No lead", 5, ["open"]),
        ("Refused", 45, ["lost", "open"]),
        ("Paid", 5, ["won", "open"]),
    ],
)
def test_a_recent_loss_is_reopened_where_the_rule_says_so(talk, stage, days_ago, statuses):
    talk.rule(returning="reopen", reopen_days=30)
    talk.writes()
    talk.ends(stage, days_ago)
    talk.closes()
    talk.writes()
    talk.again()
    assert [deal.status for deal in talk.deals()] == statuses


def test_a_customer_who_comes_back_may_get_nothing(talk):
    talk.rule(returning="nothing")
    talk.writes()
    talk.ends("Refused")
    talk.closes()
    talk.writes()
    assert [deal.status for deal in talk.deals()] == ["lost"]


def test_an_open_deal_is_enough_on_whatever_channel(talk):
    talk.writes()
    with talk.acme.scope():
        other = make_conversation(make_channel("platform"), last_incoming_at=timezone.now())
        other.contact = talk.conversation.contact
        other.save()
        other.record(types.CONVERSATION_CREATED)
    talk.listen()
    assert len(talk.deals()) == 1


def test_a_deal_made_before_they_wrote_joins_the_conversation(talk):
    with talk.acme.scope():
        contact = Contact.objects.create(name="Maria")
        deal = create_deal(contact=contact, by=SYSTEM)
        talk.conversation = make_conversation(talk.channel, last_incoming_at=timezone.now())
        talk.conversation.contact = contact
        talk.conversation.save()
        talk.conversation.record(types.CONVERSATION_CREATED)
    talk.listen()
    [found] = talk.deals()
    assert (found.pk, found.conversation_id) == (deal.pk, talk.conversation.pk)
    assert found.channel_id == talk.channel.pk


def test_who_was_written_to_first_has_no_deal_until_they_answer(talk):
    with talk.acme.scope():
        talk.conversation = make_conversation(talk.channel)
        talk.conversation.record(types.CONVERSATION_CREATED)
    talk.listen()
    assert talk.deals() == []
    with talk.acme.scope():
        Conversation.objects.update(last_incoming_at=timezone.now())
    talk.writes()
    assert len(talk.deals()) == 1


def test_a_group_is_no_lead(talk):
    with talk.acme.scope():
        talk.conversation = make_conversation(talk.channel, last_incoming_at=timezone.now())
        talk.conversation.identity.is_group = True
        talk.conversation.identity.save()
        talk.conversation.record(types.CONVERSATION_CREATED)
    talk.listen()
    assert talk.deals() == []


@pytest.mark.parametrize("archives", [True, False])
def test_the_end_of_the_deal_may_archive_the_conversation(talk, archives):
    talk.rule(archives_conversation=archives)
    talk.writes()
    talk.ends("Paid")
    with talk.acme.scope():
        assert talk.fresh().is_open is not archives


def test_a_conversation_with_another_open_deal_stays(talk):
    talk.rule(archives_conversation=True)
    talk.writes()
    with talk.acme.scope():
        create_deal(contact=talk.conversation.contact, conversation=talk.conversation, by=SYSTEM)
    talk.ends("Paid")
    with talk.acme.scope():
        assert talk.fresh().is_open


def test_the_news_of_an_old_end_archives_nobody_who_came_back(talk):
    talk.rule(archives_conversation=True)
    talk.writes()
    talk.ends("Paid")
    talk.writes()
    talk.again()
    with talk.acme.scope():
        assert talk.fresh().is_open


def test_a_rule_whose_pipeline_is_gone_takes_the_next_best(talk):
    with talk.acme.scope():
        gone = create_pipeline(name="Old", by=SYSTEM)
        set_deal_rule(channel=None, by=SYSTEM, stage=gone.stages.in_order().first())
        archive_pipeline(gone, by=SYSTEM)
    talk.writes()
    assert talk.deals()[0].stage.name == "New lead"


def test_what_a_rule_cannot_do_holds_nothing_up(talk):
    with talk.acme.scope():
        Pipeline.objects.update(archived_at=timezone.now(), is_default=False)
    talk.writes()
    assert talk.deals() == []
    with talk.acme.scope():
        assert SubscriptionCursor.objects.get(name="deals").failures == 0


def test_messages_of_those_who_have_a_deal_cost_next_to_nothing(
    talk, django_assert_max_num_queries
):
    talk.writes()
    with talk.acme.scope():
        events = [
            Event(action=types.MESSAGE_RECEIVED, conversation_id=talk.conversation.pk)
            for _ in range(500)
        ]
        with django_assert_max_num_queries(3):
            births.on_events(events)
