"""What advertisements cost: put down once, replaced by the later word."""

import pytest

from analytics.models import AdSpend
from events.models import Event
from tests.analytics.conftest import roubles
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db
DAY = "2026-11-20"
ROW = {
    "date": DAY,
    "source": "yandex",
    "medium": "cpc",
    "campaign": "sofas",
    "ad": "1",
    "impressions": 1000,
    "clicks": 20,
    "cost": {"amount": "500.00", "currency": "RUB"},
    "vat_included": True,
}


def spent(client):
    return client.get("/api/v1/spend/").json()["results"]


def test_one_row_is_put_down(client):
    response = client.send("post", "/spend/", ROW)
    assert response.status_code == 201
    assert response.json() == {**ROW, "term": "", "account": "", "origin": "api", "restated": 0}
    assert spent(client) == [response.json()]


def test_a_list_is_put_down(client):
    response = client.send("post", "/spend/", [ROW, {**ROW, "ad": "2", "cost": 300}])
    assert [row["cost"] for row in response.json()] == [roubles(500), roubles(300)]


def test_the_same_day_and_ad_replaces(client):
    client.send("post", "/spend/", ROW)
    again = client.send("post", "/spend/", {**ROW, "cost": "700", "clicks": 25})
    assert again.json()["restated"] == 1
    (row,) = spent(client)
    assert (row["cost"], row["clicks"]) == (roubles(700), 25)


def test_the_same_figures_again_change_nothing(client, acme):
    client.send("post", "/spend/", ROW)
    assert client.send("post", "/spend/", ROW).json()["restated"] == 0
    with acme.scope():
        assert Event.objects.filter(action="spend.changed").count() == 1


def test_of_the_same_twice_in_a_list_the_last_counts(client):
    client.send("post", "/spend/", [ROW, {**ROW, "cost": 10}])
    assert [row["cost"] for row in spent(client)] == [roubles(10)]


@pytest.mark.parametrize(
    "change", [{"ad": "2"}, {"term": "sofa"}, {"date": "2026-11-21"}, {"campaign": "tables"}]
)
def test_another_ad_keyword_or_day_is_another_row(client, change):
    client.send("post", "/spend/", [ROW, {**ROW, **change}])
    assert len(spent(client)) == 2


def test_an_ad_is_the_same_whatever_its_medium_is_called(client):
    client.send("post", "/spend/", ROW)
    client.send("post", "/spend/", {**ROW, "medium": "ppc"})
    (row,) = spent(client)
    assert row["medium"] == "ppc"


def test_a_sum_for_a_period_is_spread_over_its_days(client):
    body = {"from": "2026-11-01", "to": "2026-11-03", "source": "2gis", "cost": "100", "clicks": 4}
    rows = client.send("post", "/spend/periods/", body).json()
    assert [row["cost"]["amount"] for row in rows] == ["33.34", "33.33", "33.33"]
    assert sum(row["clicks"] for row in rows) == 4


def test_the_list_is_narrowed(client):
    client.send("post", "/spend/", [ROW, {**ROW, "date": "2026-11-22", "source": "vk"}])
    assert len(client.rows("/spend/?from=2026-11-21")) == 1
    assert len(client.rows("/spend/?source=yandex&to=2026-11-20")) == 1


def test_the_fact_is_told(client, acme):
    client.send("post", "/spend/", ROW)
    with acme.scope():
        data = Event.objects.get(action="spend.changed").data
    assert (data["from"], data["to"], data["sources"]) == (DAY, DAY, ["yandex"])


@pytest.mark.parametrize(
    "change",
    [
        {"date": "tomorrow"},
        {"source": ""},
        {"cost": "-1"},
        {"cost": None},
        {"cost": True},
        {"cost": {"amount": "1", "currency": "XXX"}},
        {"cost": {"amount": "1", "currency": ["RUB"]}},
        {"clicks": -1},
        {"impressions": 10**30},
    ],
)
def test_what_cannot_be_is_refused(client, acme, change):
    is_problem(client.send("post", "/spend/", {**ROW, **change}), 400)
    with acme.scope():
        assert not AdSpend.objects.exists()


def test_a_list_with_one_bad_row_puts_nothing_down(client):
    is_problem(client.send("post", "/spend/", [ROW, {**ROW, "cost": "x"}]), 400)
    assert spent(client) == []


def test_a_period_that_ends_before_it_begins_is_refused(client):
    body = {"from": "2026-11-03", "to": "2026-11-01", "source": "2gis", "cost": "100"}
    is_problem(client.send("post", "/spend/periods/", body), 422)


def test_who_may_write_it(program):
    for role in ("marketer", "analyst", "supervisor"):
        assert program(role=role).send("post", "/spend/", ROW).status_code == 201
    for role in ("agent", "quality"):
        is_problem(program(role=role).send("post", "/spend/", ROW), 403)


def test_a_stranger_sees_none_of_it(client, stranger):
    client.send("post", "/spend/", ROW)
    assert spent(stranger) == []
