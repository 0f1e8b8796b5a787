"""Ids that a query makes are as those that we make."""

import pytest
from django.db import connection

from core.ids import uuid7
from core.postgresql.ids import UUID7


@pytest.mark.django_db
def test_an_id_made_by_a_query_stands_between_those_made_around_it():
    before = uuid7()
    with connection.cursor() as cursor:
        cursor.execute(f"select {UUID7} from generate_series(1, 100)")
        made = [row[0] for row in cursor.fetchall()]
    assert len(set(made)) == 100
    assert {(one.version, one.variant) for one in made} == {(7, before.variant)}
    milliseconds = [one.int >> 80 for one in made]
    assert before.int >> 80 <= milliseconds[0] <= milliseconds[-1] <= uuid7().int >> 80
