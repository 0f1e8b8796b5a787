"""Statements on the ORM's connection whose values travel apart from them."""

import pytest
from django.db import DatabaseError, connection, transaction

from core.postgresql import prepared
from core.postgresql.arrays import integers

pytestmark = pytest.mark.django_db


def test_rows_come_back_and_none_where_there_are_none():
    values = {"numbers": integers([1, 2, 3]), "more": 2}
    statement = "select n from unnest(%(numbers)s::bigint[]) n where n %% 2 = 1 and n < %(more)s"
    assert prepared.run(statement, values) == [(1,)]
    assert prepared.run("set local work_mem = '4MB'", {}) == []


def test_it_is_the_same_transaction_as_the_orms():
    assert prepared.run("select pg_current_xact_id()::text", {}) == prepared.run(
        "select pg_current_xact_id()::text", {}
    )
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text")
        assert [cursor.fetchone()] == prepared.run("select pg_current_xact_id()::text", {})


def test_a_statement_that_runs_often_is_planned_once():
    statement = "select %(number)s::int + 1 as planned_once"
    for number in range(4):
        assert prepared.run(statement, {"number": number}) == [(number + 1,)]
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where statement ~ %s",
                       ["planned_once"])  # fmt: skip
        assert cursor.fetchone()[0] == 1


def test_errors_are_djangos():
    with pytest.raises(DatabaseError), transaction.atomic():
        prepared.run("select 1 / %(zero)s::int", {"zero": 0})
