"""How many calls are under way: as many as the platform works on, and hardly more."""

from marketing.engine.width import FEWEST, MOST, Width


def call(width, seconds, *, times):
    """So many calls that take as long as `seconds` says of the width, one after the other."""
    for _ in range(times):
        width.is_full(width.most)
        width.note(seconds(width.most))


def test_a_platform_that_takes_any_number_gets_many():
    width = Width()
    call(width, lambda most: 0.2, times=2_000)
    assert width.most == MOST


def test_calls_that_only_wait_for_each_other_are_few():
    width = Width()
    width.note(0.002)
    call(width, lambda most: 0.002 * most, times=2_000)
    assert FEWEST <= width.most <= 4


def test_a_width_that_is_not_used_does_not_grow():
    width = Width()
    for _ in range(500):
        width.is_full(1)
        width.note(0.2)
    assert width.most == 4


def test_a_named_rate_has_the_calls_that_it_needs():
    width = Width(rate=80)
    times = [0.1, 0.3] * 500
    for seconds in times:
        width.note(seconds)
    assert width.most >= 80 * 0.2


def test_a_platform_that_has_become_slower_is_known_anew():
    width = Width()
    call(width, lambda most: 0.01, times=3_000)
    call(width, lambda most: 0.1, times=12_000)
    assert width.most == MOST
