"""Who gets the credit: each model, and that nothing is lost when it is divided."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.attribution.weights import MODELS, credits, weights
from tests.analytics.conftest import roubles

WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("first", [1, 0, 0, 0]),
        ("last", [0, 0, 0, 1]),
        ("last_non_direct", [0, 0, 1, 0]),
        ("linear", [0.25, 0.25, 0.25, 0.25]),
        ("u_shape", [0.4, 0.1, 0.1, 0.4]),
        ("time_decay", [1 / 15, 2 / 15, 4 / 15, 8 / 15]),
    ],
)
def test_what_each_model_gives(model, expected):
    ages = [3 * WEEK, 2 * WEEK, WEEK, timedelta()]
    direct = [False, False, False, True]
    assert weights(model, ages, direct) == pytest.approx(expected)


@pytest.mark.parametrize("model", MODELS)
def test_a_single_touch_gets_all(model):
    assert weights(model, [WEEK], [True]) == [1]


def test_two_touches_share_the_u():
    assert weights("u_shape", [WEEK, timedelta()], [False, False]) == [0.5, 0.5]


@given(
    total=some.integers(-(10**12), 10**12),
    ages=some.lists(some.integers(0, 90), min_size=1, max_size=12),
    model=some.sampled_from(MODELS),
)
def test_credits_sum_to_the_whole(total, ages, model):
    spans = [timedelta(days=age) for age in sorted(ages, reverse=True)]
    parts = credits(total, weights(model, spans, [False] * len(spans)))
    assert sum(parts) == total


def test_the_largest_remainder_gets_what_is_left():
    assert credits(100, [1 / 3, 1 / 3, 1 / 3]) == [34, 33, 33]
    assert credits(10, [0.4, 0.2, 0.4]) == [4, 2, 4]


@pytest.fixture
def journey(shop):
    """Yandex, then VK, then straight to the website, and an order of 1 000.01."""
    maria = shop.contact()
    shop.touch(maria, "yandex", days_ago=21, campaign="sofas")
    shop.touch(maria, "vk", days_ago=14)
    shop.touch(maria, "direct", days_ago=7, kind="visit")
    return shop.win(shop.deal(maria, amount=Decimal("1000.01")))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("first", {"yandex": "1000.01"}),
        ("last", {"direct": "1000.01"}),
        ("last_non_direct", {"vk": "1000.01"}),
        ("linear", {"yandex": "333.34", "vk": "333.34", "direct": "333.33"}),
        ("u_shape", {"yandex": "400.01", "vk": "200.00", "direct": "400.00"}),
        ("time_decay", {"yandex": "142.86", "vk": "285.72", "direct": "571.43"}),
    ],
)
def test_revenue_by_model(journey, report, model, expected):
    found = report("marketing", model=model)
    revenue = {row["source"]: row["revenue"]["amount"] for row in found.rows}
    assert revenue == expected
    assert found.total["revenue"] == roubles("1000.01")
    assert found.total["leads"] == found.total["orders"] == 1


@pytest.mark.django_db
def test_leads_are_divided_too(journey, report):
    row = report("marketing", model="linear").row(source="vk")
    assert row["leads"] == pytest.approx(1 / 3, abs=1e-6)


@pytest.mark.django_db
def test_a_touch_counts_for_ninety_days_and_not_after_the_deal(shop, report):
    maria = shop.contact()
    shop.touch(maria, "yandex", days_ago=91)
    shop.deal(maria)
    shop.touch(maria, "vk", days_ago=-1)
    for model in MODELS:
        assert [row["source"] for row in report("marketing", model=model).rows] == [None]


@pytest.mark.django_db
def test_a_deal_without_touches_counts_for_its_own_source(shop, report):
    shop.deal(source="partner")
    for model in MODELS:
        assert report("marketing", model=model).row(source="partner")["leads"] == 1


@pytest.mark.django_db
def test_a_filter_asks_for_the_credited_source(journey, report):
    asked = '{"field": "source", "op": "eq", "value": "yandex"}'
    assert report("marketing", model="linear", filter=asked).total["revenue"] == roubles("333.34")
    assert report("marketing", model="first", filter=asked).total["orders"] == 1
    assert report("marketing", model="last", filter=asked).total["orders"] == 0


@pytest.mark.django_db
def test_models_divide_days_and_members_too(journey, report):
    assert report("marketing", model="linear", group="day").rows[0]["orders"] == 1
    assert report("marketing", model="linear", group="owner").rows[0]["label"] == "Nobody"
