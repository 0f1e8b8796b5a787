"""Lines of a deal: prices as they were agreed, sums when asked for."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from crm.actions import Line, create_product, lines_of, set_items, update_product
from crm.models import DealChange, DealItem
from events.journal import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def sofa(sales):
    return create_product(name="Sofa", price=Decimal(900), cost=Decimal(400), by=SYSTEM)


def test_a_line_keeps_the_price_that_was_agreed(sales, sofa):
    deal = sales.deal()
    set_items(deal, [Line(product=sofa)], by=sales.acme.boris)
    update_product(sofa, price=Decimal(1200), name="Couch", by=SYSTEM)
    item = DealItem.objects.get(deal=deal)
    assert (item.name, item.price, item.cost) == ("Sofa", 900, 400)


def test_the_sums_become_amount_and_cost_when_asked(sales, sofa):
    deal = sales.deal(amount=None)
    lines = [
        Line(product=sofa, quantity=Decimal(2)),
        Line(name="Lift", price=Decimal("500.50"), cost=Decimal(0)),
    ]
    deal = set_items(deal, lines, by=sales.acme.boris)
    assert deal.amount is None
    deal = set_items(deal, lines_of(deal), by=sales.acme.boris, sets_amount=True)
    assert (deal.amount, deal.cost) == (Decimal("2300.50"), Decimal(800))


def test_without_every_cost_the_deals_cost_stays(sales, sofa):
    deal = sales.deal(cost=Decimal(77))
    lines = [Line(product=sofa), Line(name="Lift", price=Decimal(5))]
    assert set_items(deal, lines, by=SYSTEM, sets_amount=True).cost == 77


def test_setting_the_same_lines_changes_nothing(sales, sofa):
    deal = sales.deal()
    set_items(deal, [Line(product=sofa)], by=SYSTEM)
    ids = list(DealItem.objects.values_list("pk", flat=True))
    set_items(deal, lines_of(deal), by=SYSTEM)
    assert list(DealItem.objects.values_list("pk", flat=True)) == ids
    assert DealChange.objects.filter(deal=deal, field="items").count() == 1


def test_the_history_says_what_the_lines_were(sales, sofa):
    deal = sales.deal()
    set_items(deal, [Line(product=sofa, quantity=Decimal(100))], by=SYSTEM)
    set_items(deal, [], by=SYSTEM)
    last = DealChange.objects.filter(deal=deal, field="items").latest("at")
    assert (last.before_words, last.after_words) == ("Sofa × 100", "")


@pytest.mark.parametrize(
    "line",
    [
        Line(),
        Line(name="Lift"),
        Line(name="Lift", price=Decimal(-1)),
        Line(name="Lift", price=Decimal(1), quantity=Decimal(0)),
    ],
)
def test_a_line_needs_a_name_a_price_and_a_quantity(sales, line):
    with pytest.raises(ValidationError):
        set_items(sales.deal(), [line], by=SYSTEM)


def test_a_price_in_another_currency_is_not_taken(sales):
    chair = create_product(name="Chair", price=Decimal(9), currency="USD", by=SYSTEM)
    with pytest.raises(ValidationError, match="another currency"):
        set_items(sales.deal(), [Line(product=chair)], by=SYSTEM)
    set_items(sales.deal(), [Line(product=chair, price=Decimal(700))], by=SYSTEM)
