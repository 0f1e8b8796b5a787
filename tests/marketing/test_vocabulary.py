"""Conditions about broadcasts and segments find whom a naive reading finds."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contacts.models import Contact
from contacts.vocabulary import CONTACTS
from core.conditions import exact, parse
from core.conditions.operators import OF_KIND
from crm.models import Deal, Pipeline
from marketing.models import Broadcast, BroadcastRecipient, Segment, SegmentMember
from tests.cast import make_channel
from tests.contacts.people import holds
from workspaces.zones import moments

pytestmark = pytest.mark.django_db

NAMES = ["First", "Second"]
WORDS = ("received", "read", "not_read", "answered", "clicked", "bought")
FIELDS = [f"broadcast.{word}" for word in WORDS]
# Of these VK alone tells who has read a message.
KINDS = ["telegram", "vk"]
STORY = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["queued", "sent", "delivered", "read", "failed", "unknown"]),
        "kind": st.sampled_from(KINDS),
        "answered": st.booleans(),
        "clicked": st.booleans(),
        "sent_days_ago": st.integers(0, 50),
        "won_days_ago": st.none() | st.integers(0, 50),
    }
)
PERSON = st.fixed_dictionaries(
    {
        "first": st.none() | STORY,
        "second": st.none() | STORY,
        "listed": st.booleans(),
        "name": st.sampled_from(["Anna", "Boris"]),
    }
)


class Known:
    def __init__(self, pk, values):
        self.id, self.values = pk, values


@st.composite
def leaves(draw):
    name = draw(st.sampled_from([*FIELDS, "segment"]))
    one = st.sampled_from(["Listed", "Annas", "Nothing"] if name == "segment" else [*NAMES, "No"])
    operator = draw(st.sampled_from(OF_KIND["many"]))
    if operator == "set":
        value = draw(st.booleans())
    elif operator in {"has_any", "has_all"}:
        value = draw(st.lists(one, min_size=1, max_size=2))
    else:
        value = draw(one)
    return {"field": name, "op": operator, "value": value}


DOCUMENTS = st.one_of(
    leaves(),
    st.fixed_dictionaries(
        {}, optional={"all": st.lists(leaves(), max_size=2), "any": st.lists(leaves(), max_size=2)}
    ),
    st.fixed_dictionaries({"not": leaves()}),
)


def settle(said, broadcasts, segment, channels, number):
    """Make a contact as described, and what a naive reading knows of them."""
    now = timezone.now()
    contact = Contact.objects.create(name=said["name"])
    values = {field: [] for field in FIELDS}
    won = []
    for key, broadcast in zip(("first", "second"), broadcasts, strict=True):
        story = said[key]
        if story is None:
            continue
        sent_at = now - timedelta(days=story["sent_days_ago"])
        reached = story["state"] in {"sent", "delivered", "read"}
        BroadcastRecipient.objects.create(
            broadcast=broadcast,
            contact=contact,
            channel=channels[story["kind"]],
            state=story["state"],
            variant="a",
            next_at=now,
            sent_at=sent_at if reached else None,
            answered_at=now if story["answered"] else None,
            clicked_at=now if story["clicked"] else None,
        )
        if story["won_days_ago"] is not None:
            won.append(now - timedelta(days=story["won_days_ago"]))
            make_deal(contact, won[-1], number * 10 + len(won))
        is_read = story["state"] == "read"
        for word, holds_true in (
            ("received", reached), ("read", is_read),
            ("not_read", reached and not is_read and story["kind"] == "vk"),
            ("answered", story["answered"]), ("clicked", story["clicked"]),
        ):  # fmt: skip
            values[f"broadcast.{word}"] += [broadcast.name] if holds_true else []
    for key, broadcast in zip(("first", "second"), broadcasts, strict=True):
        story = said[key]
        if story and story["state"] in {"sent", "delivered", "read"}:
            sent_at = now - timedelta(days=story["sent_days_ago"])
            if any(sent_at <= at < sent_at + timedelta(days=30) for at in won):
                values["broadcast.bought"].append(broadcast.name)
    if said["listed"]:
        SegmentMember.objects.create(segment=segment, contact=contact)
    values["segment"] = [
        *(["Listed"] if said["listed"] else []), *(["Annas"] if said["name"] == "Anna" else []),
    ]  # fmt: skip
    return Known(contact.pk, values)


def make_deal(contact, at, number):
    pipeline = Pipeline.objects.first()
    Deal.objects.create(
        contact=contact,
        number=number,
        pipeline=pipeline,
        stage=pipeline.stages.first(),
        position=f"a{number}",
        currency="RUB",
        status="won",
        # A moment later than the broadcasts of the same day.
        closed_at=at + timedelta(seconds=1),
    )


@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(crowd=st.lists(PERSON, min_size=3, max_size=6), data=st.data())
def test_conditions_find_whom_a_naive_reading_finds(acme, monkeypatch, crowd, data):
    monkeypatch.setattr("tests.contacts.people.MANY", {*FIELDS, "segment"})
    with acme.scope() as scope:
        scope.memory.clear()
        with transaction.atomic():
            segment = Segment.objects.create(name="Listed", is_frozen=True)
            annas = {"field": "name", "op": "eq", "value": "Anna"}
            Segment.objects.create(name="Annas", conditions=annas)
            broadcasts = [Broadcast.objects.create(name=name, segment=segment) for name in NAMES]
            channels = {kind: make_channel(kind=kind) for kind in KINDS}
            known = [
                settle(said, broadcasts, segment, channels, number)
                for number, said in enumerate(crowd, 1)
            ]
            for _ in range(20):
                document = data.draw(DOCUMENTS)
                now = moments()
                condition = parse(document, CONTACTS)
                found = Contact.objects.filter(condition.q(now))
                wanted = {person.id for person in known if holds(document, person, now)}
                assert set(found.values_list("pk", flat=True)) == wanted, document
                parts = exact.terms(Contact.objects.all(), condition, now)
                assert exact.balance(parts) == len(wanted), document
            transaction.set_rollback(True)


def test_whoever_was_written_to_where_nothing_is_told_left_nothing_unread(acme):
    with acme.scope():
        segment = Segment.objects.create(name="All")
        broadcast = Broadcast.objects.create(name="First", segment=segment)
        for kind in ("telegram", "max", "email", "vk", "whatsapp", "livechat"):
            BroadcastRecipient.objects.create(
                broadcast=broadcast,
                contact=Contact.objects.create(name=kind),
                channel=make_channel(kind=kind),
                state="sent",
                sent_at=timezone.now(),
            )
        Contact.objects.create(name="not written to")
        document = {"field": "broadcast.not_read", "op": "has", "value": "First"}
        found = Contact.objects.fulfilling(document).values_list("name", flat=True)
        assert set(found) == {"vk", "whatsapp", "livechat"}


def test_a_strangers_broadcast_is_nobodys(acme, rival):
    with rival.scope():
        segment = Segment.objects.create(name="All")
        broadcast = Broadcast.objects.create(name="First", segment=segment)
        contact = Contact.objects.create(name="Rosa")
        BroadcastRecipient.objects.create(
            broadcast=broadcast, contact=contact, state="sent", next_at=timezone.now()
        )
    with acme.scope():
        Contact.objects.create(name="Anna")
        for name in (*FIELDS, "segment"):
            for value in ("First", "All", str(broadcast.pk), str(segment.pk)):
                document = {"field": name, "op": "has", "value": value}
                assert not Contact.objects.fulfilling(document).exists()
