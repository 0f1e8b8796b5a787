"""Numbers that are not as they should be are told, once a day."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.alerts.watching import watch, watch_all
from analytics.models import AlertFiring, MetricAlert
from channels_connectors.models import Channel
from events.models import Notification
from inbox.models import Message
from tests.api.calls import is_problem
from tests.cast import make_channel, make_conversation

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
    assert values == {"₽300", "33%"}


def test_numbers_are_told_in_the_readers_language(shop, acme, alert):
    with acme.scope():
        acme.marta.user.language = "ru"
        acme.marta.user.save()
    alert(metric="revenue", threshold=500)
    shop.win(shop.deal(amount=Decimal("12345.50")))
    (notification,) = told(acme)
    assert notification.data["metric"] == "Выручка"
    value, limit = (notification.data[key].replace("\xa0", " ") for key in ("value", "limit"))
    assert (value, limit) == ("12 346 ₽", "500 ₽")


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


def test_each_firing_is_kept(shop, acme, alert, client):
    watch_over = alert(threshold=0)
    shop.deal()
    told(acme)
    (row,) = client.rows(f"/metric-alerts/{watch_over.pk}/firings/")
    assert (row["value"], row["limit"], row["condition"]) == (1, 0, "above")


def test_a_muted_one_is_silent_until_then(shop, acme, alert, client):
    watch_over = alert(threshold=0)
    path = f"/metric-alerts/{watch_over.pk}/"
    later = (timezone.now() + timedelta(days=1)).isoformat()
    assert client.send("patch", path, {"muted_until": later}).status_code == 200
    shop.deal()
    assert told(acme) == []
    client.send("patch", path, {"muted_until": None})
    assert len(told(acme)) == 1


def test_another_threshold_may_tell_again_on_the_same_day(shop, acme, alert, client):
    watch_over = alert(threshold=0)
    shop.deal()
    assert len(told(acme)) == 1
    client.send("patch", f"/metric-alerts/{watch_over.pk}/", {"threshold": "0.5"})
    assert len(told(acme)) == 2
    assert len(client.rows(f"/metric-alerts/{watch_over.pk}/firings/")) == 2


def test_a_chat_is_told_too(shop, acme, alert, client):
    with acme.scope():
        chat = make_conversation(make_channel(), name="Heads")
    watch_over = alert(threshold=0)
    path = f"/metric-alerts/{watch_over.pk}/"
    assert client.send("patch", path, {"conversation": str(chat.pk)}).status_code == 200
    shop.deal()
    told(acme)
    with acme.scope():
        (message,) = Message.objects.filter(conversation=chat)
    assert message.text == "Leads: 1 today, above 0."
    (row,) = client.rows(f"{path}firings/")
    assert row["message"] == str(message.pk)


def test_a_chat_that_is_gone_stops_nothing(shop, acme, alert):
    with acme.scope():
        chat = make_conversation(make_channel(status=Channel.Status.DISCONNECTED), name="Heads")
    alert(threshold=0, conversation=chat)
    shop.deal()
    assert len(told(acme)) == 1
    with acme.scope():
        assert AlertFiring.objects.get().error


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
