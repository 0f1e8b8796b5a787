"""Common ground, weeks, alerts and links as people read them, and who may do what there."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from analytics.digest import decisions, making
from analytics.models import AlertFiring, Decision, MetricAlert, WeeklyDigest
from crm.actions import answer_refusal, move_deal
from crm.models import Deal, LeadRefusal, LossReason, RefusalRule
from events.models import Notification
from marketing.models import TrackedLink
from tests.cast import make_channel, make_conversation, make_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(acme, log_in):
    """`page("ground/", by=acme.marta)` is what a member is shown under the reports."""

    def get(path, *, by=None, status=200):
        response = log_in(by or acme.marta).get(f"{acme.url}/reports/{path}")
        assert response.status_code == status, response.content[:2000]
        return response.content.decode()

    return get


@pytest.fixture
def post(acme, log_in):
    """`post("alerts/", {...}, by=acme.marta, status=303)` is the answer to a form."""

    def send(path, body, *, by=None, status=303):
        response = log_in(by or acme.marta).post(f"{acme.url}/reports/{path}", body)
        assert response.status_code == status, response.content[:2000]
        return response

    return send


@pytest.fixture
def refused(acme, shop):
    """A lead of 5 000 that boris refused, with the message that shows it."""
    with acme.scope():
        conversation = make_conversation(make_channel(), name="Marat")
        message = make_message(conversation, "I am from Kazan")
    deal = shop.deal(conversation.contact, amount=5000, conversation=conversation, source="vk")
    with acme.scope():
        move_deal(
            deal,
            to=shop.stages["No lead"],
            by=acme.boris,
            loss_reason=LossReason.objects.get(name="Another region"),
            evidence=message,
        )
        return LeadRefusal.objects.get(deal=deal)


def test_both_departments_read_one_funnel(acme, shop, page):
    shop.win(shop.move(shop.deal(amount=7000), "Qualified", by=acme.boris))
    shop.deal()
    for member in (acme.marta, acme.anna):
        text = page("ground/", by=member)
        assert "₽7,000 of revenue" in text
        assert "ground__side--marketing" in text
        assert "metric=leads" in text
        assert 'id="passport_accepted_lead_cost"' in text


def test_every_number_of_the_page_opens_as_many_rows(acme, shop, page, refused):
    shop.deal()
    opened = page("ground/rows/?metric=unjudged_leads")
    assert "1 row" in opened
    assert "2 rows" in page("ground/rows/?metric=leads")


def test_an_empty_workspace_is_told_what_will_be_here(page):
    text = page("ground/")
    assert "Nothing is disputed now" in text
    assert "No number is watched" in page("alerts/")
    assert "There are no links yet" in page("links/")
    assert "The first week is not over yet" in page("digests/")
    assert "Nothing was decided yet" in page("decisions/")


def test_agents_read_neither_and_see_refusals_of_their_leads(acme, page, refused):
    for path in ("ground/", "digests/", "decisions/", "alerts/", "links/"):
        page(path, by=acme.boris, status=403)
    text = page("ground/refusals/", by=acme.anna)
    assert "I am from Kazan" in text


def test_marketing_contests_and_a_head_takes_it_back(acme, page, post, refused, log_in):
    assert "Contest the refusal" in page("ground/refusals/")
    assert "Contest the refusal" not in page("ground/refusals/", by=acme.boris)
    answer = f"ground/refusals/{refused.pk}/answer/"
    post(answer, {"agrees": "0", "note": ""}, status=422)
    post(answer, {"agrees": "0", "note": "We deliver there"}, by=acme.boris, status=403)
    post(answer, {"agrees": "0", "note": "We deliver there"})
    text = page("ground/", by=acme.anna)
    assert "We deliver there" in text
    assert "₽5,000" in text
    assert "Back to work" in text
    post(f"ground/refusals/{refused.pk}/verdict/", {"upholds": "0"}, by=acme.marta, status=403)
    post(f"ground/refusals/{refused.pk}/verdict/", {"upholds": "0"}, by=acme.anna)
    with acme.scope():
        told = Notification.objects.get(membership=acme.boris, kind="refusal")
    # Who refused it may read what became of it.
    assert log_in(acme.boris).get(told.link).status_code == 200
    with acme.scope():
        assert Deal.objects.get(pk=refused.deal_id).status == "open"
    assert "Overturned" in page("ground/refusals/?view=settled")


def test_the_list_is_narrowed(acme, page, refused):
    for query, is_shown in (
        ("view=waiting", True), ("view=contested", False), ("source=vk", True),
        ("source=yandex", False), ("q=mara", True), ("q=olga", False),
        (f"reason={refused.reason_id}", True),
    ):  # fmt: skip
        assert ("I am from Kazan" in page(f"ground/refusals/?{query}")) is is_shown, query


def test_one_goes_back_to_where_one_was_and_nowhere_else(acme, post, refused):
    answer = f"ground/refusals/{refused.pk}/answer/"
    body = {"agrees": "1", "next": "https://evil.example/w/x/"}
    assert post(answer, body).headers["Location"].endswith("/ground/refusals/")


def test_the_rule_of_refusals(acme, post, page):
    assert "Days that marketing has" in page("ground/rule/", by=acme.anna)
    post("ground/rule/", {"answer_days": "0"}, by=acme.anna, status=422)
    post("ground/rule/", {"answer_days": "5", "requires_evidence": "on"}, by=acme.anna)
    post("ground/rule/", {"answer_days": "9"}, by=acme.marta, status=403)
    with acme.scope():
        assert RefusalRule.objects.values_list("answer_days", "requires_evidence").get() == (
            5,
            True,
        )


def test_young_weeks_are_hatched(acme, shop, page):
    deal, born = shop.deal(amount=1000), timezone.now() - timedelta(days=40)
    shop.born(deal, born)
    shop.win(deal)
    shop.closed(deal, born + timedelta(days=15))
    shop.deal()
    text = page("ground/")
    assert re.search(r"The usual cycle is 1[45]", text)
    assert text.count("unripe") == 1
    shop.closed(deal, born + timedelta(days=39))
    assert page("ground/").count("unripe") == 2


def test_a_week_is_a_page(acme, shop, page, refused):
    today = timezone.now().astimezone(ZoneInfo(acme.workspace.time_zone)).date()
    week = decisions.monday(today) - timedelta(days=7)
    with acme.scope():
        answer_refusal(refused, agrees=False, note="It is one", by=acme.marta)
    making.make(acme.workspace.pk, week)
    with acme.scope():
        digest = WeeklyDigest.objects.get()
    assert f"digests/{digest.pk}/" in page("digests/")
    text = page(f"digests/{digest.pk}/")
    assert "Why it changed" in text
    assert "It is one" in text


def test_a_decision_is_written_down_and_dropped(acme, post, page):
    due = (timezone.now() + timedelta(days=5)).date().isoformat()
    body = {
        "text": "Stop the tables", "metric": "acceptance", "condition": "at_least",
        "threshold": "65", "due_on": due, "owner": acme.boris.pk, "worth": "-96 000",
    }  # fmt: skip
    post("decisions/", {**body, "text": ""}, status=422)
    post("decisions/", {**body, "due_on": "2020-01-01"}, status=422)
    post("decisions/", body)
    with acme.scope():
        made = Decision.objects.get()
        assert (float(made.threshold), float(made.worth)) == (0.65, -96_000)
    assert "Stop the tables" in page("decisions/")
    post(f"decisions/{made.pk}/dropping/", {})
    assert "Dropped" in page("decisions/")


def test_alerts_are_set_up_changed_muted_and_given_up(acme, post, page):
    body = {
        "metric": "first_reply_median", "condition": "above", "threshold": "15",
        "member": acme.marta.pk, "by_email": "on", "source": "",
    }  # fmt: skip
    post("alerts/", {**body, "threshold": "soon"}, status=422)
    post("alerts/", {**body, "member": acme.boris.pk}, status=422)
    post("alerts/", body)
    with acme.scope():
        alert = MetricAlert.objects.get()
        assert alert.threshold == 900
        AlertFiring.objects.create(
            alert=alert, day=timezone.now().date(), at=timezone.now(), condition="above",
            value=1200, limit=900,
        )  # fmt: skip
    assert "20 min" in page("alerts/").replace("\N{NO-BREAK SPACE}", " ")
    post(f"alerts/{alert.pk}/", {**body, "condition": "unusual", "threshold": "40"})
    post(f"alerts/{alert.pk}/mute/", {"days": "7"})
    text = page(f"alerts/{alert.pk}/")
    assert "by more than 40%" in text
    assert "muted until" in text
    post(f"alerts/{alert.pk}/deletion/", {})
    with acme.scope():
        assert not MetricAlert.objects.exists()


def test_a_link_is_made_and_archived(acme, post, page):
    with acme.scope():
        channel = make_channel("telegram", name="@acme_bot")
    body = {"channel": str(channel.pk), "source": "vk", "campaign": "sofas"}
    post("links/", {**body, "source": ""}, status=422)
    post("links/", {"channel": "", "url": "nowhere", "source": "vk"}, status=422)
    post("links/", body)
    with acme.scope():
        link = TrackedLink.objects.get()
    assert f"/l/{link.key}" in page("links/")
    assert "t.me/acme_bot?start=" in page(f"links/{link.pk}/")
    post(f"links/{link.pk}/", {"source": "vk", "campaign": "beds", "name": "Beds"})
    post(f"links/{link.pk}/archive/", {})
    assert "Beds" not in page("links/")
    assert "Beds" in page("links/?archive")
