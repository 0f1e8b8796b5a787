"""Conditions on deals: PostgreSQL finds what a naive reading in Python finds."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.actions import update_contact
from contacts.defining import create_field
from contacts.models import ContactLabel, Label
from core.conditions import Moments, parse
from crm.actions import create_deal, follow_deal, move_deal
from crm.models import Deal, LossReason, Task
from crm.vocabulary import DEALS
from events.journal import SYSTEM
from tests.cast import make_channel, make_conversation
from workspaces import zones

pytestmark = pytest.mark.django_db
unhurried = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
NUMBERS = ["-1", "0", "1", "2.5", "3", "10", "1000", "5000", "999999999"]
TEXTS = ["Maria", "mar", "YANDEX", "vk", "", "x", "%", "_"]


def facts(deal, now, zone):
    """What a deal says, by the names of the vocabulary, read one by one."""
    tasks = list(Task.objects.filter(deal=deal, done_at=None))
    waiting = deal.conversation.waiting_since if deal.conversation else None
    reason = deal.loss_reason
    named = [reason, reason.parent] if reason and reason.parent else [reason] if reason else []
    return {
        "number": deal.number,
        "title": deal.title,
        "stage": str(deal.stage_id),
        "group": deal.stage.group,
        "status": deal.status,
        "amount": deal.amount,
        "paid": deal.paid,
        "owner": str(deal.owner_id) if deal.owner_id else None,
        "team": str(deal.team_id) if deal.team_id else None,
        "loss_reason": [word for one in named for word in (str(one.pk), one.name.lower())],
        "created_at": deal.created_at,
        "closed_at": deal.closed_at,
        "expected_on": deal.expected_on,
        "days_in_stage": (now - deal.stage_since) // timedelta(days=1),
        "has_task": bool(tasks),
        "overdue_task": any(task.due_at < now for task in tasks),
        "unanswered": waiting is not None,
        "unanswered_since": waiting,
        "contact.name": deal.contact.name,
        "contact.labels": {label.name for label in deal.contact.labels.all()},
        "followers": {str(follower.membership_id) for follower in deal.followers.all()},
        "channel": str(deal.channel_id) if deal.channel_id else None,
        "source": deal.source,
    }


def holds(document, said, now, zone):
    if "field" in document:
        return leaf_holds(document, said[document["field"]], now, zone)
    every = all(holds(part, said, now, zone) for part in document.get("all", []))
    some = document.get("any")
    none = document.get("not")
    return (
        every
        and (not some or any(holds(part, said, now, zone) for part in some))
        and (none is None or not holds(none, said, now, zone))
    )


def leaf_holds(leaf, said, now, zone):
    field, op, value = leaf["field"], leaf["op"], leaf["value"]
    kind = DEALS.get(field).kind
    if op in {"ne", "not_in", "has_no", "not_contains", "not_last_days"}:
        positive = {"ne": "eq", "not_in": "in", "has_no": "has", "not_contains": "contains"}
        return not leaf_holds({**leaf, "op": positive.get(op, "last_days")}, said, now, zone)
    if op == "set":
        there = said is not None and said not in ("", [], set())
        return there == value
    if kind == "boolean":
        return said == value
    if kind == "many":
        wanted = value if op in {"has_any", "has_all"} else [value]
        return (all if op == "has_all" else any)(one in said for one in wanted)
    if field == "loss_reason":
        return any(one in said or one.lower() in said for one in (value if op == "in" else [value]))
    if said is None:
        return False
    if kind in {"number", "money"}:
        low, high = (value if op == "between" else (value, value)) if op != "in" else (0, 0)
        return {
            "eq": lambda: said == Decimal(value),
            "in": lambda: any(said == Decimal(one) for one in value),
            "gt": lambda: said > Decimal(value),
            "gte": lambda: said >= Decimal(value),
            "lt": lambda: said < Decimal(value),
            "lte": lambda: said <= Decimal(value),
            "between": lambda: Decimal(low) <= said <= Decimal(high),
        }[op]()
    if kind in {"moment", "day"}:
        day = said if kind == "day" else said.astimezone(zone).date()
        today = now.astimezone(zone).date()
        return {
            "on": lambda: day == date.fromisoformat(value),
            "before": lambda: day < date.fromisoformat(value),
            "after": lambda: day > date.fromisoformat(value),
            "between": lambda: date.fromisoformat(value[0]) <= day <= date.fromisoformat(value[1]),
            "last_days": lambda: day >= today - timedelta(days=value),
            "next_days": lambda: (
                (day >= today if kind == "day" else said >= now)
                and day <= today + timedelta(days=value)
            ),
        }[op]()
    if kind == "text":
        said = said.lower()
        return {
            "eq": lambda: said == value.lower(),
            "contains": lambda: value.lower() in said,
            "starts_with": lambda: said.startswith(value.lower()),
            "in": lambda: said in [one.lower() for one in value],
        }[op]()
    return said in (value if op == "in" else [value])


@pytest.fixture
def world(sales):
    """Deals of many kinds, and the values that documents may ask for."""
    acme, now = sales.acme, timezone.now()
    channels = [make_channel(), make_channel("platform")]
    labels = [Label.objects.create(name=name) for name in ("sofa", "vip")]
    reasons = {
        "lost": cycle(LossReason.objects.filter(outcome="lost").exclude(parent=None)[:2]),
        "not_a_lead": cycle(LossReason.objects.filter(outcome="not_a_lead", parent=None)[:1]),
    }
    stages = cycle(sales.stages.values())
    for number in range(24):
        conversation = make_conversation(
            channels[number % 2], name=["Maria", "Marina", "Олег"][number % 3]
        )
        if number % 4 == 0:
            conversation.waiting_since = now - timedelta(days=number / 8)
            conversation.save()
        for at, label in enumerate(labels):
            if number % (at + 2) == 0:
                ContactLabel.objects.create(contact=conversation.contact, label=label)
        deal = create_deal(
            contact=conversation.contact,
            conversation=conversation if number % 5 else None,
            by=SYSTEM,
            title=["Sofa", "", "100% oak"][number % 3],
            amount=[None, Decimal(1000), Decimal("2.50"), Decimal(0)][number % 4],
            owner=[None, acme.boris, acme.vera][number % 3],
            team=[None, acme.sales][number % 2],
            source=["", "Yandex", "vk"][number % 3],
            expected_on=[None, now.date(), date(2026, 1, 31)][number % 3],
        )
        stage = next(stages)
        found = reasons.get(stage.group)
        move_deal(deal, to=stage, by=SYSTEM, loss_reason=next(found) if found else None)
        Deal.objects.filter(pk=deal.pk).update(
            created_at=now - timedelta(days=number, hours=number),
            stage_since=now - timedelta(hours=13 * number, minutes=1),
        )
        if number % 6 == 0:
            follow_deal(deal, by=acme.vera)
        if number % 3 == 0:
            late = timedelta(hours=1 if number % 2 else -1)
            Task.objects.create(
                deal=deal, text="Call", due_at=now + late, done_at=now if number % 9 == 0 else None
            )
    values = {
        "stage": [str(stage.pk) for stage in sales.stages.values()],
        "owner": [str(acme.boris.pk), str(acme.vera.pk)],
        "team": [str(acme.sales.pk), str(acme.support.pk)],
        "followers": [str(acme.vera.pk), str(acme.boris.pk)],
        "channel": [str(channel.pk) for channel in channels],
        "contact.labels": ["sofa", "vip", "none"],
        "group": ["active", "won", "lost", "not_a_lead"],
        "status": ["open", "won", "lost", "not_a_lead"],
        "loss_reason": [str(one.pk) for one in LossReason.objects.all()[:6]]
        + ["Too expensive", "price"],
    }
    return now, values


def leaves(values):
    """Well-formed questions about every field that `facts` knows."""
    days = st.sampled_from(["2026-01-31", "2020-01-01"]) | st.dates(
        date(2026, 1, 1), date(2026, 12, 31)
    ).map(str)
    of_kind = {
        "number": st.sampled_from(NUMBERS),
        "money": st.sampled_from(NUMBERS),
        "text": st.sampled_from(TEXTS),
        "moment": days,
        "day": days,
        "boolean": st.booleans(),
    }

    def leaf(field, op):
        kind = DEALS.get(field).kind
        one = st.sampled_from(values[field]) if field in values else of_kind[kind]
        if field == "number":
            one = st.integers(-1, 30)
        if op == "set":
            value = st.booleans()
        elif op in {"last_days", "not_last_days", "next_days"}:
            value = st.integers(0, 30)
        elif op in {"in", "not_in", "has_any", "has_all"}:
            value = st.lists(one, min_size=1, max_size=3)
        elif op == "between":
            value = st.lists(one, min_size=2, max_size=2)
        else:
            value = one
        return st.fixed_dictionaries({"field": st.just(field), "op": st.just(op), "value": value})

    known = [
        *("number", "title", "stage", "group", "status", "amount", "paid", "owner", "team"),
        *("loss_reason", "created_at", "closed_at", "expected_on", "days_in_stage", "has_task"),
        *("overdue_task", "unanswered", "unanswered_since", "contact.name", "contact.labels"),
        *("followers", "channel", "source"),
    ]
    pairs = [(field, op) for field in known for op in DEALS.get(field).operators]
    return st.sampled_from(pairs).flatmap(lambda pair: leaf(*pair))


def test_deals_are_found_as_a_naive_reading_finds_them(world):
    now, values = world
    zone = zones.zone()
    moments = Moments(now, zone)
    deals = list(
        Deal.objects.select_related("stage", "contact", "conversation", "loss_reason__parent")
    )
    said = {deal.pk: facts(deal, now, zone) for deal in deals}
    documents = st.recursive(
        leaves(values),
        lambda inner: st.fixed_dictionaries(
            {},
            optional={
                "all": st.lists(inner, max_size=2),
                "any": st.lists(inner, max_size=2),
                "not": inner,
            },
        ),
        max_leaves=4,
    )

    @unhurried
    @given(document=documents)
    def same(document):
        found = set(
            Deal.objects.filter(parse(document, DEALS).q(moments)).values_list("pk", flat=True)
        )
        expected = {pk for pk, known in said.items() if holds(document, known, now, zone)}
        assert found == expected, document

    same()


def test_every_field_offers_what_a_form_needs(world):
    for field in DEALS:
        assert str(field.label)
        assert str(field.group)
        for value, label in field.choices() if field.choices else ():
            assert isinstance(value, str)
            assert str(label)


def test_a_stage_is_offered_with_its_pipeline(sales):
    offered = dict(DEALS.get("stage").choices())
    assert offered[str(sales.stages["Paid"].pk)] == "Sales: Paid"
    assert all(UUID(pk) for pk in offered)


def test_own_fields_of_deals_and_of_customers_are_asked_like_any_other(sales):
    create_field(entity="deal", label="Size", kind="list", choices=["Big", "Small"], by=SYSTEM)
    create_field(entity="contact", label="City", kind="text", by=SYSTEM)
    big = sales.deal("Maria", fields={"size": "Big"})
    other = sales.deal("Ivan", fields={"size": "Small"})
    update_contact(contact=big.contact, by=SYSTEM, fields={"city": "Kazan"}, labels=["VIP"])
    moments = zones.moments()

    def found(*leaves):
        asked = [dict(zip(("field", "op", "value"), leaf, strict=True)) for leaf in leaves]
        rows = Deal.objects.filter(parse({"all": asked}, DEALS).q(moments))
        return set(rows.values_list("pk", flat=True))

    assert found(("fields.size", "eq", "big")) == {big.pk}
    assert found(("fields.size", "ne", "Big")) == {other.pk}
    assert found(("contact.fields.city", "starts_with", "kaz")) == {big.pk}
    assert found(("contact.labels", "has_no", "vip")) == {other.pk}
    assert found(("contact.deals.count", "gte", 1)) == {big.pk, other.pk}
    assert found(("contact.name", "contains", "iva"), ("fields.size", "set", True)) == {other.pk}
    named = {field.name: field for field in DEALS}
    assert named["fields.size"].choices() == [("Big", "Big"), ("Small", "Small")]
    assert str(named["contact.fields.city"].label) == "Customer: City"
    assert DEALS.get("contact.company.name") is None
