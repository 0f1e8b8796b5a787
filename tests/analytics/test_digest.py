"""The week is put together once, its parts sum up to the change, and decisions are held against
the numbers."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from analytics.digest import decisions, making
from analytics.digest.decomposition import Sales, decompose
from analytics.models import Decision, WeeklyDigest
from crm.actions import answer_refusal
from crm.models import LeadRefusal
from events.models import Notification
from events.notifications import text_of
from tests.api.calls import is_problem
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def week(acme):
    """The Monday of the week that is over in acme."""
    today = timezone.now().astimezone(ZoneInfo(acme.workspace.time_zone)).date()
    return decisions.monday(today) - timedelta(days=7)


@pytest.fixture
def sold(acme, shop):
    """`sold(day, leads=4, orders=1, amount=1000)` brings that on a day."""

    def sell(day, *, leads, orders, amount, **values):
        noon = datetime.combine(day, time(12), ZoneInfo(acme.workspace.time_zone))
        for number in range(leads):
            deal = shop.deal(amount=amount, **values)
            shop.born(deal, noon)
            if number < orders:
                shop.win(deal)
                shop.closed(deal, noon + timedelta(hours=1))

    return sell


def test_parts_of_any_change_sum_up_to_it_exactly():
    random = Random(5)
    for _ in range(300):
        before, now = (
            Sales(leads, orders := random.randint(0, leads), random.randint(0, 10**6) * orders,
                  -random.randint(0, 5000) * random.randint(0, 1))
            for leads in (random.randint(0, 12), random.randint(0, 12))
        )  # fmt: skip
        parts = decompose(before, now)
        assert sum(parts.values()) == now.revenue - before.revenue


def test_one_factor_alone_has_the_whole_change():
    before = Sales(leads=10, orders=2, won=2000)
    assert decompose(before, Sales(20, 4, 4000)) == {
        "volume": 2000, "conversion": 0, "ticket": 0, "other": 0,
    }  # fmt: skip
    assert decompose(before, Sales(10, 4, 4000))["conversion"] == 2000
    assert decompose(before, Sales(10, 2, 3000))["ticket"] == 1000
    assert decompose(before, Sales(10, 2, 2000, -500))["other"] == -500


def test_a_week_tells_what_changed_and_why(acme, sold, week):
    sold(week - timedelta(days=3), leads=4, orders=1, amount=1000, source="vk")
    sold(week + timedelta(days=2), leads=8, orders=2, amount=1000, source="vk")
    assert making.make(acme.workspace.pk, week)
    with acme.scope():
        data = WeeklyDigest.objects.get(week=week).data
    assert data["revenue"] == {"now": 200_000, "before": 100_000}
    assert data["effects"] == {"volume": 100_000, "conversion": 0, "ticket": 0, "other": 0}
    assert data["sources"][0]["source"] == "vk"
    measures = {one["metric"]: one for one in data["measures"]}
    assert (measures["leads"]["now"], measures["leads"]["before"]) == (8, 4)


def test_a_week_is_made_once_and_told_to_each_reader_in_their_language(acme, sold, week):
    sold(week, leads=1, orders=1, amount=5000)
    assert making.make(acme.workspace.pk, week)
    assert not making.make(acme.workspace.pk, week)
    with acme.scope():
        told = list(Notification.objects.filter(kind="digest"))
        assert {one.membership_id for one in told} == {
            acme.owner.pk, acme.anna.pk, acme.marta.pk,
        }  # fmt: skip
        assert all(one.email_due_at for one in told)
        assert "revenue ₽5,000" in text_of(told[0])
        with translation.override("ru"):
            assert "5 000 ₽" in text_of(told[0]).replace("\N{NO-BREAK SPACE}", " ")


def test_beat_makes_what_is_over_where_the_company_is(acme, rival, sold, week):
    sold(week, leads=1, orders=0, amount=1)
    assert making.make_all_due() == 0
    # Not of weeks before the company was here.
    long_ago = timezone.now() - timedelta(days=30)
    Workspace.objects.update(created_at=long_ago)
    hours_of_monday = timezone.now().astimezone(ZoneInfo(acme.workspace.time_zone))
    is_early = hours_of_monday.weekday() == 0 and hours_of_monday.hour < 6
    assert making.make_all_due() == 1
    assert making.make_all_due() == 0
    with acme.scope():
        (digest,) = WeeklyDigest.objects.all()
        assert digest.week == (week - timedelta(days=7) if is_early else week)
    with rival.scope():
        assert not WeeklyDigest.objects.exists()


def test_a_week_begins_by_the_companys_clock(acme, shop, week):
    Workspace.objects.filter(pk=acme.workspace.pk).update(time_zone="Asia/Vladivostok")
    shop.born(shop.deal(), datetime.combine(week, time(1), ZoneInfo("Asia/Vladivostok")))
    making.make(acme.workspace.pk, week)
    with acme.scope():
        measures = WeeklyDigest.objects.get().data["measures"]
    assert measures[0] == {"metric": "leads", "now": 1, "before": 0}


def test_the_largest_disputes_come_first_by_money(acme, shop, week):
    for amount in (100, 300, 200, 600, 500, 400):
        shop.reject(shop.deal(amount=amount), by=acme.boris)
    with acme.scope():
        for refusal in LeadRefusal.objects.all():
            answer_refusal(refusal, agrees=False, note="It is one", by=acme.marta)
        disputes = making.numbers(week)["disputes"]
    assert [one["worth"] for one in disputes] == ["600.00", "500.00", "400.00", "300.00", "200.00"]
    assert not any(one["is_estimate"] for one in disputes)


class TestDecisions:
    @pytest.fixture
    def decided(self, acme):
        """`decided(metric_key="leads", threshold=2)` is a decision due today."""

        def make(**values):
            today = timezone.now().astimezone(ZoneInfo(acme.workspace.time_zone)).date()
            values = {
                "text": "Someone answers until ten", "metric_key": "leads",
                "condition": "at_least", "threshold": Decimal(2), "due_on": today,
                "owner": acme.boris, "by": acme.marta, **values,
            }  # fmt: skip
            with acme.scope():
                return decisions.make_decision(**values)

        return make

    def due_yesterday(self, acme, decision):
        with acme.scope():
            today = timezone.now().astimezone(ZoneInfo(acme.workspace.time_zone)).date()
            Decision.objects.filter(pk=decision.pk).update(due_on=today - timedelta(days=1))

    def test_one_that_held_says_so_by_itself(self, acme, shop, decided):
        decision = decided()
        assert decision.value_before == 0
        for _ in range(2):
            shop.born(shop.deal(), timezone.now() - timedelta(days=2))
        assert decisions.check_all_due() == 0
        self.due_yesterday(acme, decision)
        assert decisions.check_all_due() == 1
        assert decisions.check_all_due() == 0
        with acme.scope():
            decision.refresh_from_db()
            assert (decision.state, decision.value_after) == ("held", 2)
            people = Notification.objects.filter(kind="decision")
            assert {one.membership_id for one in people} == {acme.boris.pk, acme.marta.pk}

    def test_one_that_did_not_and_one_without_a_number(self, acme, shop, decided):
        missed = decided(condition="at_most", threshold=Decimal(0))
        nothing = decided(metric_key="overturned_share", condition="at_most", threshold=Decimal(10))
        shop.born(shop.deal(), timezone.now() - timedelta(days=2))
        for one in (missed, nothing):
            self.due_yesterday(acme, one)
        assert decisions.check_all_due() == 2
        with acme.scope():
            found = {one.pk: (one.state, one.value_after) for one in Decision.objects.all()}
        assert found == {missed.pk: ("missed", Decimal(1)), nothing.pk: ("missed", None)}

    def test_one_that_was_dropped_is_not_measured(self, acme, decided):
        decision = decided()
        with acme.scope():
            decisions.drop_decision(decision, by=acme.anna)
        self.due_yesterday(acme, decision)
        assert decisions.check_all_due() == 0

    @pytest.mark.parametrize(
        "change",
        [
            {"text": " "},
            {"metric_key": "luck"},
            {"due_on": date(2020, 1, 1)},
            {"narrowing": {"field": "luck", "op": "eq", "value": 1}},
        ],
    )
    def test_what_cannot_be_decided(self, decided, change):
        with pytest.raises(ValidationError):
            decided(**change)

    def test_agents_decide_nothing(self, acme, decided):
        with pytest.raises(PermissionDenied):
            decided(by=acme.boris)


def test_digests_and_decisions_by_the_api(acme, client, stranger, program, sold, week):
    sold(week, leads=2, orders=1, amount=1000)
    making.make(acme.workspace.pk, week)
    (row,) = client.rows("/digests/")
    assert client.get(f"/api/v1/digests/{row['id']}/").json() == row
    assert row["week"] == week.isoformat()
    body = {
        "text": "Stop the campaign", "metric": "accepted_lead_cost", "condition": "at_most",
        "threshold": "1200", "due_on": (week + timedelta(days=14)).isoformat(), "worth": "-96000",
        "owner": str(acme.boris.pk),
    }  # fmt: skip
    made = client.send("post", "/decisions/", body)
    assert made.status_code == 201, made.content
    path = f"/decisions/{made.json()['id']}/"
    is_problem(stranger.get(f"/api/v1{path}"), 404)
    is_problem(stranger.get(f"/api/v1/digests/{row['id']}/"), 404)
    is_problem(program(role="agent").send("post", "/decisions/", body), 403)
    is_problem(client.send("post", "/decisions/", {**body, "metric": "luck"}), 400)
    is_problem(client.send("post", "/decisions/", {**body, "due_on": "2020-01-01"}), 422)
    assert client.send("patch", path, {"state": "dropped"}).json()["state"] == "dropped"
    is_problem(client.send("patch", path, {"state": "held"}), 400)


def test_an_earlier_week_has_the_disputes_of_its_time(acme, shop, week):
    earlier = week - timedelta(days=21)
    then = datetime.combine(earlier + timedelta(days=3), time(12), ZoneInfo("Europe/Moscow"))
    for amount in (300, 200, 100):
        shop.reject(shop.deal(amount=amount), by=acme.boris)
    with acme.scope():
        for refusal in LeadRefusal.objects.all():
            answer_refusal(refusal, agrees=False, note="It is one", by=acme.marta)
        past, decided, _new = LeadRefusal.objects.order_by("-deal__amount")
        LeadRefusal.objects.filter(pk__in=[past.pk, decided.pk]).update(answered_at=then)
        LeadRefusal.objects.filter(pk=decided.pk).update(
            state="upheld", decided_at=then + timedelta(hours=5)
        )
        told = {day: making.numbers(day)["disputes"] for day in (earlier, week)}
        assert [one["worth"] for one in told[earlier]] == ["300.00"]
        assert [one["worth"] for one in told[week]] == ["300.00", "100.00"]
