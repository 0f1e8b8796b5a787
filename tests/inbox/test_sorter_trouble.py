"""What must not stop the sorter: envelopes that cannot be read, and those that spoil a batch."""

import pytest
from django.db import connection

from channels_connectors.errors import ParkedPayload
from channels_connectors.types import InboundAttachment, InboundEdit, InboundReaction, Person
from contacts.models import Contact, ContactIdentity
from events.models import Event
from inbox.models import Conversation, InboundEnvelope, Message
from inbox.sorter import poison
from inbox.sorter.loop import Sorter, connect
from tests.cast import make_channel
from tests.inbox.scripted import MARIA, arrive, deliver_items, words
from tests.inbox.sorting import NOON, deliver, said, sort, texts

pytestmark = pytest.mark.django_db(transaction=True)

HALF = "half \ud83d"


def parked():
    return list(InboundEnvelope.objects.filter(state="parked").order_by("id"))


def test_what_cannot_be_read_is_parked_with_its_reason_and_keeps_nobody(acme, scripted):
    arrive(
        scripted,
        words("one"),
        ParkedPayload("holds a poll"),
        RuntimeError("a bug of the connector's, with a NUL \0 in it"),
        words("two", id="m2", after=1),
    )
    with acme.scope():
        assert texts(Message.objects.all()) == ["one", "two"]
        assert [(envelope.error, envelope.attempts) for envelope in parked()] == [
            ("holds a poll", 1),
            ("RuntimeError: a bug of the connector's, with a NUL \ufffd in it", 1),
        ]
        assert Event.objects.get(action="channel.parked").data == {"number": 2}


def test_a_poisonous_envelope_is_found_among_many_and_parked(acme, scripted, monkeypatch):
    monkeypatch.setattr(poison, "PAUSE", 0)
    never = InboundAttachment("file", {}, duration="for ever")  # what no column takes
    with acme.scope():
        for number in range(30):
            bad = number in {7, 8, 23}
            files = (never,) if bad else ()
            item = words(str(number), id=f"m{number}", after=number, attachments=files)
            deliver_items(scripted, item)
    sort()
    with acme.scope():
        good = [str(number) for number in range(30) if number not in {7, 8, 23}]
        assert texts(Message.objects.all()) == good
        assert Conversation.objects.get().unread_count == 27
        assert len(parked()) == 3
        assert {envelope.error.partition(":")[0] for envelope in parked()} == {"error"}
        told = Event.objects.filter(action="channel.parked", subject_id=scripted.pk)
        assert [event.data for event in told] == [{"number": 1}] * 3
        assert InboundEnvelope.objects.filter(state="new").count() == 0


def test_texts_that_postgresql_cannot_hold_are_mended(acme, scripted):
    nul = Person("maria", "Ma\0ria", "m\0", "r\0")
    arrive(
        scripted,
        words("zero \0 here", person=nul, payload={"a": ["\0", {"b\0": 1}]}, referral={"c": "\0"},
              group_key="\0", reply_to="x\0", entities=[{"type": "url", "url": "\0"}]),
        words(HALF, id="m2", after=1),
        InboundEdit("maria", "m1", NOON, HALF + "\0"),
        InboundReaction("maria", "m1", Person(HALF, HALF), (HALF,), NOON),
    )  # fmt: skip
    with acme.scope():
        assert parked() == []
        assert texts(Message.objects.all()) == ["half \ufffd\ufffd", "half \ufffd"]
        assert Contact.objects.get().name == "Ma\ufffdria"
        assert Message.objects.get(external_id="m1").referral == {"c": "\ufffd"}


def test_what_is_too_long_is_cut_but_never_an_identifier(acme, scripted):
    long = Person("maria", "n" * 500, "u" * 500, "l" * 500, "1" * 500, email="e" * 500)
    arrive(
        scripted,
        words("t" * 5000, person=long, group_key="g" * 500, kind="hologram", chat_name="c" * 500),
        words(id="i" * 251),
        words(id=""),
        words(id="m4", chat="c" * 201),
        words(id="m5", order=2**63),
        words(id="m6", chat="nul\0"),
    )
    with acme.scope():
        message = Message.objects.get()
        assert (len(message.text), message.kind) == (5000, "unsupported")
        assert len(Conversation.objects.get().last_message_text) == 200
        assert len(ContactIdentity.objects.get().username) == 100
        assert len(parked()) == 5


def test_hostile_telegram_updates_are_stored_or_parked(acme):
    with acme.scope():
        channel = make_channel(credentials={"token": "42:A"})
        deliver(
            channel,
            b"not json",
            b"[]",
            b'{"update_id": 1, "message": null}',
            b'{"update_id": 1, "message": {"chat": 5}}',
            b"[" * 100_000,
            b'{"update_id": 1, "message": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
            {"message": {**said()["message"], "message_id": 2**70}},
            {"message": {**said()["message"], "chat": {"id": "x" * 300, "type": "private"}}},
            # News of an unknown kind is no trouble: it is kept and counted.
            {"holiday": {}},
            said("good"),
            # When it came stands in for when it was said.
            {"message": {**said("undated", number=2)["message"], "date": 10**15}},
        )
    sort()
    with acme.scope():
        assert texts(Message.objects.all()) == ["good", "undated"]
        assert len(parked()) == 8


def test_a_kind_that_nobody_serves_any_more_is_parked(acme):
    with acme.scope():
        deliver(make_channel("carrier_pigeon"), b"coo")
    sort()
    with acme.scope():
        assert [envelope.error for envelope in parked()] == ["no connector for this kind"]


def test_credentials_that_cannot_be_opened_park_nothing_and_keep_no_other_channel(acme, settings):
    with acme.scope():
        broken, fine = (make_channel(credentials={"token": "42:A"}) for _ in range(2))
        with connection.cursor() as cursor:
            cursor.execute(
                "update channels_connectors_channel set credentials = 'x' where id = %s",
                [broken.id],
            )
        deliver(broken, said("lost?"))
        deliver(fine, said("good"))
    assert sort() == 1
    with acme.scope():
        assert texts(Message.objects.all()) == ["good"]
        assert parked() == []
        assert InboundEnvelope.objects.filter(state="new").count() == 1


def test_while_another_sorter_has_the_channel_nothing_is_taken(acme, scripted):
    with acme.scope():
        deliver_items(scripted, words())
    with connect() as other, other.transaction():
        other.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(scripted.id)])
        assert sort() == 0
    assert sort() == 1


def test_an_agent_who_holds_a_conversation_delays_it_and_nothing_else(acme, scripted):
    arrive(scripted, words())
    with acme.scope():
        other = make_channel(credentials={"token": "42:A"})
        deliver_items(scripted, words("held", id="m2", after=1))
        deliver(other, said("free"))
    sorter = Sorter()
    with connect() as agent, connect() as mine:
        mine.execute("set lock_timeout = 100")
        with agent.transaction():
            agent.execute(
                "select set_config('app.workspace_id', %s, true)", [str(acme.workspace.id)]
            )
            agent.execute("select 1 from inbox_conversation for no key update")
            assert sorter.drain(mine) == 1
        assert sorter.drain(mine) == 1
    sorter.messenger.close()
    with acme.scope():
        assert texts(Message.objects.filter(channel=scripted)) == ["Hello", "held"]


def test_the_same_message_from_all_sides_is_one(acme, scripted):
    arrive(scripted, *[words("Hello", person=MARIA)] * 5)
    arrive(scripted, *[words("Hello", person=MARIA)] * 5)
    with acme.scope():
        assert Message.objects.count() == Contact.objects.count() == 1
