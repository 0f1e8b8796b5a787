"""Percentiles from histograms that can be merged."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.rollups.histogram import bucket, merge, percentile

seconds = some.floats(0.01, 40 * 86_400)


@given(some.lists(seconds, min_size=1, max_size=60), some.sampled_from([0.5, 0.9, 1.0]))
def test_a_percentile_is_right_to_two_percent(values, share):
    counts = {}
    for value in values:
        merge(counts, {str(bucket(value)): 1})
    rank = max(1, -int(-len(values) * share // 1))
    assert percentile(counts, share) == pytest.approx(sorted(values)[rank - 1], rel=0.0201)


@given(some.lists(seconds, max_size=30), some.lists(seconds, max_size=30))
def test_merging_is_counting_together(left, right):
    apart, together = {}, {}
    for values in (left, right):
        one = {}
        for value in values:
            merge(one, {str(bucket(value)): 1})
            merge(together, {str(bucket(value)): 1})
        merge(apart, one)
    assert apart == together


def test_nothing_is_nothing():
    assert percentile({}, 0.5) is None
    assert percentile({bucket(0.0): 3}, 0.5) == 0
