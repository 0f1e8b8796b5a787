"""Many rows: the first of them, and one more with what all others come to."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.reports import spellings
from tests.analytics.conftest import roubles
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db
KEYS = ("source", "campaign", "ad", "term")
SUMS = ("leads", "accepted_leads", "orders", "new_customers", "clicks", "impressions")


@pytest.fixture
def history(shop, client):
    """Keywords of an advertisement with three, two, one and one leads, of which some are won; a
    lead from nowhere; and money for a keyword that brought nothing."""
    for term, count in (("sofa", 3), ("couch", 2), ("bench", 1), ("stool", 1)):
        for place in range(count):
            contact = shop.contact(source="yandex", campaign="sofas", content="1", term=term)
            deal = shop.deal(contact, amount=1000)
            shop.move(deal, "Qualified")
            if place == 0 and term != "bench":
                shop.win(deal)
    shop.deal()
    row = {"source": "yandex", "campaign": "sofas", "ad": "1", "clicks": 3, "impressions": 40}
    row |= {"date": timezone.localdate().isoformat(), "term": "shelf", "cost": 90}
    assert client.send("post", "/spend/", [row]).status_code == 201


def test_the_others_are_one_row_at_the_end(history, report):
    found = report("marketing", group="term", limit=2)
    shown = [row["term"] for row in found.rows if "others" not in row]
    assert shown == ["shelf", "sofa", None]
    rest = found.rows[-1]
    assert (rest["label"], rest["others"], rest["leads"], rest["orders"]) == ("Others", 3, 4, 2)
    assert rest["revenue"] == roubles(2000)
    assert [rest[key] for key in KEYS] == [None] * 4


def test_the_total_is_the_same_however_many_rows_are_shown(history, report):
    asked = [("marketing", "last"), ("marketing", "linear"), ("sales", "last"), ("ground", "last")]
    for name, model in asked:
        few = report(name, group="term", limit=1, model=model)
        all_rows = report(name, group="term", model=model)
        assert few.total == all_rows.total
        assert "others" not in all_rows.rows[-1]
        for key in set(SUMS) & set(few.total):
            told = sum(row[key] for row in few.rows)
            assert told == pytest.approx(few.total[key]), (name, model, key)


def test_percentiles_of_the_others_are_of_their_own_values(history, shop, report):
    """What the shown ones leave of all is what would have been added up."""
    for _ in range(4):
        slow = shop.deal(shop.contact(source="yandex", campaign="sofas", content="1", term="sofa"))
        shop.win(shop.born(slow, timezone.now() - timedelta(days=5)))
    found = report("ground", group="term", limit=2)
    shown = [row for row in found.rows if "others" not in row]
    assert [row["term"] for row in shown] == ["shelf", "sofa", None]
    all_rows = report("ground", group="term").rows
    assert shown == [row for row in all_rows if row["term"] in {"shelf", "sofa", None}]
    others = [{"field": "term", "op": "ne", "value": one} for one in ("shelf", "sofa")]
    others.append({"field": "term", "op": "set", "value": True})
    alone = report("ground", filter=json.dumps({"all": others})).total
    for key in ("judgement_median", "cycle_days"):
        assert found.rows[-1][key] == alone[key], key
    assert found.total["cycle_days"] > 4 > alone["cycle_days"]


def test_days_are_never_left_out(history, shop, report):
    shop.born(shop.deal(), timezone.now() - timedelta(days=3))
    rows = report("marketing", group="day", limit=1).rows
    assert len(rows) > 1
    assert not any("others" in row for row in rows)


def test_another_period_is_told_of_the_same_rows(history, report):
    day = timezone.localdate().isoformat()
    found = report("marketing", group="term", limit=2, compare=f"{day}..{day}")
    assert all(row["previous"] for row in found.rows)
    for key in ("spend", "leads", "orders"):
        assert [row["previous"][key] for row in found.rows] == [row[key] for row in found.rows]


def test_a_limit_is_a_number_of_rows(client):
    for limit in ("0", "-1", "many", "10001"):
        is_problem(client.get("/api/v1/reports/marketing/", {"limit": limit}), 400)


def test_a_file_has_all_rows(history, client):
    query = {"group": "term", "as": "csv", "limit": "1"}
    text = client.get("/api/v1/reports/marketing/file/", query).content.decode("utf-8-sig")
    assert all(term in text for term in ("sofa", "couch", "bench", "stool", "shelf"))


def test_a_page_shows_the_first_ones_by_what_they_are_sorted(history, acme, log_in):
    address = f"{acme.url}/reports/marketing/"
    page = log_in(acme.anna)
    table = page.get(address, {"group": "term", "limit": "1", "sort": "-leads"}).context["table"]
    assert table.rows[0].label == "sofa"
    rest = table.rows[-1]
    assert (rest.others, [cell.address for cell in rest.cells if cell.address]) == (4, [])
    text = page.get(address, {"group": "term", "limit": "1"}).content.decode()
    assert "limit=10000" in text


def test_keywords_are_found_however_they_are_spelt(history, shop, report, acme):
    shop.deal(shop.contact(source="yandex", campaign="sofas", content="1", term="SOFA"))
    for asked in ("sofa", "Sofa"):
        condition = json.dumps({"field": "term", "op": "eq", "value": asked})
        assert report("marketing", filter=condition).total["leads"] == 4
        assert report("funnel", filter=condition).rows[0]["reached"] == 4
    condition = json.dumps({"field": "term", "op": "in", "value": ["SOFA", "Couch"]})
    assert report("marketing", filter=condition).total["leads"] == 6
    condition = json.dumps({"field": "term", "op": "ne", "value": "sofa"})
    assert report("marketing", filter=condition).total["leads"] == 5
    with acme.scope():
        assert sorted(spellings.of_keywords(["sOfA"])) == ["SOFA", "sofa"]
        assert spellings.of_keywords(["nothing"]) == []


def test_credit_comes_to_the_whole_where_nobody_asks_for_its_origin(history, shop, report):
    maria = shop.contact()
    for source in ("vk", "yandex", "2gis"):
        shop.touch(maria, source)
    shop.win(shop.deal(maria, amount=100))
    plain, divided = (report("sales", group="owner", model=m) for m in ("last", "linear"))
    assert divided.rows == plain.rows
    assert divided.total == plain.total
