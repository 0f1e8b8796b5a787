"""What open boards are told of each change, and who is told."""

from uuid import uuid4

import pytest

from contacts.models import Contact
from crm.actions import assign_deal, create_deal, move_deal, update_deal
from crm.board.broadcasts import may_follow, pipeline_topic
from crm.furniture import make_pipeline
from crm.models import Pipeline, PipelineAccess
from crm.places import spread
from events.audience import Audience, Listener
from events.journal import SYSTEM
from events.models import Event
from live import fragments
from tests.inbox.hostile import HOSTILE, assert_harmless
from workspaces.models import Visibility

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(acme):
    """`market.stages` by name and `market.do(action)`, each in a transaction of its own."""

    class Market:
        def __init__(self):
            with acme.scope():
                self.pipeline = Pipeline.objects.get(is_default=True)
                self.stages = {stage.name: stage for stage in self.pipeline.stages.in_order()}

        def deal(self, name="Maria", **values):
            with acme.scope():
                return create_deal(contact=Contact.objects.create(name=name), by=SYSTEM, **values)

        def do(self, action, *arguments, **values):
            with acme.scope():
                return action(*arguments, by=values.pop("by", SYSTEM), **values)

        def told(self, after=0, pipeline=None):
            with acme.scope():
                events = list(Event.objects.filter(seq__gt=after).order_by("seq"))
            topic = pipeline_topic((pipeline or self.pipeline).pk)
            return fragments.render(acme.workspace.id, "en", events, {topic})

        def news(self, **values):
            return "".join(fragment.stream for fragment in self.told(**values))

        def seq(self):
            with acme.scope():
                return Event.objects.order_by("seq").values_list("seq", flat=True).last() or 0

        def names(self, after=0):
            with acme.scope():
                events = Event.objects.filter(seq__gt=after)
                return set().union(*(fragments.changes_of(event) for event in events))

    return Market()


def test_a_new_deal_is_put_into_its_column(market):
    deal = market.deal("Maria")
    stream = market.news()
    assert f'action="card" target="cards_{deal.stage_id}"' in stream
    assert f'id="deal_{deal.pk}"' in stream
    assert "Maria" in stream


def test_a_moved_card_is_told_with_its_place_and_the_heads_change(market):
    deal = market.deal()
    before = market.seq()
    deal = market.do(move_deal, deal, to=market.stages["Qualified"])
    stream = market.news(after=before)
    assert f'target="cards_{market.stages["Qualified"].pk}"' in stream
    assert f'data-key="{deal.position} {deal.pk}"' in stream
    assert f"board:{market.pipeline.pk}" in market.names(after=before)


def test_moved_thrice_it_is_drawn_once(market):
    deal = market.deal()
    for name in ("Qualified", "Offer sent", "Waiting for payment"):
        deal = market.do(move_deal, deal, to=market.stages[name])
    assert market.news().count("<article") == 1


def test_a_closed_deal_leaves_the_board(market):
    deal = market.deal()
    before = market.seq()
    market.do(move_deal, deal, to=market.stages["Paid"])
    stream = market.news(after=before)
    assert f'action="remove" target="deal_{deal.pk}"' in stream
    assert "<article" not in stream


def test_a_card_lifted_within_its_column_is_told(market):
    low, high = market.deal("low"), market.deal("high")
    before = market.seq()
    market.do(move_deal, low, to=low.stage, before=high.pk)
    assert "low" in market.news(after=before)


def test_into_another_pipeline_it_leaves_one_board_and_enters_another(acme, market):
    with acme.scope():
        other = make_pipeline(name="Wholesale", currency="RUB")
        stage = other.stages.in_order().first()
    deal = market.deal()
    before = market.seq()
    market.do(move_deal, deal, to=stage)
    gone = f'target="deal_{deal.pk}" seq="{market.seq()}"'
    assert market.news(after=before) == f'<turbo-stream action="remove" {gone}></turbo-stream>'
    assert f"cards_{stage.pk}" in market.news(after=before, pipeline=other)


def test_who_loses_sight_of_a_deal_sees_it_go_and_not_what_it_is_now(acme, market):
    deal = market.deal("Secret", owner=acme.boris, team=acme.sales)
    before = market.seq()
    market.do(assign_deal, deal, to=acme.vera, team=acme.support)
    removal, card = market.told(after=before)
    with acme.scope():
        boris, vera = Listener.of(acme.boris), Listener.of(acme.vera)
    assert "remove" in removal.stream
    assert removal.audience is None
    assert "Secret" in card.stream
    assert not card.audience.includes(boris)
    assert card.audience.includes(vera)


def test_what_customers_are_called_does_no_harm(market):
    market.deal(HOSTILE[:200] if isinstance(HOSTILE, str) else HOSTILE[0][:200])
    assert_harmless(market.news())


def test_a_changed_amount_is_told(market):
    deal = market.deal()
    before = market.seq()
    market.do(update_deal, deal, amount=777)
    assert "₽777" in market.news(after=before)
    assert f"deal:{deal.pk}" in market.names(after=before)


def test_a_column_with_new_places_has_every_board_start_anew(acme, market):
    deal = market.deal()
    before = market.seq()
    with acme.scope():
        spread(deal.stage)
    assert "pipelines" in market.names(after=before)


def test_only_who_may_work_in_a_pipeline_follows_it(acme, market):
    with acme.scope():
        assert may_follow(acme.boris, market.pipeline.pk)
        assert not may_follow(acme.boris, uuid4())
        Pipeline.objects.update(is_restricted=True)
        assert not may_follow(acme.boris, market.pipeline.pk)
        assert may_follow(acme.anna, market.pipeline.pk)
    assert acme.boris.visibility == Visibility.TEAM


def test_of_a_closed_pipeline_only_its_teams_hear(acme, market):
    with acme.scope():
        market.pipeline.is_restricted = True
        market.pipeline.save()
        PipelineAccess.objects.create(pipeline=market.pipeline, team=acme.support)
        other = make_pipeline(name="Wholesale", currency="RUB")
        stage = other.stages.in_order().first()
        listeners = {one: Listener.of(one) for one in (acme.boris, acme.vera, acme.anna)}

    def hear(after):
        with acme.scope():
            events = Event.objects.filter(seq__gt=after, subject_type="deal")
            audiences = [Audience.from_json(event.audience) for event in events]
            return {
                one for one, listener in listeners.items()
                if any(audience.includes(listener) for audience in audiences)
            }  # fmt: skip

    before = market.seq()
    deal = market.deal()
    market.do(update_deal, deal, title="Secret")
    assert hear(before) == {acme.vera, acme.anna}
    before = market.seq()
    deal = market.do(move_deal, deal, to=stage)
    # Now it is in everybody's sight.
    assert hear(before) == {acme.boris, acme.vera, acme.anna}
    before = market.seq()
    market.do(update_deal, deal, title="Open")
    assert hear(before) == {acme.boris, acme.vera, acme.anna}
