"""Sales, people, inquiries, the funnel and cohorts; and who may read them."""

import json
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from analytics.models import Rollup, RollupState
from analytics.rollups import freshness, state
from crm.models import LossReason
from tests.analytics.conftest import roubles
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db
REPORTS = [
    *("marketing", "sales", "team", "inquiries"),
    *("channels", "overview", "funnel", "cohorts"),
]


def test_sales_by_owner(shop, acme, report):
    shop.win(shop.deal(owner=acme.boris, amount=3000))
    shop.win(shop.deal(owner=acme.boris, amount=1000))
    shop.lose(shop.deal(owner=acme.boris))
    shop.deal(owner=acme.vera)
    found = report("sales", group="owner")
    row = found.row(owner=str(acme.boris.pk))
    assert row["label"] == "Boris"
    assert (row["deals"], row["won"], row["lost"]) == (3, 2, 1)
    assert row["conversion"] == round(2 / 3, 6)
    assert row["revenue"] == roubles(4000)
    assert row["average_ticket"] == roubles(2000)
    assert row["cycle_days"] == pytest.approx(0, abs=0.01)
    assert found.row(owner=str(acme.vera.pk))["conversion"] == 0
    assert found.total["deals"] == 4


@pytest.mark.parametrize("group", ["owner", "team", "pipeline", "source"])
def test_sales_by_each_of_its_groups(shop, acme, report, group):
    shop.win(shop.deal(owner=acme.boris, team=acme.sales, source="yandex"))
    expected = {
        "owner": acme.boris.pk,
        "team": acme.sales.pk,
        "pipeline": shop.pipeline.pk,
        "source": "yandex",
    }
    assert report("sales", group=group).rows[0][group] == str(expected[group])


def test_a_lead_is_counted_with_who_has_it_until_it_is_decided(shop, acme, report):
    from crm.actions import assign_deal
    from events.journal import SYSTEM

    deal = shop.deal()
    with acme.scope():
        assign_deal(deal, to=acme.boris, by=SYSTEM)
    assert report("sales").row(owner=str(acme.boris.pk))["deals"] == 1
    shop.win(deal)
    with acme.scope():
        assign_deal(deal, to=acme.vera, by=SYSTEM)
    row = report("sales").row(owner=str(acme.boris.pk))
    assert (row["deals"], row["won"]) == (1, 1)


def test_the_cycle_is_a_median_of_days(shop, report):
    for days in (2, 4, 30):
        deal = shop.win(shop.deal())
        shop.born(deal, timezone.now() - timedelta(days=days))
    first = (timezone.now() - timedelta(days=60)).date().isoformat()
    assert report("sales", first=first).total["cycle_days"] == pytest.approx(4, rel=0.02)


def test_the_funnel_counts_what_ever_came_so_far(shop, report):
    shop.deal()
    shop.move(shop.deal(), "Qualified")
    shop.move(shop.deal(), "Waiting for payment")
    back = shop.move(shop.deal(), "Offer sent")
    shop.move(back, "New lead")
    won = shop.win(shop.deal())
    reason = None
    with shop.acme.scope():
        reason = LossReason.objects.get(name="Too expensive")
    shop.lose(shop.deal(amount=500), loss_reason=reason)
    found = report("funnel")
    reached = {row["label"]: row["reached"] for row in found.rows}
    assert reached == {
        "New lead": 6,
        "Qualified": 4,
        "Offer sent": 3,
        "Waiting for payment": 2,
        "Paid": 1,
    }
    assert found.row(label="Qualified")["conversion"] == round(4 / 6, 6)
    assert found.row(label="New lead")["now"] == 2
    assert won.status == "won"


def test_losses_are_told_by_money(shop, client):
    with shop.acme.scope():
        reason = LossReason.objects.get(name="Too expensive")
    shop.lose(shop.deal(amount=500), loss_reason=reason)
    shop.lose(shop.deal(amount=900))
    losses = client.get("/api/v1/reports/funnel/").json()["losses"]
    assert [(one["label"], one["amount"]) for one in losses] == [
        ("", roubles(900)),
        ("Too expensive", roubles(500)),
    ]


