"""Conditions on contacts: as a naive reading has them, and never a stranger's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contacts.actions import create_contact
from contacts.defining import create_field
from contacts.models import Contact
from contacts.vocabulary import CONTACTS
from core.conditions import InvalidCondition, exact, parse
from core.conditions.operators import OF_KIND
from core.conditions.sets import joined
from core.postgresql.roles import APP_ROLE, SYSTEM_ROLE
from events.journal import SYSTEM
from tests.cast import make_channel
from tests.contacts import people
from tests.contacts.people import holds, settle
from workspaces.zones import moments

pytestmark = pytest.mark.django_db

SHORT = st.text(alphabet="aбB Я1%_\\'ё", max_size=4)
WORD = st.sampled_from(["Анна", "анна-мария", "Bob", "100%", "a_b", "", "Ёлка", "Пётр Иванов"])
PHONE = st.sampled_from(["+79211234567", "8 921 123-45-67", "+49 30 1234567", "8 800 555 35 35"])
EMAIL = st.sampled_from(["anna@example.com", "BOB@example.com", "a_b@example.com"])
DAYS = [str(timezone.now().date() + timedelta(days=days)) for days in range(-4, 5)]
COLOURS = ["red", "green", "blue"]
VALUES = {
    "name": WORD | SHORT,
    "note": WORD | SHORT,
    "email": EMAIL | SHORT,
    "phone": PHONE | st.sampled_from(["921", "8921", "12345"]),
    "fields.city": WORD | SHORT,
    "fields.site": st.sampled_from(["https://example.com/a", "example", "https", "b"]),
    "fields.mobile": st.sampled_from(["+79211234567", "89211234567", "+7921"]),
    "fields.floors": st.integers(-2, 5) | st.sampled_from([0.5, 2.5]),
    "fields.budget": st.sampled_from([100, 250.5, 1000]),
    "fields.birthday": st.sampled_from(DAYS),
    "fields.plan": st.sampled_from(["Gold", "silver"]),
    "fields.colours": st.sampled_from(COLOURS),
    "labels": st.sampled_from(["VIP", "vip", "Оптовик", "nobody"]),
    "touch.source": st.sampled_from(["yandex", "VK", "google"]),
    "touch.at": st.sampled_from(DAYS),
    "created_at": st.sampled_from(DAYS),
    "language": st.sampled_from(["ru", "en"]),
    "company": st.sampled_from(["Romashka", "Вектор"]),
    "consent.marketing": st.sampled_from(["granted", "withdrawn"]),
}
PEOPLE = st.fixed_dictionaries(
    {
        "name": WORD,
        "phones": st.lists(PHONE, max_size=2, unique_by=lambda text: text[-2:]),
        "emails": st.lists(EMAIL, max_size=2, unique=True),
        "language": st.sampled_from(["", "ru", "en"]),
        "note": WORD,
        "labels": st.lists(st.sampled_from(["VIP", "Оптовик"]), unique=True),
        "owner": st.sampled_from([None, 0, 1]),
        "company": st.sampled_from(["", "Romashka", "Вектор"]),
        "blocked": st.booleans(),
        "age": st.integers(0, 100),
        "touches": st.lists(
            st.tuples(st.sampled_from(["", "yandex", "vk"]), st.integers(0, 100)), max_size=2
        ),
        "consent": st.sampled_from([None, True, False]),
        "writes": st.booleans(),
        "fields": st.fixed_dictionaries(
            {},
            optional={
                "city": WORD,
                "site": st.sampled_from(["https://example.com/a", "http://b.ru"]),
                "mobile": st.sampled_from(["+79211234567", "+493012345"]),
                "floors": VALUES["fields.floors"],
                "budget": st.sampled_from([100, 250.5, {"amount": "1000", "currency": "EUR"}]),
                "birthday": st.sampled_from(DAYS),
                "plan": st.sampled_from(["Gold", "Silver"]),
                "colours": st.lists(st.sampled_from(COLOURS), unique=True),
                "vip": st.booleans(),
            },
        ),
    }
)


@st.composite
def leaves(draw, channel="", owner=""):
    name = draw(st.sampled_from([*VALUES, "blocked", "fields.vip", "channel", "owner"]))
    kind = CONTACTS_KINDS[name]
    operator = draw(st.sampled_from(OF_KIND[kind]))
    one = VALUES.get(name, st.just(channel if name == "channel" else owner))
    if operator == "set" or kind == "boolean":
        value = draw(st.booleans())
    elif operator.endswith("_days"):
        value = draw(st.integers(0, 4))
    elif operator in {"in", "not_in", "has_any", "has_all"}:
        value = draw(st.lists(one, min_size=1, max_size=2))
    elif operator == "between":
        value = sorted([draw(one), draw(one)])
    else:
        value = draw(one)
    return {"field": name, "op": operator, "value": value}


CONTACTS_KINDS = {
    **dict.fromkeys(people.TEXTS, "text"),
    **dict.fromkeys(people.NUMBERS, "number"),
    **dict.fromkeys(people.MANY, "many"),
    **dict.fromkeys(people.CHOICES, "choice"),
    **dict.fromkeys(people.MOMENTS, "moment"),
    **dict.fromkeys(people.DAYS, "day"),
    **dict.fromkeys(people.BOOLEANS, "boolean"),
}


def documents(channel, owner):
    one = leaves(channel, owner)
    groups = st.fixed_dictionaries(
        {}, optional={"all": st.lists(one, max_size=2), "any": st.lists(one, max_size=2)}
    )
    nested = st.fixed_dictionaries(
        {"all": st.lists(one | groups, max_size=2), "any": st.lists(one, max_size=2)},
        optional={"not": one | groups},
    )
    return st.one_of(one, groups, st.fixed_dictionaries({"not": one | groups}), nested)


@pytest.fixture
def fields(acme):
    """One field of each kind, with telling keys."""
    with acme.scope():
        for key, kind in {
            "city": "text", "site": "link", "mobile": "phone", "floors": "number",
            "budget": "money", "birthday": "date", "plan": "list", "colours": "multi",
            "vip": "boolean",
        }.items():  # fmt: skip
            choices = {"plan": ["Gold", "Silver"], "colours": COLOURS}.get(key)
            create_field(
                entity="contact", label=key, key=key, kind=kind, by=SYSTEM, choices=choices
            )


@settings(
    max_examples=12,
    # A crowd takes too long to be made smaller and smaller.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(crowd=st.lists(PEOPLE, min_size=3, max_size=6), data=st.data())
def test_conditions_find_whom_a_naive_reading_finds(acme, fields, crowd, data):
    with acme.scope() as scope:
        scope.memory.clear()
        channel = make_channel()
        members = [acme.boris, acme.vera]
        known = [
            settle(said, channel=channel, members=members, now=timezone.now()) for said in crowd
        ]
        for _ in range(25):
            document = data.draw(documents(str(channel.id), str(acme.boris.id)))
            now = moments()
            condition = parse(document, CONTACTS)
            wanted = {person.id for person in known if holds(document, person, now)}
            for asked in (condition.q(now), joined(condition.q(now))):
                found = Contact.objects.filter(asked)
                assert set(found.values_list("pk", flat=True)) == wanted, document
            parts = exact.terms(Contact.objects.all(), condition, now)
            assert exact.balance(parts) == len(wanted), document
        Contact.objects.all().delete()


MALICE = [
    "' or 1=1 --", "1) OR pg_sleep(5)--", "'; drop table contacts_contact; --", "\" or \"\"=\"",
    "%' union select * from workspaces_apitoken --", "$$", "\\", "{{7*7}}", "\0", "\ud800",
    {"amount": "1) or (1=1"}, ["' or 1=1"], {"$gt": ""}, 1e308, -1, True, None, "9999-99-99",
]  # fmt: skip


def test_hostile_documents_are_refused_or_find_nobody(acme, rival, fields):
    with rival.scope():
        create_contact(by=SYSTEM, name="Rosa", fields={"city": "Rome", "floors": 3})
    with acme.scope():
        for field in CONTACTS:
            for operator in (*OF_KIND[field.kind], "' or 1=1 --", "regex"):
                for value in MALICE:
                    for one in (value, [value], [value, value]):
                        document = {"field": field.name, "op": operator, "value": one}
                        try:
                            found = list(Contact.objects.fulfilling(document))
                        except InvalidCondition:
                            continue
                        assert found == []
        for name in (
            "password",
            "workspace_id",
            "owner__user__password",
            "fields.",
            "fields.x' or",
        ):
            with pytest.raises(InvalidCondition):
                Contact.objects.fulfilling({"field": name, "op": "eq", "value": "x"})


def test_another_tenants_contacts_are_never_found(acme, rival):
    with rival.scope():
        create_contact(by=SYSTEM, name="Rosa", phone="+79210000001", fields={"city": "Rome"})
        for key in ("name", "phone", "email"):
            assert Contact.objects.fulfilling({"field": key, "op": "set", "value": key != "email"})
    with acme.scope():
        create_contact(by=SYSTEM, name="Anna", fields={"city": "Oslo"})
        asked = [
            {"field": "name", "op": "contains", "value": "os"},
            {"field": "phone", "op": "contains", "value": "9210000001"},
            {"field": "fields.city", "op": "contains", "value": "om"},
            {"field": "fields.city", "op": "eq", "value": "Rome"},
        ]
        assert [list(Contact.objects.fulfilling(document)) for document in asked] == [[]] * 4
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            assert cursor.fetchone() == (APP_ROLE,)
            cursor.execute("select count(*) from contacts_with_text('name', '%')")
            assert cursor.fetchone() == (1,)
            cursor.execute("select count(*) from contacts_fieldvalue")
            assert cursor.fetchone() == (1,)


def test_labels_are_named_by_id_too(acme):
    with acme.scope():
        anna = create_contact(by=SYSTEM, name="Anna", labels=["VIP"])
        label = anna.labels.get()
        for value in ("vip", str(label.id)):
            document = {"field": "labels", "op": "has", "value": value}
            assert list(Contact.objects.fulfilling(document)) == [anna]


def test_names_are_found_through_the_trigram_index_whatever_the_policy(acme):
    """The function runs above row-level security, so its body may use the index."""
    with acme.scope():
        Contact.objects.bulk_create(Contact(name=f"Person {i:05}") for i in range(6000))
        Contact.objects.create(name="Needle in hay")
        document = {"field": "name", "op": "contains", "value": "needle"}
        with connection.cursor() as cursor:
            cursor.execute("set local role none")
            # What is still to be put into the index makes it look dear.
            cursor.execute("select gin_clean_pending_list('contact_search')")
            cursor.execute("analyze contacts_contact")
            cursor.execute(f"set local role {SYSTEM_ROLE}")
            cursor.execute("set local enable_seqscan = off")
            cursor.execute(
                "explain select id from contacts_contact where workspace_id = %s and name ilike %s",
                [acme.workspace.id, "%needle%"],
            )
            plan = "\n".join(row[0] for row in cursor.fetchall())
            cursor.execute(f"set local role {APP_ROLE}")
        assert "contact_search" in plan
        assert [row.name for row in Contact.objects.fulfilling(document)] == ["Needle in hay"]


@pytest.mark.parametrize("name", ["phone", "fields.mobile"])
@pytest.mark.parametrize(
    ("operator", "typed"),
    [
        ("contains", "89210000001"), ("contains", "8 (921) 000-00-01"), ("contains", "000-00"),
        ("starts_with", "8 921"), ("starts_with", "+7 921"), ("starts_with", "7921"),
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_typed(acme, fields, name, operator, typed):
    with acme.scope():
        anna = create_contact(by=SYSTEM, phone="+79210000001", fields={"mobile": "+79210000001"})
        create_contact(by=SYSTEM, phone="+79331111112", fields={"mobile": "+79331111112"})
        found = Contact.objects.fulfilling({"field": name, "op": operator, "value": typed})
        assert list(found) == [anna]
