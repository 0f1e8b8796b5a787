"""One chat under several names, and chats that move."""

import random
from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from channels_connectors.types import (
    InboundChatMoved,
    InboundConsent,
    InboundProfile,
    InboundReachability,
    Person,
)
from contacts.models import Consent, Contact, ContactIdentity, ContactLabel, Label, Touch
from events import types
from events.models import Event
from inbox import retention
from inbox.models import Conversation, Message, PendingReference
from inbox.sorter import batch, messages
from tests.cast import make_channel
from tests.inbox.scripted import KIND, MARIA, arrive, deliver_items, words
from tests.inbox.sorting import NOON, sort, texts

pytestmark = pytest.mark.django_db(transaction=True)

PHONE, SCOPED = "79215550102", "RU.13491208655302741918"
BY_PHONE = Person(PHONE, "Maria")
BOTH = Person(PHONE, "Maria", aliases=(SCOPED,))
BY_SCOPED = Person(SCOPED, "Maria")
BOTH_SCOPED_FIRST = Person(SCOPED, "Maria", aliases=(PHONE,))
MOVE = InboundChatMoved("old", "new", NOON)


def said(text: str, person: Person, *, after: float = 0, chat: str = ""):
    return words(
        text, id=f"id of {text}", after=after, chat=chat or person.external_id, person=person
    )


def in_group(text: str, chat: str, *, after: float = 0):
    return words(
        text, id=f"{chat}:{text}", after=after, chat=chat, person=MARIA, chat_name="Builders"
    )


def only_chat():
    """The one identity, with the names that it answers to."""
    identity = ContactIdentity.objects.get()
    assert Contact.objects.get() == identity.contact
    assert Conversation.objects.get().identity == identity
    return identity.external_id, set(identity.aliases)


def told(action):
    return list(Event.objects.filter(action=action).order_by("seq"))


def test_a_chat_is_found_by_an_alias_that_is_known(acme, scripted):
    arrive(scripted, said("one", BOTH), said("two", BY_SCOPED, after=1))
    with acme.scope():
        assert only_chat() == (PHONE, {SCOPED})
        assert texts(Message.objects) == ["one", "two"]
        assert not ContactIdentity.objects.get().is_group


def test_a_chat_is_found_by_an_alias_that_is_new(acme, scripted):
    arrive(scripted, said("one", BY_PHONE), said("two", BOTH_SCOPED_FIRST, after=1))
    with acme.scope():
        assert only_chat() == (PHONE, {SCOPED})
        assert texts(Message.objects) == ["one", "two"]


def test_names_within_one_batch_lead_to_one_chat(acme, scripted):
    with acme.scope():
        deliver_items(scripted, said("two", BY_SCOPED, after=1), said("one", BOTH))
        deliver_items(
            scripted, InboundReachability(SCOPED, False, NOON + timedelta(days=1), "left")
        )
    sort()
    with acme.scope():
        name, aliases = only_chat()
        assert {name, *aliases} == {PHONE, SCOPED}
        assert not ContactIdentity.objects.get().is_reachable


def test_a_profile_tells_of_aliases_too(acme, scripted):
    arrive(scripted, said("one", BY_PHONE), InboundProfile(PHONE, BOTH))
    arrive(scripted, said("two", BY_SCOPED, after=1))
    with acme.scope():
        assert only_chat() == (PHONE, {SCOPED})


def test_people_of_a_group_do_not_name_it(acme, scripted):
    author = Person("p1", "Ivan", aliases=("p2",))
    arrive(scripted, words(chat="group", person=author, chat_name="Builders"))
    with acme.scope():
        assert only_chat() == ("group", set())


def test_the_same_names_on_another_channel_are_another_chat(acme, scripted):
    with acme.scope():
        other = make_channel(KIND, name="Other")
    arrive(scripted, said("one", BOTH))
    arrive(other, words("two", id="x", chat=SCOPED, person=BY_SCOPED))
    with acme.scope():
        assert ContactIdentity.objects.count() == Contact.objects.count() == 2


def two_chats(acme, scripted):
    """Maria's phone and her scoped id, which nobody knows to be one; both have a history."""
    arrive(scripted, said("one", BY_PHONE), said("two", BY_SCOPED, after=10))
    with acme.scope():
        first = Conversation.objects.get(identity__external_id=PHONE)
        second = Conversation.objects.get(identity__external_id=SCOPED)
        first.close(by=acme.anna)
        second.accept(by=acme.boris)
        sofa, repeat = (Label.objects.create(name=name) for name in ("sofa", "repeat"))
        for contact, label in [
            (first.contact, sofa), (second.contact, sofa), (second.contact, repeat),
        ]:  # fmt: skip
            ContactLabel.objects.create(contact=contact, label=label)
        Contact.objects.filter(pk=first.contact_id).update(
            note="Calls late", fields={"a": 1, "b": 1}
        )
        Contact.objects.filter(pk=second.contact_id).update(
            note="Likes blue", fields={"b": 2, "c": 2}, email="m@example.com", owner=acme.boris
        )
        for contact, granted, at in [
            (first.contact, True, NOON),
            (second.contact, False, timezone.now()),
        ]:
            Consent.objects.create(
                contact=contact, channel=scripted, purpose="marketing", is_granted=granted,
                origin="agent", at=at,
            )  # fmt: skip
        Touch.objects.create(contact=second.contact, kind="ad", at=NOON)
    return first, second


