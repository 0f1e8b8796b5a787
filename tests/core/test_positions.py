"""Positions: one row is written for a move, whatever is moved where."""

import random

import pytest

from core import positions


def test_ten_thousand_random_moves_keep_the_order_and_stay_short():
    dice = random.Random(7)
    order = positions.several(80)
    for _ in range(10_000):
        order.pop(dice.randrange(len(order)))
        place = dice.randrange(len(order) + 1)
        before = order[place - 1] if place else None
        after = order[place] if place < len(order) else None
        order.insert(place, positions.between(before, after))
    assert order == sorted(order)
    assert len(set(order)) == 80
    assert not any(positions.is_crowded(position) for position in order)


def test_the_same_gap_is_called_crowded_before_a_column_overflows():
    low, high = positions.several(2)
    moves = 0
    while not positions.is_crowded(low):
        low = positions.between(low, high)
        moves += 1
    assert moves > 200
    assert low < high
    assert len(low) < 80


@pytest.mark.parametrize("pair", [("a1", "a1"), ("a2", "a1")])
def test_neighbours_without_a_place_between_them_give_one_after_the_first(pair):
    assert positions.between(*pair) > pair[0]


def test_the_ends_of_a_list_are_open():
    only = positions.between(None, None)
    assert positions.between(None, only) < only < positions.between(only, None)
