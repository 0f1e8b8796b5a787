"""Every number opens the rows behind it, and there are as many."""

import json

import pytest

from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db
COUNTED = ("leads", "accepted_leads", "orders", "new_customers", "rejected")


@pytest.fixture
def behind(client):
    """`behind("marketing", "leads", cell={...})` is the page of what was counted."""

    def read(name, metric, cell=None, **query):
        query |= {"metric": metric}
        if cell is not None:
            query["cell"] = json.dumps(cell)
        response = client.get(f"/api/v1/reports/{name}/rows/", query)
        assert response.status_code == 200, response.content
        return response.json()

    return read


@pytest.fixture
def history(shop):
    for source in ("yandex", "yandex", "vk"):
        deal = shop.deal(shop.contact(source=source))
        shop.move(deal, "Qualified")
        shop.win(deal)
    shop.lose(shop.deal(shop.contact(source="vk")))
    shop.reject(shop.deal())
    maria = shop.contact()
    for days, source in ((3, "yandex"), (2, "vk")):
        shop.touch(maria, source, days_ago=days)
    shop.win(shop.deal(maria))


@pytest.mark.parametrize("group", ["source", "day", "owner", "pipeline", "week", "weekday"])
def test_there_are_as_many_as_the_cell_says(history, report, behind, group):
    found = report("marketing", group=group)
    keys = found.question["group"]
    for row in found.rows:
        cell = {key: row[key] for key in keys}
        for metric in COUNTED:
            page = behind("marketing", metric, cell)
            assert page["count"] == len(page["results"]) == row[metric], (cell, metric)


@pytest.mark.parametrize("model", ["first", "last", "last_non_direct"])
def test_there_are_as_many_in_each_model(history, report, behind, model):
    for row in report("marketing", model=model).rows:
        for metric in COUNTED:
            page = behind("marketing", metric, {"source": row["source"]}, model=model)
            assert page["count"] == row[metric]


def test_the_total_opens_too(history, report, behind):
    assert behind("marketing", "leads")["count"] == report("marketing").total["leads"]
    assert behind("sales", "won")["count"] == report("sales").total["won"]


def test_a_row_tells_what_it_is(shop, behind):
    deal = shop.win(shop.deal(shop.contact(source="yandex"), title="Sofa", amount=300))
    row = behind("sales", "won")["results"][0]
    assert (row["type"], row["id"], row["title"]) == ("deal", str(deal.pk), "Sofa")
    assert row["amount"] == {"amount": "300.00", "currency": "RUB"}
    assert row["source"] == "yandex"


def test_pages_leave_nothing_out(shop, client, behind):
    for _ in range(5):
        shop.deal()
    rows = client.rows("/reports/marketing/rows/?metric=leads&limit=2")
    assert len({row["id"] for row in rows}) == 5


def test_what_a_member_may_not_see_is_counted_and_not_named(shop, client, behind):
    deal = shop.deal()
    with shop.acme.scope():
        shop.pipeline.is_restricted = True
        shop.pipeline.save()
    assert behind("marketing", "leads")["results"][0]["id"] == str(deal.pk)


def test_a_stranger_sees_nothing(history, stranger):
    assert stranger.get("/api/v1/reports/marketing/rows/?metric=leads").json()["count"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?metric=nothing",
        '?metric=spend&cell={"owner":null}',
        '?metric=waiting&cell={"day":"2026-11-01"}',
        "?metric=leads&cell=[",
        "?metric=leads&cell=[1]",
        '?metric=leads&cell={"nothing":1}',
        '?metric=leads&cell={"owner":"x"}',
        '?metric=leads&cell={"day":"x"}',
    ],
)
def test_a_cell_that_cannot_be_is_refused(client, acme, query):
    is_problem(client.get(f"/api/v1/reports/marketing/rows/{query}"), 400)