def test_two_chats_that_are_one_are_settled_without_loss(acme, scripted):
    first, second = two_chats(acme, scripted)
    arrive(scripted, said("three", BOTH, after=20))
    with acme.scope():
        assert only_chat() == (PHONE, {SCOPED})
        assert texts(Message.objects) == ["one", "two", "three"]
        talk, contact = Conversation.objects.get(), Contact.objects.get()
        assert (talk.id, contact.id) == (first.id, first.contact_id)
        assert (talk.status, talk.assignee_id) == ("accepted", acme.boris.id)
        assert (talk.last_message_text, talk.unread_count) == ("three", 2)
        assert talk.waiting_since == NOON + timedelta(seconds=10)
        assert talk.last_incoming_at == NOON + timedelta(seconds=20)
        assert contact.fields == {"a": 1, "b": 1, "c": 2}
        assert contact.note == "Calls late\n\nLikes blue"
        assert (contact.email, contact.owner_id) == ("m@example.com", acme.boris.id)
        assert sorted(contact.labels.values_list("name", flat=True)) == ["repeat", "sofa"]
        assert not Consent.objects.get().is_granted
        assert Touch.objects.get().contact_id == contact.id
        [merged] = told(types.CONVERSATION_MERGED)
        assert merged.conversation_id == talk.id
        assert merged.data["absorbed"] == str(second.id)
        assert told(types.CONTACT_MERGED)[0].data == {"absorbed": str(second.contact_id)}


def test_settling_twice_changes_nothing_more(acme, scripted):
    two_chats(acme, scripted)
    arrive(scripted, said("three", BOTH, after=20))
    arrive(scripted, said("three", BOTH, after=20), said("four", BOTH_SCOPED_FIRST, after=30))
    with acme.scope():
        assert texts(Message.objects) == ["one", "two", "three", "four"]
        assert len(told(types.CONVERSATION_MERGED)) == 1


def test_a_crash_while_settling_leaves_all_as_it_was(acme, scripted, monkeypatch):
    two_chats(acme, scripted)
    with acme.scope():
        deliver_items(scripted, said("three", BOTH, after=20))
        before = sorted(Message.objects.values_list("conversation_id", "external_id"))

    class Crashed(BaseException):
        pass

    def crash(*arguments):
        raise Crashed

    with monkeypatch.context() as patched:
        patched.setattr(messages, "add", crash)
        with pytest.raises(Crashed):
            sort()
    with acme.scope():
        assert sorted(Message.objects.values_list("conversation_id", "external_id")) == before
        assert ContactIdentity.objects.count() == Contact.objects.count() == 2
    sort()
    with acme.scope():
        assert only_chat() == (PHONE, {SCOPED})
        assert texts(Message.objects) == ["one", "two", "three"]


def test_a_contact_with_other_addresses_brings_them_along(acme, scripted):
    two_chats(acme, scripted)
    with acme.scope():
        second = ContactIdentity.objects.get(external_id=SCOPED)
        other = ContactIdentity.objects.create(
            channel=make_channel(), contact_id=second.contact_id, external_id="77"
        )
    arrive(scripted, said("three", BOTH, after=20))
    with acme.scope():
        other.refresh_from_db()
        assert other.contact == Contact.objects.get()


@pytest.mark.parametrize("known", [0, 1, 2])
def test_a_chat_that_moved_is_the_same_chat(acme, scripted, known):
    story = [in_group("one", "old"), MOVE, in_group("two", "new", after=1)]
    arrive(scripted, *story[:known])
    arrive(scripted, *story[known:])
    with acme.scope():
        assert only_chat() == ("new", {"old"})
        [moved] = told(types.IDENTITY_MOVED)
        assert moved.conversation_id == Conversation.objects.get().id
        assert moved.data == {"channel": str(scripted.id), "before": "old", "after": "new"}
        names = Message.objects.in_order().values_list("external_id", flat=True)
        assert list(names) == ["old:one", "new:two"]


@pytest.mark.parametrize("splits", ["one by one", "together"])
@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_move_may_come_at_any_time_and_twice(acme, scripted, order, splits):
    items = [in_group("one", "old"), MOVE, in_group("two", "new", after=1), MOVE]
    shuffled = [items[place] for place in order]
    if splits == "together":
        with acme.scope():
            for item in shuffled:
                deliver_items(scripted, item)
        sort()
    else:
        for item in shuffled:
            arrive(scripted, item)
    with acme.scope():
        assert only_chat() == ("new", {"old"})
        assert texts(Message.objects) == ["one", "two"]
        assert not PendingReference.objects.exists()


