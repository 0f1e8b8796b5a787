"""What an advertisement costs and brings, read right after it happened."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.analytics.conftest import roubles

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(acme):
    from zoneinfo import ZoneInfo

    return timezone.now().astimezone(ZoneInfo(acme.workspace.time_zone)).date()


@pytest.fixture
def spent(client, today):
    """1 000 RUB of Yandex, 400 of VK."""
    rows = [
        {"source": "yandex", "medium": "cpc", "campaign": "sofas", "ad": "1",
         "impressions": 10_000, "clicks": 200, "cost": {"amount": "1000.00", "currency": "RUB"}},
        {"source": "vk", "medium": "cpc", "campaign": "sofas", "ad": "2",
         "impressions": 4000, "clicks": 100, "cost": "400"},
    ]  # fmt: skip
    body = [{"date": today.isoformat(), "vat_included": True, **row} for row in rows]
    response = client.send("post", "/spend/", body)
    assert response.status_code == 201, response.content


def test_every_metric_of_a_source_is_right_at_once(shop, spent, report):
    maria = shop.contact(source="yandex", campaign="sofas")
    won = shop.deal(maria, amount=5000, cost=2000)
    shop.move(won, "Qualified")
    shop.win(won)
    taken = shop.deal(shop.contact(source="yandex", campaign="sofas"))
    shop.move(taken, "Qualified")
    refused = shop.deal(shop.contact(source="yandex"))
    shop.move(refused, "Qualified")
    shop.reject(refused)
    shop.deal(shop.contact(source="yandex"))

    row = report("marketing", group="source").row(source="yandex")

    assert row["spend"] == roubles(1000)
    assert (row["impressions"], row["clicks"]) == (10_000, 200)
    assert row["ctr"] == 0.02
    assert row["cpc"] == roubles(5)
    assert row["leads"] == 4
    assert row["cpl"] == roubles(250)
    assert row["accepted_leads"] == 2
    assert row["accepted_lead_cost"] == roubles(500)
    assert (row["orders"], row["new_customers"]) == (1, 1)
    assert row["cpo"] == row["cac"] == roubles(1000)
    assert row["revenue"] == row["average_ticket"] == roubles(5000)
    assert row["margin"] == roubles(3000)
    assert row["roas"] == 5
    assert row["romi"] == 2


def test_ratios_of_the_total_are_of_sums(shop, spent, report):
    shop.deal(shop.contact(source="yandex"))
    shop.deal(shop.contact(source="vk"))
    shop.deal(shop.contact(source="vk"))
    total = report("marketing").total
    assert total["spend"] == roubles(1400)
    assert total["cpl"] == roubles("466.67")
    assert total["ctr"] == round(300 / 14_000, 6)


def test_a_denominator_of_zero_is_null(spent, report):
    row = report("marketing").row(source="yandex")
    for key in ("cpl", "cpo", "cac", "accepted_lead_cost", "average_ticket"):
        assert row[key] is None
    assert row["roas"] == 0
    assert row["romi"] == -1


def test_an_unknown_source_is_a_row_of_its_own_and_the_last(shop, spent, report):
    shop.deal()
    shop.deal(shop.contact(source="yandex"))
    found = report("marketing")
    assert found.rows[-1]["source"] is None
    assert found.rows[-1]["label"] == "Source unknown"
    assert found.row(source=None)["leads"] == 1
    assert found.coverage["source"] == 0.5


def test_a_source_written_into_a_deal_counts(shop, spent, report):
    shop.deal(source="yandex", campaign="sofas", content="1")
    assert report("marketing", group="campaign").row(source="yandex")["leads"] == 1
    assert report("marketing", group="ad").row(ad="1")["leads"] == 1


def test_a_source_found_later_counts(shop, report):
    maria = shop.contact()
    shop.deal(maria)
    assert report("marketing").row(source=None)["leads"] == 1
    shop.touch(maria, "yandex")
    found = report("marketing")
    assert found.row(source="yandex")["leads"] == 1
    assert len(found.rows) == 1


def test_a_reopened_deal_is_no_order_any_more(shop, report):
    deal = shop.win(shop.deal(source="yandex"))
    assert report("marketing").total["orders"] == 1
    shop.move(deal, "Qualified")
    total = report("marketing").total
    assert (total["orders"], total["new_customers"]) == (0, 0)
    assert total["revenue"] == roubles(0)
    shop.win(deal)
    assert report("marketing").total["orders"] == 1


def test_an_amount_that_is_put_right_counts(shop, report):
    from decimal import Decimal

    from crm.actions import update_deal
    from events.journal import SYSTEM

    deal = shop.win(shop.deal(amount=1000))
    assert report("marketing").total["revenue"] == roubles(1000)
    with shop.acme.scope():
        update_deal(deal, by=SYSTEM, amount=Decimal(700))
    assert report("marketing").total["revenue"] == roubles(700)


def test_a_refund_lessens_the_revenue(shop, report):
    deal = shop.win(shop.deal(amount=1000))
    shop.pay(deal, 1000)
    shop.pay(deal, -300)
    total = report("marketing").total
    assert total["revenue"] == roubles(700)
    assert report("sales").total["paid"] == roubles(700)


def test_who_buys_again_is_a_new_customer_once(shop, report):
    maria = shop.contact(source="yandex")
    shop.win(shop.deal(maria))
    shop.win(shop.deal(maria))
    total = report("marketing").total
    assert (total["orders"], total["new_customers"]) == (2, 1)


def test_other_costs_count_in_cac_alone(client, shop, spent, today, report):
    shop.win(shop.deal(source="yandex"))
    body = {"from": today.isoformat(), "to": today.isoformat(), "name": "Agency", "cost": "600"}
    assert client.send("post", "/acquisition-costs/", body).status_code == 201
    total = report("marketing").total
    assert total["spend"] == roubles(1400)
    assert total["cac"] == roubles(2000)
    assert total["cpo"] == roubles(1400)


def test_the_two_date_bases_differ(shop, today, report):
    deal = shop.win(shop.deal(source="yandex", amount=1000))
    shop.born(deal, timezone.now() - timedelta(days=40))
    period = {"first": today.isoformat(), "last": today.isoformat()}
    by_lead = report("marketing", **period)
    assert by_lead.total["orders"] == 0
    by_event = report("marketing", base="event", **period)
    assert by_event.total["orders"] == 1
    assert by_event.total["leads"] == 0
    earlier = (today - timedelta(days=60)).isoformat()
    assert report("marketing", first=earlier).total["orders"] == 1


def test_days_come_in_their_order(shop, spent, today, report):
    for days in (3, 1, 2):
        shop.born(shop.deal(), timezone.now() - timedelta(days=days))
    rows = report("marketing", group="day").rows
    assert [row["day"] for row in rows] == [
        (today - timedelta(days=days)).isoformat() for days in (3, 2, 1, 0)
    ]
    assert rows[-1]["spend"] == roubles(1400)


def test_a_period_beside_the_one_before(shop, today, report):
    shop.born(shop.deal(source="yandex"), timezone.now() - timedelta(days=1))
    shop.deal(source="yandex")
    shop.deal(source="yandex")
    day = today.isoformat()
    found = report("marketing", first=day, last=day, compare="previous")
    assert found.row(source="yandex")["leads"] == 2
    assert found.row(source="yandex")["previous"]["leads"] == 1
    assert found.previous["total"]["leads"] == 1


def test_a_filter_narrows_deals_and_spend(shop, spent, report):
    shop.deal(source="yandex")
    shop.deal(source="vk")
    found = report("marketing", filter='{"field": "source", "op": "eq", "value": "vk"}')
    assert [row["source"] for row in found.rows] == ["vk"]
    assert found.total["spend"] == roubles(400)


def test_what_it_is_asked_of_is_told(shop, report):
    found = report("marketing")
    assert found.question["base"] == "birth"
    assert found.question["model"] == "last_non_direct"
    keys = [one["key"] for one in found.metrics]
    promised = (
        "spend impressions clicks ctr cpc leads cpl accepted_leads accepted_lead_cost orders cpo",
        "new_customers cac revenue margin roas romi average_ticket",
    )
    for key in " ".join(promised).split():
        assert key in keys
        assert key in found.total
    assert all(one["definition"] and one["unit"] for one in found.metrics)
