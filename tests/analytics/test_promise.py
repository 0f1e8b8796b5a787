"""What late answers cost: an estimate by source, and silence where there is too little to say."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.facts import writing
from analytics.ground import promise
from analytics.models import Base, Fact
from analytics.reports.grouping import Grouping
from analytics.reports.question import Question
from core.ids import uuid7
from workspaces.zones import local_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads(acme):
    """`leads(20, won=5, in_time=True)`: as facts tell of them; a won one has a margin of 1 000."""

    def tell(count, *, won, in_time, source="vk"):
        at, facts = timezone.now() - timedelta(days=2), []
        for number in range(count):
            contact, deal = uuid7(), uuid7()
            of_both = {"contact_id": contact, "source": source, "currency": "RUB"}
            of_deal = {**of_both, "deal_id": deal, "born_at": at, "natural_key": str(deal)}
            facts.append(Fact(kind="lead", at=at, **of_deal))
            facts.append(
                Fact(
                    kind="first_reply", at=at + timedelta(hours=1), flag=in_time, seconds=60,
                    natural_key=str(contact), **of_both,
                )
            )  # fmt: skip
            if number < won:
                facts.append(Fact(kind="won", at=at, amount=300_000, cost=200_000, **of_deal))
        with acme.scope():
            writing.add(facts)

    return tell


def estimate(acme, leads=100):
    with acme.scope():
        today = local_day(timezone.now())
        question = Question(
            first=today - timedelta(days=10), last=today, grouping=Grouping(()),
            currency="RUB", base=Base.BIRTH,
        )  # fmt: skip
        return promise.estimate(question, leads)


def test_late_leads_are_given_the_conversion_of_timely_ones(acme, leads):
    leads(20, won=10, in_time=True)
    leads(20, won=4, in_time=False)
    found = estimate(acme)
    # Twenty late ones would have brought 10 orders and not 4, each of 1 000.
    assert found.lost == pytest.approx(600_000)
    assert 0 <= found.least < found.lost < found.most


def test_few_leads_say_nothing(acme, leads):
    leads(20, won=10, in_time=True)
    leads(promise.FEWEST - 1, won=0, in_time=False)
    assert estimate(acme) is None
    assert estimate(acme, leads=0) is None
    assert estimate(acme, leads=promise.MOST_LEADS + 1) is None


def test_being_late_that_cost_nothing_has_no_price(acme, leads):
    leads(20, won=4, in_time=True)
    leads(20, won=10, in_time=False)
    assert estimate(acme) is None


def test_sources_are_not_mixed(acme, leads):
    leads(30, won=15, in_time=True, source="yandex")
    leads(30, won=0, in_time=False, source="vk")
    assert estimate(acme) is None


def test_in_words_it_is_beside_the_actual_one(acme, leads):
    leads(20, won=10, in_time=True)
    leads(20, won=4, in_time=False)
    found = estimate(acme)
    total = {"spend": {"amount": "6000.00", "currency": "RUB"}, "romi": 1.0}
    with acme.scope():
        told = promise.as_words(found, total, "RUB")
        assert told["romi"] == "200%"
        assert told["lost"] == "₽6,000"
        assert promise.as_words(found, {**total, "romi": None}, "RUB") is None
        assert promise.as_words(None, total, "RUB") is None
