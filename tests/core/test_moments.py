"""Moments come out of PostgreSQL as psycopg would have read them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, connection
from django.utils import timezone

MOMENTS = [
    datetime(2026, 11, 28, 9, 30, tzinfo=UTC),
    datetime(2026, 11, 28, 9, 30, 0, 1, tzinfo=UTC),
    datetime(1969, 7, 20, 20, 17, 40, 120000, tzinfo=UTC),
    datetime(2, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 1, 1, 3, tzinfo=timezone.get_fixed_timezone(180)),
]


def _read(sql, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_comes_back_in_utc(moment):
    found = _read("select %s::timestamptz", [moment])
    assert found == moment
    assert found.tzinfo is UTC


@pytest.mark.django_db
def test_a_session_in_another_zone_changes_no_moment():
    with connection.cursor() as cursor:
        cursor.execute("set local time zone 'Asia/Kolkata'")
    found = _read("select %s::timestamptz", [MOMENTS[0]])
    assert (found, found.utcoffset()) == (MOMENTS[0], timedelta(hours=5, minutes=30))


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["infinity", "-infinity", "0044-03-15 BC"])
def test_what_python_cannot_hold_is_refused_in_words(text):
    with pytest.raises(DataError, match="timestamp too"):
        _read(f"select '{text}'::timestamptz")
