"""Arrays packed by us come out of PostgreSQL as they went in."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import psycopg
import pytest

from core.postgresql import arrays
from core.postgresql.connections import connection_parameters

MOSCOW = timezone(timedelta(hours=3))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pack", "values"),
    [
        (arrays.uuids, [uuid4(), None, uuid4()]),
        (arrays.texts, ["a", None, "я\"',{}\\", "", "NULL", "😀"]),
        (arrays.blobs, [b"", b"\x00\xff"]),
        (arrays.moments, [datetime(1969, 7, 20, 20, 17, 40, 123456, UTC), None]),
        (
            arrays.moments,
            [datetime(2026, 1, 1, 3, tzinfo=MOSCOW), datetime(9999, 1, 1, tzinfo=UTC)],
        ),
        (arrays.integers, [0, -1, None, 2**63 - 1, -(2**63)]),
        (arrays.floats, [0.1, None, -1e300]),
        (arrays.booleans, [True, False]),
        *((pack, []) for pack in (arrays.uuids, arrays.texts, arrays.moments, arrays.integers)),
    ],
)
def test_an_array_comes_back_as_it_was(pack, values):
    with psycopg.connect(**connection_parameters()) as connection:
        assert connection.execute("select %s", (pack(values),)).fetchone() == (values,)
