"""docs/decisions/0007 rests on what PostgreSQL says of its own operators."""

from datetime import date, timedelta

import pytest
from django.db import connection

from contacts.actions import create_contact
from contacts.custom_fields import definition
from contacts.defining import create_field
from contacts.models import Contact, FieldValue
from core.ids import uuid7
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
        field = definition("contact", key)
        for start in range(0, 4000, 1000):
            column, others = {
                "number": ("number_value", [-1.0 - i for i in range(1000)]),
                "date": ("day_value", [date(1991, 1, 1) + timedelta(days=i) for i in range(1000)]),
                "text": ("text_value", [f"town {start + i}" for i in range(1000)]),
            }[kind]
            FieldValue.objects.bulk_create(
                FieldValue(field=field, entity_id=uuid7(), **{column: other}) for other in others
            )
        operator = {"number": "gte", "date": "on", "text": "eq"}[kind]
        asked = Contact.objects.fulfilling(
            {"field": f"fields.{key}", "op": operator, "value": value}
        )
        stored = getattr(FieldValue.objects.get(entity_id=one.pk), column)
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            assert cursor.fetchone() == (APP_ROLE,)
            cursor.execute("analyze contacts_contact, contacts_fieldvalue")
        condition = {"number_value__gte": 7.0} if kind == "number" else {column: stored}
        plan = FieldValue.objects.filter(field=field, **condition).explain()
        assert index in plan, plan
        lines = plan.splitlines()
        following = lines[next(i for i, line in enumerate(lines) if index in line) + 1]
        assert column in following, plan
        assert list(asked) == [one]
