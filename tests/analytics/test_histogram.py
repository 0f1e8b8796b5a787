"""Percentiles from histograms that can be merged."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from analytics.rollups.histogram import (
    BUCKET_SQL,
    EMPTY,
    HEAD_SQL,
    PIECE_SQL,
    bucket,
    of_values,
    percentile,
    unpack,
)

seconds = some.floats(0.0, 40 * 86_400)
# As a rollup is made of its facts.
STORED = f"""
    with counted as (
        select {BUCKET_SQL.format("each")} as place, count(*) as times
        from unnest(%s::float8[]) each group by 1
    ), beside as (
        select *, max(times) over () as most, lag(place) over (order by place) as below from counted
    )
    select {HEAD_SQL.format(place="place", most="most")}
        || string_agg({PIECE_SQL}, ''::bytea order by place desc) from beside
"""


@given(some.lists(some.floats(0.01, 40 * 86_400), min_size=1), some.sampled_from([0.5, 0.9, 1.0]))
def test_a_percentile_is_right_to_two_percent(values, share):
    rank = max(1, -int(-len(values) * share // 1))
    exact = sorted(values)[rank - 1]
    assert percentile(of_values(values), share) == pytest.approx(exact, rel=0.0201)


@given(some.lists(seconds), some.lists(seconds))
def test_merging_is_counting_together(left, right):
    assert of_values(left) + of_values(right) == of_values([*left, *right])


@pytest.mark.django_db
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(values=some.lists(seconds, min_size=1, max_size=9), times=some.sampled_from([1, 255, 256]))
def test_the_database_stores_what_we_read(values, times):
    with connection.cursor() as cursor:
        cursor.execute(STORED, [values * times])
        stored = cursor.fetchone()[0]
    assert unpack(stored) == of_values(values) * times


def test_nothing_is_nothing():
    assert percentile(unpack(EMPTY), 0.5) is None
    assert percentile(of_values([0.0, 0.0]), 0.5) == 0
    assert bucket(0.0) == bucket(0.0009)
