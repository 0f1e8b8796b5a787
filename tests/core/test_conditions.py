"""Conditions: whatever is sent becomes a query with parameters, or words on what is wrong."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.conditions import Field, InvalidCondition, Moments, Vocabulary, parse
from core.conditions.operators import ALIASES, OF_KIND
from inbox.models import Conversation
from tests.cast import make_channel, make_conversation

NOW = Moments(datetime(2026, 11, 28, 1, 30, tzinfo=UTC), ZoneInfo("Europe/Moscow"))
WORDS = Vocabulary(
    Field("name", "Name", "text", path="contact__name"),
    Field("unread", "Unread", "number", path="unread_count"),
    Field("opened_at", "Opened", "moment"),
    Field("status", "Status", "choice"),
    Field("waiting", "Waiting", "boolean", path="identity__is_group"),
    Field("read_at", "Read", "moment", path="customer_read_at"),
)
MALICE = [
    "' or 1=1 --",
    "1) or pg_sleep(5)--",
    "name; drop table contacts_contact",
    "\"name\" = 'x'",
    "eq) or (1=1",
    "$where",
    "__class__",
    "password__startswith",
    "name__regex",
    "all",
    "",
    "\0",
    "\ud800",
    "ы" * 10_000,
]
OPERATORS = sorted({operator for of_kind in OF_KIND.values() for operator in of_kind} | {*ALIASES})
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(MALICE)
    | st.sampled_from(["2026-11-28", "9999-12-31T23:59:59-23:00", "0001-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "not", "field", "op", "value", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
leaf = st.fixed_dictionaries(
    {
        "field": st.sampled_from([field.name for field in WORDS] + MALICE),
        "op": st.sampled_from(OPERATORS + MALICE),
        "value": anything,
    }
)  # fmt: skip


def names(document):
    found = Conversation.objects.filter(parse(document, WORDS).q(NOW))
    return set(found.values_list("contact__name", flat=True))


@pytest.fixture
def people(acme):
    with acme.scope():
        channel = make_channel()
        for name, status, unread, opened_at in [
            ("Maria", "new", 2, datetime(2026, 11, 27, 20, 59, tzinfo=UTC)),
            ("Olga", "accepted", 0, datetime(2026, 11, 27, 21, 0, tzinfo=UTC)),
            ("Pavel 100%", "closed", 5, datetime(2026, 10, 1, tzinfo=UTC)),
        ]:
            read_at = opened_at if unread else None
            make_conversation(
                channel,
                name=name,
                status=status,
                unread_count=unread,
                opened_at=opened_at,
                customer_read_at=read_at,
            )
        yield


@given(anything)
def test_whatever_is_sent_is_read_or_refused(document):
    try:
        found = parse(document, WORDS)
    except InvalidCondition:
        return
    assert isinstance(found.q(NOW), Q)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(leaf, min_size=1, max_size=3), st.sampled_from(["all", "any", "not"]))
def test_any_field_operator_and_value_is_answered_or_refused(people, leaves, word):
    document = {word: leaves[0] if word == "not" else leaves}
    try:
        found = parse(document, WORDS)
    except InvalidCondition:
        return
    assert Conversation.objects.filter(found.q(NOW)).count() <= 3


def test_a_document_without_conditions_is_everybody(people):
    assert names({}) == {"Maria", "Olga", "Pavel 100%"}


def test_an_empty_group_of_any_asks_nothing(people):
    assert len(names({"any": []})) == 3
    assert names({"not": {}}) == set()


def test_groups_stand_inside_each_other(people):
    document = {
        "all": [{"any": [{"field": "name", "op": "starts_with", "value": "ma"},
                         {"field": "name", "op": "contains", "value": "100%"}]}],
        "not": {"field": "status", "op": "eq", "value": "closed"},
    }  # fmt: skip
    assert names(document) == {"Maria"}


def test_a_percent_sign_is_a_percent_sign(people):
    assert names({"field": "name", "op": "contains", "value": "%"}) == {"Pavel 100%"}


def test_a_text_is_one_of_several_whatever_its_case(people):
    assert names({"field": "name", "op": "in", "value": ["MARIA", "olga"]}) == {"Maria", "Olga"}
    assert names({"field": "name", "op": "not_in", "value": ["maria"]}) == {"Olga", "Pavel 100%"}


def test_whoever_has_none_is_not_equal(people):
    assert names({"field": "status", "op": "ne", "value": "new"}) == {"Olga", "Pavel 100%"}
    assert names({"field": "read_at", "op": "not_last_days", "value": 5}) == {"Olga", "Pavel 100%"}
    assert names({"field": "read_at", "op": "set", "value": False}) == {"Olga"}


def test_numbers_are_compared_as_numbers(people):
    assert names({"field": "unread", "op": ">=", "value": "2"}) == {"Maria", "Pavel 100%"}
    assert names({"field": "unread", "op": "between", "value": [1, 4]}) == {"Maria"}
    assert names({"field": "unread", "op": "in", "value": [0, 5]}) == {"Olga", "Pavel 100%"}


def test_days_begin_in_the_zone_of_the_workspace(people):
    # 20:59 and 21:00 UTC lie on both sides of Moscow's midnight.
    assert names({"field": "opened_at", "op": "on", "value": "2026-11-28"}) == {"Olga"}
    assert names({"field": "opened_at", "op": "last_days", "value": 0}) == {"Olga"}
    assert names({"field": "opened_at", "op": "last_days", "value": 1}) == {"Maria", "Olga"}
    assert names({"field": "opened_at", "op": "before", "value": "2026-11-28"}) == {
        "Maria",
        "Pavel 100%",
    }


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"field": "password", "op": "eq", "value": "x"}, "field"),
        ({"all": [{"field": "name", "op": "regex", "value": "x"}]}, "all[0].op"),
        ({"any": [{}, {"field": "name", "op": "eq", "value": 5}]}, "any[1].value"),
        ({"not": {"field": "unread", "op": "between", "value": [1]}}, "not.value"),
        ({"all": {"field": "name"}}, "all"),
        ({"or": []}, ""),
        ([], ""),
    ],
)
def test_an_error_says_where(document, path):
    with pytest.raises(InvalidCondition) as refused:
        parse(document, WORDS)
    assert refused.value.path == path


def test_too_deep_and_too_many_are_refused():
    deep = {"field": "name", "op": "set"}
    for _ in range(10):
        deep = {"not": deep}
    for document in (deep, {"all": [{"field": "name", "op": "set"}] * 41}):
        with pytest.raises(InvalidCondition):
            parse(document, WORDS)


def test_two_fields_of_one_name_are_refused():
    words = Vocabulary(Field("name", "Name", "text"))
    with pytest.raises(ValueError, match="name"):
        words.add(Field("name", "Other", "text"))


def test_a_day_column_is_compared_by_days():
    words = Vocabulary(Field("due_on", "Due", "day"))
    asked = parse({"field": "due_on", "op": "on", "value": "2026-11-28"}, words)
    assert asked.q(NOW) == Q(due_on__gte=date(2026, 11, 28), due_on__lt=date(2026, 11, 29))
