"""What both sides say of leads is counted, and every number opens its rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.actions import answer_refusal, decide_refusal
from crm.models import LeadRefusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def judged(acme, shop):
    """Five leads: taken on, silent, refused and agreed, refused and disputed, refused and
    overturned."""
    shop.move(shop.deal(), "Qualified", by=acme.boris)
    shop.deal()
    for _ in range(3):
        shop.reject(shop.deal(), by=acme.boris)
    with acme.scope():
        agreed, disputed, overturned = LeadRefusal.objects.order_by("refused_at")
        answer_refusal(agreed, agrees=True, by=acme.marta)
        answer_refusal(disputed, agrees=False, note="It is one", by=acme.marta)
        answer_refusal(overturned, agrees=False, note="It is one", by=acme.marta)
        decide_refusal(overturned, upholds=False, by=acme.anna)


def test_the_parts_of_judgement_sum_to_the_leads(judged, report):
    total = report("ground").total
    parts = ("accepted_leads", "agreed_refusals", "disputed_leads", "unjudged_leads")
    assert [total[part] for part in parts] == [2, 1, 1, 1]
    assert sum(total[part] for part in parts) == total["leads"] == 5


def test_how_often_marketing_contests_and_sales_are_wrong(judged, report):
    total = report("ground").total
    assert total["refusal_answers"] == 3
    assert total["contested_share"] == pytest.approx(2 / 3, abs=1e-6)
    assert total["overturned_share"] == 1


@pytest.mark.parametrize(
    ("metric", "count"),
    [
        ("unjudged_leads", 1),
        ("agreed_refusals", 1),
        ("disputed_leads", 1),
        ("accepted_leads", 2),
        ("refusal_answers", 3),
        ("judgement_median", 4),
    ],
)
def test_each_number_opens_as_many_rows(judged, client, metric, count):
    answer = client.get(f"/api/v1/reports/ground/rows/?metric={metric}").json()
    assert answer["count"] == len(answer["results"]) == count


def test_waiting_is_timed(shop, acme, report):
    deal = shop.deal()
    shop.born(deal, timezone.now() - timedelta(hours=5))
    shop.reject(deal, by=acme.boris)
    with acme.scope():
        LeadRefusal.objects.update(refused_at=timezone.now() - timedelta(hours=2))
        answer_refusal(LeadRefusal.objects.get(), agrees=True, by=acme.marta)
    total = report("ground").total
    assert total["judgement_median"] == pytest.approx(3 * 3600, rel=0.03)
    assert total["answer_median"] == pytest.approx(2 * 3600, rel=0.03)


def test_a_refusal_that_sales_take_back_is_judged_still(shop, acme, report):
    deal = shop.deal()
    shop.reject(deal, by=acme.boris)
    shop.move(deal, "Qualified", by=acme.boris)
    total = report("ground").total
    assert (total["rejected"], total["accepted_leads"], total["disputed_leads"]) == (0, 1, 0)
