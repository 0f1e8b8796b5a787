"""Numbers that are not as they should be are told, once a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.alerts.watching import watch, watch_all
from analytics.models import MetricAlert
from events.models import Notification
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db
ALERT = {"metric": "leads", "condition": "above", "threshold": "1"}


@pytest.fixture
def alert(acme):
    """`alert(metric="leads", condition="above", threshold=1)` watches for marta."""

    def make(**values):
        values = {"report": "marketing", "membership": acme.marta, **ALERT, **values}
        with acme.scope():
            return MetricAlert.objects.create(**values)

    return make


def told(acme):
    with acme.scope():
        watch()
        return list(Notification.objects.filter(kind="metric_alert").order_by("at"))


def test_beyond_its_threshold_it_is_told_once(shop, acme, alert):
    alert()
    shop.deal()
    assert told(acme) == []
    shop.deal()
    (notification,) = told(acme)
    assert notification.membership_id == acme.marta.pk
    assert notification.data == {"metric": "Leads", "value": "2", "limit": "1"}
    assert notification.email_due_at
    shop.deal()
    assert len(told(acme)) == 1


def test_below_and_money_and_shares(shop, acme, alert):
    alert(metric="revenue", condition="below", threshold=500)
    alert(metric="acceptance", condition="below", threshold="0.5", by_email=False)
    shop.win(shop.deal(amount=300))
    shop.deal()
    shop.deal()
    values = {one.data["value"] for one in told(acme)}
    assert values == {"300.00 RUB", "33.3 %"}


def test_a_ratio_of_nothing_is_not_told(acme, alert):
    alert(metric="cpl", condition="below", threshold=10)
    assert told(acme) == []


def test_a_day_unlike_the_same_weekday_is_told(shop, acme, alert):
    alert(condition="unusual", threshold="0.5")
    yesterday = timezone.now() - timedelta(days=1)
    for week in range(1, 5):
        for _ in range(3):
            shop.born(shop.deal(), yesterday - timedelta(weeks=week))
    shop.born(shop.deal(), yesterday)
    (notification,) = told(acme)
    assert notification.data == {"metric": "Leads", "value": "1", "limit": "3"}


def test_a_usual_day_is_not(shop, acme, alert):
    alert(condition="unusual", threshold="0.5")
    for week in range(5):
        shop.born(shop.deal(), timezone.now() - timedelta(days=1, weeks=week))
    assert told(acme) == []


def test_a_filter_narrows_what_is_watched(shop, acme, alert):
    alert(threshold=0, filter={"field": "source", "op": "eq", "value": "vk"})
    shop.deal(source="yandex")
    assert told(acme) == []
    shop.deal(source="vk")
    assert len(told(acme)) == 1


def test_who_may_not_read_reports_is_not_told(shop, acme, alert):
    alert(membership=acme.boris, threshold=0)
    shop.deal()
    assert told(acme) == []


def test_all_workspaces_are_looked_at(shop, acme, alert):
    alert(threshold=0)
    shop.deal()
    watch_all()
    with acme.scope():
        assert Notification.objects.filter(kind="metric_alert").exists()


def test_alerts_by_the_api(client, acme, stranger):
    body = {**ALERT, "member": str(acme.marta.pk)}
    response = client.send("post", "/metric-alerts/", body)
    assert response.status_code == 201
    path = f"/api/v1/metric-alerts/{response.json()['id']}/"
    assert client.get(path).json()["member"] == str(acme.marta.pk)
    is_problem(stranger.get(path), 404)
    assert client.delete(path).status_code == 204
    assert client.rows("/metric-alerts/") == []


@pytest.mark.parametrize(
    "change",
    [
        {"metric": "luck"},
        {"condition": "equal"},
        {"member": "0199e5d0-0000-7000-8000-000000000000"},
        {"filter": {"field": "luck", "op": "eq", "value": 1}},
    ],
)
def test_alerts_that_cannot_be(client, acme, change):
    is_problem(
        client.send("post", "/metric-alerts/", {**ALERT, "member": str(acme.anna.pk), **change}),
        400,
    )


def test_somebody_must_be_told(client, acme):
    is_problem(client.send("post", "/metric-alerts/", ALERT), 400)


def test_agents_watch_nothing(program):
    is_problem(program(role="agent").send("post", "/metric-alerts/", ALERT), 403)
