"""docs/decisions/0005 rests on what PostgreSQL says of its own operators."""

import pytest
from django.db import connection

from contacts.actions import create_contact
from contacts.defining import create_field
from contacts.models import Contact
from core.postgresql.roles import APP_ROLE
from events.journal import SYSTEM

pytestmark = pytest.mark.django_db

LEAKPROOF = [
    *("float8eq", "float8lt", "float8le", "float8gt", "float8ge"),
    *("date_eq", "date_lt", "date_le", "date_gt", "date_ge"),
    *("texteq", "text_lt", "text_le", "text_gt", "text_ge"),
    *("uuid_eq", "uuid_lt", "uuid_gt", "timestamptz_ge", "timestamptz_lt", "int8eq", "int4eq"),
]
NOT_LEAKPROOF = [
    *("numeric_eq", "numeric_lt", "numeric_gt", "jsonb_eq", "jsonb_contains"),
    *("texticlike", "textlike", "arraycontains", "ts_match_vq"),
]


def test_the_comparisons_of_the_index_are_leakproof_and_the_others_are_not():
    with connection.cursor() as cursor:
        cursor.execute(
            "select proname, bool_or(proleakproof) from pg_proc where proname = any(%s)"
            " group by proname",
            [LEAKPROOF + NOT_LEAKPROOF],
        )
        found = dict(cursor.fetchall())
    assert found == dict.fromkeys(LEAKPROOF, True) | dict.fromkeys(NOT_LEAKPROOF, False)


@pytest.mark.parametrize(
    ("key", "kind", "value", "index"),
    [
        ("floors", "number", 7, "field_value_number"),
        ("born", "date", "1990-02-03", "field_value_day"),
        ("city", "text", "Oslo", "field_value_text"),
    ],
)
def test_the_applications_role_reads_the_index_under_row_level_security(
    acme, key, kind, value, index
):
    with acme.scope():
        create_field(entity="contact", label=key, key=key, kind=kind, by=SYSTEM)
        one = create_contact(by=SYSTEM, name="Anna", fields={key: value})
        operator = {"number": "gte", "date": "on", "text": "eq"}[kind]
        asked = Contact.objects.fulfilling(
            {"field": f"fields.{key}", "op": operator, "value": value}
        )
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            assert cursor.fetchone() == (APP_ROLE,)
            cursor.execute("set local enable_seqscan = off")
            cursor.execute("set local enable_nestloop = off")
            cursor.execute("set local enable_bitmapscan = off")
        plan = asked.explain()
        assert index in plan, plan
        column = {"number": "number_value", "date": "day_value", "text": "text_value"}[kind]
        condition = next(line for line in plan.splitlines() if index in line)
        following = plan.splitlines()[plan.splitlines().index(condition) + 1]
        assert column in following, plan
        assert list(asked) == [one]
