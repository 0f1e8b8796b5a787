"""Reading again what was delivered, and forgetting it in the end."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from channels_connectors.errors import ParkedPayload
from core.ids import uuid7
from events.models import Event
from inbox import retention
from inbox.models import InboundEnvelope, Message, PendingReference
from tests.inbox import scripted as platform
from tests.inbox.scripted import arrive, deliver_items, words
from tests.inbox.sorting import deliver, sort, texts

pytestmark = pytest.mark.django_db(transaction=True)


def replay(**options) -> str:
    told = StringIO()
    arguments = [f"--{name.rstrip('_')}={value}" for name, value in options.items()]
    call_command("replay_inbound", *arguments, stdout=told)
    return told.getvalue()


def states():
    return sorted(InboundEnvelope.objects.values_list("state", flat=True))


def test_what_was_parked_is_read_again_once_it_can_be(acme, scripted):
    arrive(scripted, words("one"), ParkedPayload("a kind of tomorrow"))
    with acme.scope():
        assert states() == ["done", "parked"]
        raw = bytes(InboundEnvelope.objects.get(state="parked").raw)
    platform._meanings[raw] = [words("two", id="m2", after=1)]
    assert replay(channel=scripted.id) == "1 envelopes will be read again.\n"
    assert sort() == 1
    with acme.scope():
        assert states() == ["done", "done"]
        assert texts(Message.objects.all()) == ["one", "two"]


def test_reading_everything_again_changes_nothing(acme, scripted):
    arrive(scripted, words("one"), words("two", id="m2", after=1, reply_to="m1"))
    with acme.scope():
        before = list(Message.objects.order_by("id").values())
        facts = Event.objects.count()
    assert replay(workspace="acme", state="done").startswith("2 ")
    assert sort() == 2
    with acme.scope():
        assert list(Message.objects.order_by("id").values()) == before
        assert Event.objects.exclude(action="channel.replayed").count() == facts


def test_a_time_and_a_channel_narrow_what_is_read_again(acme, rival, scripted):
    with acme.scope():
        for day in (1, 2, 3):
            envelope = deliver_items(scripted, ParkedPayload("x"))
            at = datetime(2026, 3, day, 12, tzinfo=UTC)
            InboundEnvelope.objects.filter(pk=envelope.pk).update(state="parked", received_at=at)
    assert replay(from_="2026-03-02", to="2026-03-03").startswith("1 ")
    assert replay(from_="2026-03-03T12:00:00Z").startswith("1 ")
    with pytest.raises(CommandError, match="no such channel"):
        replay(channel=uuid7())
    with pytest.raises(CommandError):
        replay(workspace="rival", channel=scripted.id)


def old_id(days: float):
    return retention.first_id_of(timezone.now() - timedelta(days=days)).int + 7


def test_old_sorted_envelopes_are_forgotten_parked_ones_are_not(acme, scripted, monkeypatch):
    monkeypatch.setattr(retention, "CHUNK", 2)
    with acme.scope():
        for index, (days, state) in enumerate(
            [(31, "done"), (40, "done"), (90, "done"), (31, "parked"), (31, "new"), (29, "done")]
        ):
            InboundEnvelope.objects.create(
                id=type(uuid7())(int=old_id(days) + index),
                channel=scripted, dedup_key=str(index), raw=b"x", state=state,
            )  # fmt: skip
    assert retention.forget_envelopes() == 3
    with acme.scope():
        assert states() == ["done", "new", "parked"]


def test_news_of_messages_that_never_came_are_forgotten(acme, scripted):
    with acme.scope():
        for hours in (23, 25):
            PendingReference.objects.create(
                id=type(uuid7())(int=old_id(hours / 24)), channel=scripted, kind="delete",
                external_id=str(hours), item={}, at=timezone.now(),
            )  # fmt: skip
    assert retention.forget_references() == 1
    with acme.scope():
        assert PendingReference.objects.get().external_id == "23"


def test_the_first_id_of_a_moment_divides_before_from_after():
    before = uuid7()
    assert before < retention.first_id_of(timezone.now() + timedelta(seconds=1))
    assert before > retention.first_id_of(timezone.now() - timedelta(seconds=1))


def test_the_same_envelope_is_never_stored_twice(acme, scripted):
    with acme.scope():
        first = deliver(scripted, b"x")[0]
        with pytest.raises(Exception, match="envelope_unique"):
            InboundEnvelope.objects.create(channel=scripted, dedup_key=first.dedup_key, raw=b"y")