@pytest.mark.parametrize("seed", range(8))
def test_a_chat_that_moves_on_ends_where_it_went_last(acme, scripted, seed):
    rng = random.Random(seed)
    items = [
        in_group("one", "old"), MOVE, in_group("two", "new", after=1),
        InboundChatMoved("new", "newest", NOON + timedelta(hours=1)),
        in_group("three", "newest", after=4000),
    ]  # fmt: skip
    rng.shuffle(items)
    for item in items:
        arrive(scripted, item)
    with acme.scope():
        assert only_chat() == ("newest", {"old", "new"})
        assert texts(Message.objects) == ["one", "two", "three"]


def test_a_customer_who_takes_the_old_number_again_is_followed(acme, scripted):
    back = InboundChatMoved("new", "old", NOON + timedelta(days=1))
    arrive(scripted, in_group("one", "old"), MOVE, back)
    with acme.scope():
        assert only_chat() == ("old", {"new"})


def test_a_move_of_a_chat_that_nobody_knows_waits_and_is_forgotten_in_the_end(acme, scripted):
    arrive(scripted, MOVE)
    with acme.scope():
        assert not ContactIdentity.objects.exists()
        kept = PendingReference.objects.get()
    assert retention.forget_references() == 0
    with acme.scope():
        old = retention.first_id_of(timezone.now() - timedelta(days=31))
        PendingReference.objects.filter(pk=kept.pk).update(id=old)
    assert retention.forget_references() == 1


def consent(granted: bool, seconds: float, chat: str = "maria"):
    return InboundConsent(chat, "marketing", granted, NOON + timedelta(seconds=seconds), "button")


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_later_word_of_a_consent_counts_in_any_order(acme, scripted, order):
    items = [words(), consent(True, 1), consent(False, 2), consent(False, 2)]
    for place in order:
        arrive(scripted, items[place])
    with acme.scope():
        kept = Consent.objects.get()
        assert (kept.is_granted, kept.channel_id) == (False, scripted.id)
        assert (kept.origin, kept.detail) == ("platform", "button")
        assert kept.at == NOON + timedelta(seconds=2)
        assert kept.contact == Contact.objects.get()
        last = told(types.CONTACT_CONSENT_CHANGED)[-1]
        assert last.subject_id == kept.contact_id
        assert last.data == {
            "purpose": "marketing", "channel": str(scripted.id), "granted": False,
            "origin": "platform", "detail": "button", "at": "2026-03-02T12:00:02Z",
        }  # fmt: skip
        assert not PendingReference.objects.exists()


def test_the_same_word_again_is_no_news(acme, scripted):
    arrive(scripted, words(), consent(True, 1))
    arrive(scripted, consent(True, 60))
    arrive(scripted, consent(False, 30))
    with acme.scope():
        assert Consent.objects.get().at == NOON + timedelta(seconds=60)
        assert len(told(types.CONTACT_CONSENT_CHANGED)) == 1


def test_a_consent_finds_the_chat_by_an_alias(acme, scripted):
    arrive(scripted, said("one", BOTH), consent(False, 1, chat=SCOPED))
    with acme.scope():
        assert not Consent.objects.get().is_granted


def test_batches_without_other_names_ask_nothing_of_aliases(acme, scripted, monkeypatch):
    arrive(scripted, words())
    monkeypatch.setattr(batch.chats, "find", None)
    monkeypatch.setattr(batch.chats, "by_alias", None)
    arrive(scripted, words("two", id="m2", after=1))
    with acme.scope():
        assert texts(Message.objects) == ["Hello", "two"]


def test_aliases_are_found_by_all_of_their_names_within_the_workspace(acme, rival, scripted):
    people = [Person(f"p{n}", "Maria", aliases=(f"a{n}", f"b{n}")) for n in range(3)]
    arrive(scripted, *(said(f"text {n}", person) for n, person in enumerate(people)))
    query = "select identity_id from identities_by_alias(%s, %s)"
    asked = [scripted.id, ["a0", "b0", "b2", "p1", "nobody"]]
    with acme.scope(), connection.cursor() as cursor:
        cursor.execute(query, asked)
        found = {row[0] for row in cursor.fetchall()}
        names = ContactIdentity.objects.filter(pk__in=found).values_list("external_id", flat=True)
        assert set(names) == {"p0", "p2"}
        cursor.execute(query, [uuid4(), asked[1]])
        assert cursor.fetchall() == []
    with rival.scope(), connection.cursor() as cursor:
        cursor.execute(query, asked)
        assert cursor.fetchall() == []
