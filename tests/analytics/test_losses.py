"""Where money was lost, told by facts: whose it was, why, and which deals."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import Fact
from crm.actions import answer_refusal
from crm.models import LeadRefusal, LossReason, Task
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(acme):
    """`chat(contact, timely=True)` is a question, answered so or not at all."""

    def ask(contact, *, timely=None, hours=5):
        asked = timezone.now() - timedelta(hours=hours)
        with acme.scope():
            Fact.objects.create(
                kind="inquiry", natural_key=f"i{contact.pk}", at=asked, contact_id=contact.pk
            )
            if timely is not None:
                Fact.objects.create(
                    kind="first_reply", natural_key=f"r{contact.pk}", contact_id=contact.pk,
                    at=asked + timedelta(minutes=1), seconds=60, flag=timely,
                )  # fmt: skip

    return ask


@pytest.fixture
def story(acme, shop, chat):
    """A deal of each fate."""

    def client(name, timely=None, asks=True, source="vk"):
        contact = shop.contact(name, source=source)
        if asks:
            chat(contact, timely=timely)
        return contact

    with acme.scope():
        reason = LossReason.objects.filter(outcome="lost", parent__isnull=False).first()
    shop.lose(shop.deal(client("Late", False), amount=700))
    shop.lose(shop.deal(client("Silent"), amount=500))
    shop.lose(shop.deal(client("Dear", True), amount=300), loss_reason=reason)
    shop.lose(shop.deal(client("By phone", asks=False), amount=40))
    shop.reject(shop.deal(client("Spam", True, source="yandex"), amount=20))
    shop.reject(shop.deal(client("Late spam", False), amount=10))
    shop.win(shop.deal(client("Won", False), amount=9000))
    disputed = shop.reject(shop.deal(client("Disputed", True), amount=60), by=acme.boris)
    with acme.scope():
        refusal = LeadRefusal.objects.get(deal=disputed)
        answer_refusal(refusal, agrees=False, note="It is one", by=acme.marta)
    shop.deal(client("Open and waiting"), amount=80)
    shop.deal(client("Open", True), amount=1)
    return reason


def told(report, **query):
    found = {}
    for one in report("ground", **query).lost_money:
        key = (one["side"], one["fault"])
        money = found.get(key, 0) + Decimal(one["money"]["amount"])
        found[key] = money
    return found


def test_each_loss_is_told_by_what_happened(story, report):
    assert told(report) == {
        ("handling", "answered_late"): 700,
        ("handling", "never_answered"): 500,
        ("offer", None): 340,
        ("source", None): 20,
        ("both", "answered_late"): 10,
        ("undecided", None): 60,
        ("undecided", "never_answered"): 80,
    }


def test_a_task_that_ran_over_is_a_fault_of_handling(acme, shop, chat, report):
    contact = shop.contact()
    chat(contact, timely=True)
    deal = shop.deal(contact, amount=90)
    with acme.scope():
        Task.objects.create(deal=deal, text="Call", due_at=timezone.now() - timedelta(hours=1))
    shop.lose(deal)
    assert told(report) == {("handling", "task_overdue"): 90}


def test_what_has_no_amount_counts_what_its_source_usually_brings(shop, report):
    for amount in (1000, 500):
        shop.win(shop.deal(shop.contact(source="vk"), amount=amount))
    shop.lose(shop.deal(shop.contact(source="vk"), amount=None))
    (one,) = report("ground").lost_money
    assert one["is_estimate"]
    assert one["money"]["amount"] == "500.00"


def test_each_number_opens_as_many_deals(story, report, client):
    for one in report("ground").lost_money:
        keys = ("side", "fault", "source", "loss_reason")
        cell = json.dumps({key: one[key] for key in keys})
        page = client.get("/api/v1/reports/ground/rows/", {"metric": "lost_money", "cell": cell})
        assert page.json()["count"] == one["deals"], one
    whole = client.get("/api/v1/reports/ground/rows/", {"metric": "lost_money"}).json()
    assert whole["count"] == sum(one["deals"] for one in report("ground").lost_money)


def test_by_the_day_of_the_event_only_outcomes_count(story, report):
    assert ("undecided", "never_answered") not in told(report, base="event")
    assert told(report, base="event")[("handling", "answered_late")] == 700


def test_a_filter_and_a_period_narrow_it(story, report):
    asked = json.dumps({"field": "source", "op": "eq", "value": "yandex"})
    assert told(report, filter=asked) == {("source", None): 20}
    assert told(report, first="2026-01-01", last="2026-01-31") == {}


def test_the_page_shows_sides_and_parts_that_open(story, acme, log_in):
    page = log_in(acme.marta)
    sides = page.get(f"{acme.url}/reports/ground/").context["losses"]
    assert [side.key for side in sides] == ["source", "handling", "both", "offer", "undecided"]
    assert max(side.width for side in sides) == 100
    for side in sides:
        assert len(page.get(side.address).context["rows"]) == side.deals
        assert sum(part.deals for part in side.parts) == side.deals
        for part in side.parts:
            assert len(page.get(part.address).context["rows"]) == part.deals, part.label
    offer = next(side for side in sides if side.key == "offer")
    assert str(story.name) in {part.label for part in offer.parts}


def test_files_carry_the_losses(story, client):
    found = client.get("/api/v1/reports/ground/file/", {"as": "xlsx"})
    assert found.status_code == 200


def test_a_stranger_has_lost_nothing(story, stranger):
    assert stranger.get("/api/v1/reports/ground/").json()["lost_money"] == []
    page = stranger.get("/api/v1/reports/ground/rows/?metric=lost_money").json()
    assert page["count"] == 0


@pytest.mark.parametrize("cell", ['{"loss_reason":"x"}', '{"owner":null}'])
def test_a_cell_that_cannot_be_is_refused(client, acme, cell):
    is_problem(client.get(f"/api/v1/reports/ground/rows/?metric=lost_money&cell={cell}"), 400)
