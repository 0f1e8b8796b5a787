"""What may stand in a workspace's own fields."""

from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from contacts import custom_fields, indexing
from contacts.actions import create_contact
from contacts.defining import create_field, update_field
from contacts.jobs import run_job
from contacts.models import Contact, CustomField, FieldValue, Job
from contacts.vocabulary import CONTACTS
from core.conditions import Moments, parse
from core.ids import uuid7
from crm.actions import create_deal
from crm.models import Deal
from events.journal import SYSTEM
from events.models import Event

pytestmark = pytest.mark.django_db


def make(kind, **values):
    return create_field(entity="contact", label="Field", key="it", kind=kind, by=SYSTEM, **values)


@pytest.mark.parametrize(
    ("kind", "given", "stored"),
    [
        ("text", " Oslo ", "Oslo"),
        ("text", 5, "5"),
        ("text", "", None),
        ("number", "1 284,5", 1284.5),
        ("number", 3.0, 3),
        ("number", "0", 0),
        ("money", "1 234,50", {"amount": "1234.50", "currency": "RUB"}),
        ("money", "$1,366,300.5", {"amount": "1366300.50", "currency": "USD"}),
        ("money", "41,500", {"amount": "41500.00", "currency": "RUB"}),
        ("money", "99 usd", {"amount": "99.00", "currency": "USD"}),
        ("money", "96 400 ₽", {"amount": "96400.00", "currency": "RUB"}),
        ("money", "500 руб.", {"amount": "500.00", "currency": "RUB"}),
        ("money", "500 Руб", {"amount": "500.00", "currency": "RUB"}),
        ("money", "$7 usd", {"amount": "7.00", "currency": "USD"}),
        ("money", "$15.5", {"amount": "15.50", "currency": "USD"}),
        ("money", {"amount": 5, "currency": "EUR"}, {"amount": "5.00", "currency": "EUR"}),
        ("date", "28.11.2026", "2026-11-28"),
        ("date", "2026-11-28T10:00:00Z", "2026-11-28"),
        ("list", "gold", "Gold"),
        ("multi", ["Silver", "gold", "Gold"], ["Gold", "Silver"]),
        ("multi", "Gold; Silver", ["Gold", "Silver"]),
        ("boolean", "да", True),
        ("boolean", False, False),
        ("phone", "8 (921) 384-20-16", "+79213842016"),
        ("link", "example.com/a", "https://example.com/a"),
        ("link", "http://пример.рф", "http://пример.рф"),
    ],
)
def test_what_is_sent_becomes_what_is_stored(acme, kind, given, stored):
    with acme.scope():
        make(kind, choices=["Gold", "Silver"])
        cleaned = custom_fields.clean("contact", {"it": given})
        assert cleaned == ({} if stored is None else {"it": stored})
        assert custom_fields.clean("contact", cleaned) == cleaned
        row = uuid7()
        custom_fields.store("contact", row, cleaned)
        custom_fields.store("contact", row, cleaned)
        many = len(stored) if kind == "multi" else int(stored is not None)
        assert FieldValue.objects.filter(entity_id=row).count() == many
        custom_fields.store("contact", row, {})
        assert not FieldValue.objects.exists()


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", ["a"]), ("text", "x" * 501), ("text", "a\0b"), ("text", "\ud800"), ("text", True),
        ("number", "much"), ("number", True), ("number", "1e400"), ("number", float("nan")),
        ("money", {"amount": 1, "currency": "XXL"}), ("money", {"a": 1}), ("money", "much"),
        ("money", "$15 EUR"), ("money", f"${' ' * 5_000}!\n!"),
        ("date", "tomorrow"), ("date", "2026-02-30"), ("date", 5), ("date", "31.02.2026"),
        ("list", "Bronze"), ("list", {"key": "Gold"}), ("multi", ["Bronze"]), ("multi", 5),
        ("boolean", "perhaps"), ("boolean", 2), ("phone", "call me"), ("phone", [1]),
        ("link", "javascript:alert(1)"), ("link", "https://"), ("link", "data:text/html,x"),
        ("link", "https://a b"), ("link", "http://[::1"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_field(acme, kind, given):
    with acme.scope():
        make(kind, choices=["Gold", "Silver"])
        with pytest.raises(ValidationError) as refusal:
            custom_fields.clean("contact", {"it": given})
        assert list(refusal.value.message_dict) == ["fields.it"]


def test_a_phone_is_shown_as_people_write_it_and_exported_as_it_is_stored(acme):
    with acme.scope():
        field = make("phone")
        assert custom_fields.words(field, "+79213842016") == "+7 921 384-20-16"
        assert custom_fields.as_text(field, "+79213842016") == "+79213842016"


@pytest.mark.parametrize(
    ("kind", "value", "russian", "english"),
    [
        ("money", {"amount": "50000.00", "currency": "RUB"}, "50 000 ₽", "₽50,000"),
        ("money", {"amount": "50000.00", "currency": "AED"}, "50 000 AED", "50000.00 AED"),
        ("number", 182.5, "182,5", "182.5"),
        ("number", 1234, "1234", "1234"),
        ("phone", "+79213842016", "+7 921 384-20-16", "+7 921 384-20-16"),
        ("text", None, "", ""),
    ],
)
def test_a_line_to_type_in_shows_what_is_read_back(acme, kind, value, russian, english):
    with acme.scope():
        field = make(kind)
        for language, shown in (("ru", russian), ("en-gb", english)):
            with translation.override(language):
                typed = custom_fields.as_typed(field, value)
                assert typed.replace("\xa0", " ") == shown
                assert custom_fields.clean("contact", {"it": typed}).get("it") == value


def test_a_plain_value_under_a_new_key_makes_its_field(acme):
    with acme.scope():
        given = {"city": "Oslo", "floors": 3, "vip": True, "nested": {"a": 1}, "a b": "c"}
        assert custom_fields.clean("contact", given) == given
        kinds = {field.key: field.kind for field in custom_fields.definitions("contact")}
        assert kinds == {"city": "text", "floors": "number", "vip": "boolean"}
        with pytest.raises(ValidationError):
            custom_fields.clean("contact", {"floors": "many"})


def test_a_renamed_choice_keeps_its_rows_and_a_fact_tells_of_it(acme):
    with acme.scope():
        field = make("list", choices=["Gold", "Silver"])
        choices = [{"key": "Gold", "label": "Platinum"}, {"key": "Silver", "label": "Silver"}]
        update_field(field=field, by=SYSTEM, choices=choices)
        assert custom_fields.words(field, "Gold") == "Platinum"
        assert custom_fields.clean("contact", {"it": "platinum"}) == {"it": "Gold"}
        for bad in ([], ["Gold", "gold"], ["x" * 201]):
            with pytest.raises(ValidationError):
                update_field(field=field, by=SYSTEM, choices=bad)
    with acme.scope():
        facts = Event.objects.filter(action="custom_field.changed").order_by("seq")
        assert [("changes" in fact.data) for fact in facts] == [False, True]


def test_keys_are_made_of_labels_and_never_twice(acme):
    with acme.scope():
        for _ in range(2):
            create_field(entity="deal", label="Дата замера", kind="date", by=SYSTEM)
        keys = [field.key for field in custom_fields.definitions("deal")]
        assert keys == ["data_zamera", "data_zamera_2"]
        with pytest.raises(ValidationError):
            create_field(entity="deal", label="x", key="data_zamera", kind="text", by=SYSTEM)
        with pytest.raises(ValidationError):
            create_field(entity="deal", label="x", key="no spaces", kind="text", by=SYSTEM)
    with acme.scope():
        assert CustomField.objects.count() == 2


def test_values_from_before_the_field_are_found_once_the_job_has_come_by(acme, monkeypatch):
    monkeypatch.setattr(indexing, "CHUNK", 2)
    moments = Moments(timezone.now(), ZoneInfo("UTC"))
    with acme.scope():
        made = [
            create_contact(by=SYSTEM, name=name, fields={"tags": tags})
            for name, tags in (("A", ["Red"]), ("B", ["Red", "Blue"]), ("C", ["Blue"]))
        ]
        bare = create_contact(by=SYSTEM, name="D")
        field = create_field(
            entity="contact", label="Tags", key="tags", kind="multi", choices=["Red", "Blue"],
            by=SYSTEM,
        )  # fmt: skip
        asked = parse({"field": "fields.tags", "op": "has", "value": "Red"}, CONTACTS)
        assert not Contact.objects.filter(asked.q(moments)).exists()
        job = Job.objects.get(kind=indexing.KIND)
    for _again in range(2):
        run_job(acme.workspace.id, job.pk)
        with acme.scope():
            found = Contact.objects.filter(asked.q(moments)).order_by("name")
            assert list(found) == made[:2]
            assert FieldValue.objects.filter(field_id=field.pk).count() == 4
            assert not FieldValue.objects.filter(entity_id=bare.pk).exists()
            job.refresh_from_db()
            assert (job.state, job.done, job.counts) == ("done", 3, {"indexed": 4})
            Job.objects.filter(pk=job.pk).update(state="waiting", cursor={}, done=0, counts={})


def test_a_field_of_deals_is_looked_for_among_deals(acme):
    with acme.scope():
        deal = create_deal(
            contact=create_contact(by=SYSTEM, name="Maria"), fields={"kinds": ["Soft"]}, by=SYSTEM
        )
        field = create_field(
            entity="deal", label="Kinds", key="kinds", kind="list", choices=["Soft"], by=SYSTEM
        )
        Deal.objects.filter(pk=deal.pk).update(fields={"kinds": "Soft"})
        job = Job.objects.get(kind=indexing.KIND)
    run_job(acme.workspace.id, job.pk)
    with acme.scope():
        row = FieldValue.objects.get(field_id=field.pk)
        assert (row.entity_id, row.text_value) == (deal.pk, "Soft")
