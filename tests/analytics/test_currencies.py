"""Reports in another currency: by the rate of the day, and never two of them in one sum."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from analytics.exchange import set_rate
from crm.models import Deal
from tests.analytics.conftest import roubles
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db
OLD, NEW = date(2026, 11, 3), date(2026, 11, 20)
NOVEMBER = {"first": "2026-11-01", "last": "2026-11-30"}


def euros(amount):
    return {"amount": f"{Decimal(amount):.2f}", "currency": "EUR"}


@pytest.fixture
def rates(acme):
    """A euro is 80 roubles from the 2nd of November on, 100 from the 15th."""
    with acme.scope():
        for since, rate in ((date(2026, 11, 2), 80), (date(2026, 11, 15), 100)):
            set_rate(currency="EUR", since=since, rate=Decimal(rate), by=acme.anna)


@pytest.fixture
def history(acme, shop, client, rates):
    """8 000 roubles won while the euro was 80, 8 000 later, 50 euros later; spent 800 and 1 000."""

    def won(day, amount, currency="RUB", **values):
        deal = shop.deal(shop.contact(source="vk"), amount=amount, **values)
        with acme.scope():
            Deal.objects.filter(pk=deal.pk).update(currency=currency)
        shop.win(deal)
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Moscow"))
        shop.closed(deal, moment)
        shop.born(deal, moment - timedelta(hours=1))

    won(OLD, 8000, cost=4000)
    won(NEW, 8000)
    won(NEW, 50, "EUR")
    rows = [
        {"date": day.isoformat(), "source": "vk", "cost": cost}
        for day, cost in ((OLD, 800), (NEW, 1000))
    ]
    assert client.send("post", "/spend/", rows).status_code == 201


def test_money_is_told_by_the_rate_of_its_day(history, report):
    own, told = (report("marketing", currency=one, **NOVEMBER) for one in ("", "EUR"))
    assert own.total["revenue"] == roubles(8000 + 8000 + 50 * 100)
    assert told.total["revenue"] == euros(100 + 80 + 50)
    assert told.total["margin"] == euros(50 + 80 + 50)
    assert told.total["spend"] == euros(10 + 10)
    assert told.total["cpo"] == euros("6.67")
    assert told.question["currency"] == "EUR"
    assert told.coverage["currency"] == 1


@pytest.mark.parametrize("group", ["source", "day", "term", "owner"])
def test_rows_add_up_in_each_currency(history, report, group):
    found = report("marketing", currency="EUR", group=group, **NOVEMBER)
    sums = sum(Decimal(row["revenue"]["amount"]) for row in found.rows)
    assert sums == Decimal(found.total["revenue"]["amount"]) == 230
    assert {row["revenue"]["currency"] for row in found.rows} == {"EUR"}


@pytest.mark.parametrize("model", ["first", "linear"])
def test_divided_credit_is_told_in_it_too(history, report, model):
    told = report("marketing", currency="EUR", model=model, **NOVEMBER)
    assert told.total["revenue"] == euros(230)


def test_counts_and_shares_do_not_turn_on_it(history, report):
    own, told = (report("marketing", currency=one, **NOVEMBER) for one in ("", "EUR"))
    for key in ("leads", "orders", "new_customers", "ripeness"):
        assert own.total[key] == told.total[key]


def test_what_has_no_rate_yet_stays_out_and_the_coverage_says_so(acme, shop, rates, report):
    for day in (date(2026, 11, 1), NEW):
        deal = shop.win(shop.deal(amount=1000))
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Moscow"))
        shop.closed(deal, moment)
        shop.born(deal, moment)
    told = report("marketing", currency="EUR", **NOVEMBER)
    assert told.total["orders"] == 2
    assert told.total["revenue"] == euros(10)
    assert told.coverage["currency"] == 0.5


def test_a_currency_without_rates_is_told_apart(acme, shop, report):
    deal = shop.deal(amount=70)
    with acme.scope():
        Deal.objects.filter(pk=deal.pk).update(currency="USD")
    shop.win(deal)
    shop.win(shop.deal(amount=1000))
    assert report("sales").total["revenue"] == roubles(1000)
    told = report("sales", currency="USD").total["revenue"]
    assert told == {"amount": "70.00", "currency": "USD"}


def test_other_reports_are_told_in_it(history, report):
    year = {**NOVEMBER, "currency": "EUR"}
    assert report("overview", **year).total["revenue"] == euros(230)
    assert report("cohorts", **year).total["revenue"] == euros(230)
    assert report("ground", **year).total["romi"] == pytest.approx((180 - 20) / 20)
    for name in ("funnel", "sales", "channels", "team"):
        report(name, **year)


def test_open_deals_are_told_by_the_rate_of_today(shop, rates, report):
    shop.deal(amount=5000)
    assert report("funnel", currency="EUR").total["now_amount"] == euros(50)
    assert report("funnel").total["now_amount"] == roubles(5000)


def test_a_number_opens_as_many_rows_in_each_currency(history, client, report):
    query = {"metric": "revenue", "currency": "EUR", "from": "2026-11-01", "to": "2026-11-30"}
    assert client.get("/api/v1/reports/marketing/rows/", query).json()["count"] == 3


def test_only_known_currencies_are_told(rates, client):
    problem = is_problem(client.get("/api/v1/reports/marketing/?currency=XXX"), 400)
    assert "RUB, EUR" in json.dumps(problem, ensure_ascii=False)


def test_pages_offer_the_currencies_that_there_are(history, acme, log_in):
    page, path = log_in(acme.anna), f"{acme.url}/reports/marketing/"
    answer = page.get(path, {"currency": "EUR", "from": "2026-11-01", "to": "2026-11-30"})
    menu = next(one for one in answer.context["menus"] if one.name == "currency")
    assert [choice.is_chosen for choice in menu.choices] == [False, True]
    text = unescape(answer.content.decode())
    assert "Spend, €" in text
    assert "EUR, by the rate of the day" in text
    # It goes along to other reports, like the period.
    tabs = {tab["name"]: tab["address"] for tab in answer.context["tabs"]}
    assert "currency=EUR" in tabs["sales"]


def test_without_other_currencies_there_is_nothing_to_choose(acme, log_in):
    answer = log_in(acme.anna).get(f"{acme.url}/reports/marketing/")
    assert "currency" not in {menu.name for menu in answer.context["menus"]}


def test_a_stranger_has_rates_of_their_own(rates, stranger):
    is_problem(stranger.get("/api/v1/reports/marketing/?currency=EUR"), 400)
