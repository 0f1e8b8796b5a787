"""The fourth level of the marketing tree: what each keyword costs and brings."""

import json
from html import unescape

import pytest
from django.utils import timezone

from analytics.models import Fact, Rollup, RollupState
from analytics.rollups import freshness
from analytics.rollups.cubes import LAYOUT
from tests.analytics.conftest import roubles
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db
AD = {"source": "yandex", "campaign": "sofas", "content": "1"}
CELL = {"source": "yandex", "campaign": "sofas", "ad": "1"}
COUNTED = ("leads", "accepted_leads", "orders", "new_customers")


@pytest.fixture
def history(shop, client):
    """Two leads of one keyword, one of them won, one of another, one of the advertisement alone,
    and one from nowhere; 300, 100 and 50 RUB were spent on the two keywords and on neither."""
    for term, wins in (("sofa", True), ("sofa", False), ("couch", False), ("", False)):
        deal = shop.deal(shop.contact(**AD, term=term), amount=5000)
        if wins:
            shop.move(deal, "Qualified")
            shop.win(deal)
    shop.deal()
    day = timezone.localdate().isoformat()
    spent = (("sofa", 300, 30), ("couch", 100, 5), ("", 50, 5))
    rows = [
        {"date": day, **CELL, "term": term, "cost": cost, "clicks": clicks}
        for term, cost, clicks in spent
    ]
    assert client.send("post", "/spend/", rows).status_code == 201


def test_a_keyword_is_a_row_of_its_own(history, report):
    found = report("marketing", group="term")
    sofa = found.row(source="yandex", term="sofa")
    assert (sofa["campaign"], sofa["ad"], sofa["label"]) == ("sofas", "1", "sofa")
    assert (sofa["leads"], sofa["orders"]) == (2, 1)
    assert (sofa["spend"], sofa["cpc"], sofa["cpl"]) == (roubles(300), roubles(10), roubles(150))
    assert found.row(term="couch")["cpo"] is None
    assert found.row(source="yandex", term=None)["spend"] == roubles(50)


@pytest.mark.parametrize("model", ["last_non_direct", "first", "linear"])
def test_keywords_add_up_to_their_advertisement(history, report, model):
    whole = report("marketing", group="ad", model=model)
    keywords = report("marketing", group="term", model=model)
    for name in ("leads", "orders", "clicks"):
        assert sum(row[name] for row in keywords.rows) == pytest.approx(whole.total[name])
    assert keywords.total == whole.total


@pytest.mark.parametrize("model", ["last_non_direct", "first"])
def test_a_keywords_cell_opens_as_many_rows_as_it_counts(history, client, report, model):
    for row in report("marketing", group="term", model=model).rows:
        cell = json.dumps({key: row[key] for key in ("source", "campaign", "ad", "term")})
        for metric in COUNTED:
            query = {"metric": metric, "cell": cell, "model": model}
            page = client.get("/api/v1/reports/marketing/rows/", query).json()
            assert page["count"] == row[metric], (row["label"], metric)


def test_credit_goes_to_the_keyword_of_each_touch(shop, report):
    maria = shop.contact()
    shop.touch(maria, **AD, term="sofa", days_ago=9)
    shop.touch(maria, **AD, term="couch", days_ago=2)
    shop.win(shop.deal(maria, amount=1000))
    told = {model: report("marketing", group="term", model=model) for model in ("first", "linear")}
    assert told["first"].row(term="sofa")["revenue"] == roubles(1000)
    assert told["linear"].row(term="couch")["revenue"] == roubles(500)
    assert report("marketing", group="term").row(term="couch")["orders"] == 1


def test_a_keyword_found_later_counts(shop, report):
    maria = shop.contact()
    shop.deal(maria)
    shop.touch(maria, **AD, term="sofa")
    assert report("marketing", group="term").row(term="sofa")["leads"] == 1


def test_an_order_keeps_the_keyword_that_it_had(history, acme, report):
    report("marketing")
    with acme.scope():
        kept = Fact.objects.filter(term="sofa", voided_at=None).values_list("kind", flat=True)
        assert {"lead", "won", "new_customer"} <= set(kept)


def test_keywords_can_be_asked_for_in_each_report(history, report):
    asked = json.dumps({"field": "term", "op": "eq", "value": "sofa"})
    for name in ("marketing", "sales", "inquiries"):
        report(name, group="term")
    assert report("marketing", filter=asked).total["leads"] == 2
    assert report("marketing", filter=asked).total["spend"] == roubles(300)
    assert report("sales", filter=asked, group="owner").total["won"] == 1
    assert report("funnel", filter=asked).rows[0]["reached"] == 2


def test_spend_is_listed_by_keyword(history, client):
    assert [row["cost"] for row in client.rows("/spend/?term=couch&ad=1")] == [roubles(100)]


def test_a_keyword_that_is_too_long_is_refused(client):
    row = {"date": "2026-11-20", **CELL, "term": "x" * 201, "cost": 1}
    is_problem(client.send("post", "/spend/", row), 400)


def test_the_tree_opens_down_to_keywords(history, acme, log_in):
    def rows(*at):
        path = f"{acme.url}/reports/marketing/branch/"
        response = log_in(acme.anna).get(path, {"at": json.dumps(at)})
        assert response.status_code == 200
        return response.context["rows"]

    (ad,) = rows("yandex", "sofas")
    assert ad.level == 2
    assert ad.branch
    keywords = rows("yandex", "sofas", "1")
    assert [(row.label, row.level, row.branch) for row in keywords] == [
        ("sofa", 3, ""), ("couch", 3, ""), ("Not told", 3, ""),
    ]  # fmt: skip
    assert keywords[0].key == {**CELL, "term": "sofa"}


def test_rows_without_a_tree_say_what_they_are_of(history, acme, log_in):
    page = log_in(acme.anna).get(f"{acme.url}/reports/marketing/", {"group": "term"})
    told = {(row.label, row.note) for row in page.context["table"].rows}
    assert ("sofa", "yandex · sofas · 1") in told
    assert ("Not told", "yandex · sofas · 1") in told


def test_a_keyword_is_written_down_by_hand(acme, log_in, report):
    day = timezone.localdate().isoformat()
    form = {"kind": "ad", "from": day, "to": day, "cost": "70", "term": "sofa", "ad": "1",
            "source": "yandex", "campaign": "sofas"}  # fmt: skip
    page = log_in(acme.anna)
    for _ in range(2):
        assert page.post(f"{acme.url}/reports/spend/by-hand/", form).status_code == 303
    assert report("marketing", group="term").row(term="sofa")["spend"] == roubles(70)
    opened = page.get(
        f"{acme.url}/reports/marketing/rows/",
        {"metric": "spend", "cell": json.dumps({**CELL, "term": "sofa"})},
    )
    assert "sofas · 1 · sofa" in unescape(opened.content.decode())


def test_files_name_the_keyword(history, client):
    found = client.get("/api/v1/reports/marketing/file/", {"group": "term", "as": "csv"})
    head, *lines = found.content.decode("utf-8-sig").splitlines()
    assert "Keyword" in head
    assert any("sofas" in line and "couch" in line for line in lines)


def test_rollups_of_an_older_layout_are_built_anew(history, acme, report):
    before = report("marketing", group="term").rows
    with acme.scope():
        Rollup.objects.filter(cube="keyword").delete()
        RollupState.objects.update(layout=1)
    with acme.scope():
        freshness.follow_changes()
        assert RollupState.objects.get().layout == LAYOUT
    assert report("marketing", group="term").rows == before