def test_cohorts_grow_older(shop, report):
    maria = shop.contact()
    old = shop.deal(maria, amount=100)
    shop.win(old)
    at = timezone.now().replace(day=15) - timedelta(days=62)
    shop.born(old, at)
    shop.closed(old, at)
    shop.win(shop.deal(maria, amount=50))
    first = (timezone.now() - timedelta(days=120)).date().isoformat()
    found = report("cohorts", group="first_purchase", first=first)
    row = found.row(cohort=f"{at:%Y-%m}")
    assert row["contacts"] == 1
    assert [(one["age"], one["revenue"]) for one in row["ages"]] == [
        (0, roubles(100)),
        (2, roubles(150)),
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_of_nothing_is_whole(acme, report, name):
    found = report(name)
    assert found.rows == [] or name == "funnel"
    assert found.coverage["source"] is None


@pytest.mark.parametrize("role", ["owner", "admin", "supervisor", "marketer", "analyst"])
def test_who_may_read(acme, program, role):
    assert program(role=role).get("/api/v1/reports/marketing/").status_code == 200


def test_who_may_not(acme, program):
    is_problem(program(role="quality").get("/api/v1/reports/team/"), 403)
    agent = program(role="agent")
    is_problem(agent.get("/api/v1/reports/marketing/"), 403)
    is_problem(agent.get("/api/v1/reports/team/"), 403)
    is_problem(program(scopes=["deals.read"]).get("/api/v1/reports/sales/"), 403)


def test_an_agent_reads_their_own_numbers(shop, acme, report):
    from tests.api.calls import Program
    from workspaces.actions import create_api_token

    shop.win(shop.deal(owner=acme.boris))
    shop.win(shop.deal(owner=acme.vera))
    with acme.scope():
        agent = Program(create_api_token(name="b", role="agent", by=acme.boris).secret)
    found = report("sales", by=agent)
    assert [row["owner"] for row in found.rows] == [str(acme.boris.pk)]
    assert found.total["won"] == 1
    page = agent.get("/api/v1/reports/sales/rows/?metric=won").json()
    assert page["count"] == 1


def test_a_stranger_counts_nothing_of_ours(shop, stranger):
    shop.deal(source="yandex")
    document = stranger.get("/api/v1/reports/marketing/").json()
    assert document["rows"] == []
    assert "yandex" not in json.dumps(document)


def test_a_report_that_is_not_there(client):
    is_problem(client.get("/api/v1/reports/nothing/"), 404)


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "from=2026-13-01",
        "from=2026-02-01&to=2026-01-01",
        "from=1900-01-01&to=2100-01-01",
        "group=colour",
        "model=best",
        "base=other",
        "filter={",
        'filter={"field":"nothing","op":"eq","value":1}',
        'filter={"field":"owner","op":"eq","value":"x"}',
        "compare=yesterday",
    ],
)
def test_a_question_without_sense_is_refused(acme, client, query):
    is_problem(client.get(f"/api/v1/reports/marketing/?{query}"), 400)


def test_words_come_in_russian(acme, client):
    response = client.get("/api/v1/reports/marketing/", headers={"Accept-Language": "ru"})
    definitions = {one["key"]: one["definition"] for one in response.json()["metrics"]}
    assert definitions["cpo"] == "Расход, делённый на заказы (выигранные сделки)."


def test_who_waited_for_a_rebuild_adds_up_for_the_new_version(acme, shop, report):
    shop.deal()
    with acme.scope():
        state.current()
        freshness.count_what_is_new()
        # As if another had built all anew since we looked.
        RollupState.objects.update(version=F("version") + 1)
        assert freshness.add_up()
        version = RollupState.objects.get().version
        assert set(Rollup.objects.values_list("version", flat=True)) == {version}
    assert report("marketing").total["leads"] == 1
