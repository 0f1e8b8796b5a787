"""Plans of months and what came of them, by the workspace's own clock."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from crm.actions import copy_goals, move_deal, record_payment, set_goal
from crm.furniture import make_pipeline
from crm.goals import headline, months_from, progress, table
from crm.models import Deal, Goal
from events import types
from events.journal import SYSTEM
from events.models import Event
from workspaces.models import Visibility
from workspaces.scope import current_scope

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def sold(sales):
    """`sold(amount, owner=, at=)`: a deal won at a moment."""

    def make(amount=1000, owner=None, at=datetime(2026, 11, 15, tzinfo=UTC), **values):
        deal = sales.deal(stage="Paid", amount=amount, owner=owner, **values)
        Deal.objects.filter(pk=deal.pk).update(closed_at=at)
        return deal

    return make


def changes():
    pending = [item for item in current_scope().pending if isinstance(item, Event)]
    return [event.data for event in pending if event.action == types.GOAL_CHANGED]


def test_won_deals_count_in_the_month_in_which_they_were_closed_there(sales, sold):
    sold(1000, at=datetime(2026, 10, 31, 21, 0, tzinfo=UTC))  # 1 November, 00:00 in Moscow
    sold(200, at=datetime(2026, 11, 30, 20, 59, 59, tzinfo=UTC))
    sold(30, at=datetime(2026, 11, 30, 21, 0, tzinfo=UTC))  # 1 December
    sales.deal(amount=7)  # open
    found = progress(date(2026, 11, 20))
    assert (found.revenue, found.won) == (Decimal(1200), 2)
    assert progress(DECEMBER).revenue == Decimal(30)


def test_a_plan_and_its_share(sales, sold):
    set_goal(month=NOVEMBER, revenue=Decimal(4000), count=2, by=sales.acme.owner)
    sold(1000)
    found = progress(NOVEMBER)
    assert (found.revenue_share, found.count_share) == (0.25, 0.5)
    assert progress(DECEMBER).revenue_share is None


def test_everybody_has_their_own(sales, sold):
    acme = sales.acme
    sold(100, owner=acme.boris)
    sold(20, owner=acme.vera)
    sold(3, owner=acme.boris, team=acme.support)
    sold(0)
    assert progress(NOVEMBER, member=acme.boris).revenue == 103
    assert progress(NOVEMBER, team=acme.sales).revenue == 100
    assert progress(NOVEMBER, team=acme.support).revenue == 23
    assert progress(NOVEMBER).won == 4


def test_the_table_says_the_same_as_each_one_alone(sales, sold, django_assert_num_queries):
    acme = sales.acme
    sold(100, owner=acme.boris)
    sold(20, owner=acme.vera, at=datetime(2026, 12, 2, tzinfo=UTC))
    kept = sold(3, owner=acme.boris, team=acme.support)
    record_payment(kept, amount=Decimal(-2), paid_on=date(2026, 12, 9), by=SYSTEM)
    set_goal(month=DECEMBER, team=acme.sales, count=5, by=acme.owner)
    progress(NOVEMBER)  # the workspace itself is read once
    with django_assert_num_queries(4):
        found = table([NOVEMBER, DECEMBER])
    assert len(found) == 9
    members = {member.pk: member for member in (acme.boris, acme.vera)}
    teams = {team.pk: team for team in (acme.sales, acme.support)}
    for (month, (member, team)), row in found.items():
        assert row == progress(month, member=members.get(member), team=teams.get(team))


def test_a_pipeline_counts_its_own_money(sales, sold):
    other = make_pipeline(name="Abroad", currency="EUR")
    sold(100)
    euros = sales.deal(amount=7, stage=other.stages.get(group="won"))
    Deal.objects.filter(pk=euros.pk).update(closed_at=datetime(2026, 11, 2, tzinfo=UTC))
    everything = progress(NOVEMBER)
    assert (everything.revenue, everything.won, everything.currency) == (100, 2, "RUB")
    abroad = progress(NOVEMBER, pipeline=other)
    assert (abroad.revenue, abroad.won, abroad.currency) == (7, 1, "EUR")


def test_a_plan_is_one_however_often_it_is_set(sales):
    for _ in range(2):
        set_goal(month=date(2026, 11, 17), revenue=Decimal(5), by=sales.acme.owner)
    set_goal(month=NOVEMBER, revenue=Decimal(6), by=sales.acme.owner)
    assert Goal.objects.get().revenue == 6
    assert [change["after"]["revenue"] for change in changes()] == ["5", "6"]


def test_a_plan_without_numbers_is_taken_back(sales):
    set_goal(month=NOVEMBER, count=5, by=sales.acme.owner)
    assert set_goal(month=NOVEMBER, by=sales.acme.owner) is None
    assert not Goal.objects.exists()
    assert changes()[-1]["after"] == {"revenue": None, "count": None}
    set_goal(month=NOVEMBER, by=sales.acme.owner)
    assert len(changes()) == 2


def test_last_months_plan_is_copied_where_there_is_none(sales):
    acme = sales.acme
    set_goal(month=NOVEMBER, revenue=Decimal(9), by=acme.owner)
    set_goal(month=NOVEMBER, member=acme.boris, count=3, by=acme.owner)
    set_goal(month=DECEMBER, revenue=Decimal(5), by=acme.owner)
    assert copy_goals(source=NOVEMBER, target=DECEMBER, by=acme.owner) == 1
    assert copy_goals(source=NOVEMBER, target=DECEMBER, by=acme.owner) == 0
    december = Goal.objects.filter(month=DECEMBER)
    assert december.get(member=acme.boris).count == 3
    assert december.get(member=None).revenue == 5


def test_plans_of_who_has_left_are_not_copied(sales):
    acme = sales.acme
    set_goal(month=NOVEMBER, member=acme.vera, count=3, by=acme.owner)
    acme.vera.is_active = False
    acme.vera.save()
    assert copy_goals(source=NOVEMBER, target=DECEMBER, by=acme.owner) == 0


@pytest.mark.parametrize(
    "values", [{"revenue": Decimal(-1)}, {"revenue": Decimal(10) ** 16}, {"count": -1}]
)
def test_numbers_out_of_range_are_refused(sales, values):
    with pytest.raises(ValidationError, match="range"):
        set_goal(month=NOVEMBER, by=sales.acme.owner, **values)


def test_a_plan_is_of_a_member_or_of_a_team(sales):
    acme = sales.acme
    with pytest.raises(ValidationError, match="both"):
        set_goal(month=NOVEMBER, member=acme.boris, team=acme.sales, count=1, by=acme.owner)


def test_an_agent_plans_nothing(sales):
    with pytest.raises(PermissionDenied):
        set_goal(month=NOVEMBER, count=1, by=sales.acme.boris)
    with pytest.raises(PermissionDenied):
        copy_goals(source=NOVEMBER, target=DECEMBER, by=sales.acme.boris)


def test_the_plan_before_ones_eyes(sales):
    acme = sales.acme
    assert headline(NOVEMBER, viewer=acme.anna, pipeline=sales.pipeline) is None
    set_goal(month=NOVEMBER, revenue=Decimal(9), by=acme.owner)
    set_goal(month=NOVEMBER, member=acme.boris, revenue=Decimal(4), by=acme.owner)
    assert headline(NOVEMBER, viewer=acme.anna, pipeline=sales.pipeline).goal_revenue == 9
    assert headline(NOVEMBER, viewer=acme.boris, pipeline=sales.pipeline).goal_revenue == 4
    set_goal(month=NOVEMBER, revenue=Decimal(2), pipeline=sales.pipeline, by=acme.owner)
    assert headline(NOVEMBER, viewer=acme.anna, pipeline=sales.pipeline).goal_revenue == 2


def test_the_plan_follows_whose_deals_the_board_shows(sales, sold):
    acme = sales.acme
    set_goal(month=NOVEMBER, revenue=Decimal(90), by=acme.owner)
    set_goal(month=NOVEMBER, member=acme.vera, revenue=Decimal(10), by=acme.owner)
    set_goal(month=NOVEMBER, team=acme.sales, revenue=Decimal(20), by=acme.owner)
    sold(5, owner=acme.boris)

    def of(viewer, owner=""):
        return headline(NOVEMBER, viewer=viewer, pipeline=sales.pipeline, owner=owner)

    assert of(acme.anna, str(acme.vera.pk)).goal_revenue == 10
    assert of(acme.anna, "me") is None
    # Boris has no plan of his own; that of his team is before his eyes, and no stranger's.
    assert (of(acme.boris).goal_revenue, of(acme.boris).revenue) == (20, 5)
    assert of(acme.boris, "team").goal_revenue == 20
    assert of(acme.boris, str(acme.vera.pk)) is None
    assert of(acme.boris, "'; --") is None


def test_plans_of_others_are_for_who_sees_all(sales):
    acme = sales.acme
    own = set_goal(month=NOVEMBER, member=acme.boris, count=1, by=acme.owner)
    team = set_goal(month=NOVEMBER, team=acme.sales, count=1, by=acme.owner)
    everybody = set_goal(month=NOVEMBER, count=1, by=acme.owner)
    assert set(Goal.objects.visible_to(acme.boris)) == {own, team}
    acme.boris.visibility = Visibility.ALL
    assert set(Goal.objects.visible_to(acme.boris)) == {own, team, everybody}


def test_months_go_both_ways_over_the_new_year():
    assert months_from(DECEMBER, 2) == [DECEMBER, date(2027, 1, 1)]
    assert months_from(date(2027, 1, 1), -2) == [NOVEMBER, DECEMBER]


def test_a_refund_lessens_the_month_in_which_it_went_back(sales, sold):
    acme = sales.acme
    first = sold(1000, owner=acme.boris)
    sold(500, owner=acme.vera)
    record_payment(first, amount=Decimal(1000), paid_on=date(2026, 11, 16), by=SYSTEM)
    record_payment(first, amount=Decimal(-300), paid_on=date(2026, 11, 30), by=SYSTEM)
    record_payment(first, amount=Decimal(-100), paid_on=date(2026, 12, 1), by=SYSTEM)
    open_one = sales.deal(amount=50)
    record_payment(open_one, amount=Decimal(-7), paid_on=date(2026, 11, 20), by=SYSTEM)
    found = progress(NOVEMBER)
    assert (found.revenue, found.won) == (Decimal(1200), 2)
    assert progress(NOVEMBER, member=acme.boris).revenue == Decimal(700)
    assert progress(NOVEMBER, team=acme.sales).revenue == Decimal(700)
    assert progress(NOVEMBER, member=acme.vera).revenue == Decimal(500)
    assert progress(NOVEMBER, pipeline=sales.pipeline).revenue == Decimal(1200)
    assert progress(DECEMBER).revenue == Decimal(-100)
    move_deal(first, to=sales.stages["New lead"], by=SYSTEM)
    assert progress(NOVEMBER).revenue == Decimal(500)
    assert progress(DECEMBER).revenue == Decimal(0)
