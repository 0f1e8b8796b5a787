"""What a platform tells of the account itself, of templates and of prices."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils.translation import gettext_lazy as _

from channels_connectors.models import Channel, ChannelNotice, MessageTemplate
from channels_connectors.types import InboundNotice, InboundStatus, InboundTemplate
from contacts.models import Contact, Touch
from events import types
from events.models import Event
from inbox import retention
from inbox.models import Conversation, InboundEnvelope, Message
from tests.inbox.scripted import MARIA, arrive, deliver_items, words
from tests.inbox.sorting import NOON, sort

pytestmark = pytest.mark.django_db(transaction=True)


def at(seconds: float):
    return NOON + timedelta(seconds=seconds)


def told(action):
    return list(Event.objects.filter(action=action).order_by("seq"))


def notice(topic="quality", seconds=0.0, **values):
    return InboundNotice(topic, at(seconds), **values)


def test_a_notice_is_kept_whole_and_told(acme, scripted):
    arrive(
        scripted,
        notice(level="warning", words=_("Message"), data={"rating": "YELLOW"},
               health={"quality": "yellow"}),
    )  # fmt: skip
    with acme.scope():
        kept = ChannelNotice.objects.get()
        assert (kept.topic, kept.level, kept.words) == ("quality", "warning", "Message")
        assert (kept.data, kept.at) == ({"rating": "YELLOW"}, NOON)
        assert Channel.objects.get().health == {"quality": "yellow"}
        [event] = told(types.CHANNEL_NOTICED)
        assert event.data == {"level": "warning", "topic": "quality", "words": "Message"}
        assert event.subject_id == scripted.id


def test_health_is_laid_over_what_is_known(acme, scripted):
    with acme.scope():
        Channel.objects.update(health={"notes": ["x"], "quality": "green"})
    arrive(scripted, notice(health={"quality": "red"}), notice("limit", health={"limit": 250}))
    with acme.scope():
        assert Channel.objects.get().health == {"notes": ["x"], "quality": "red", "limit": 250}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_notice_tells_the_health_in_any_order(acme, scripted, order):
    for place in order:
        arrive(scripted, notice(seconds=place, health={"quality": place}))
    with acme.scope():
        assert Channel.objects.get().health == {"quality": 2}


def test_reading_an_envelope_again_notes_nothing_twice(acme, scripted):
    arrive(scripted, notice())
    with acme.scope():
        deliver_items(scripted, notice("limit"), notice("limit"))
    sort()
    with acme.scope():
        InboundEnvelope.objects.update(state="new")
    sort()
    with acme.scope():
        assert ChannelNotice.objects.count() == 3
        assert len(told(types.CHANNEL_NOTICED)) == 3


def test_topics_are_counted_with_their_latest_word(acme, scripted):
    arrive(
        scripted,
        notice(seconds=1, level="critical", words="Bad"), notice(words="Fine"), notice("limit"),
    )  # fmt: skip
    with acme.scope():
        assert list(ChannelNotice.objects.by_topic()) == [
            {"channel": scripted.id, "topic": "quality", "count": 2, "latest": at(1),
             "level": "critical", "words": "Bad"},
            {"channel": scripted.id, "topic": "limit", "count": 1, "latest": at(0),
             "level": "info", "words": ""},
        ]  # fmt: skip


def test_old_notices_go_and_their_number_stays(acme, scripted, monkeypatch):
    monkeypatch.setattr(retention, "NOTICES_KEPT", 2)
    arrive(scripted, *(notice(seconds=second) for second in range(5)), notice("limit"))
    assert retention.forget_notices() == 3
    assert retention.forget_notices() == 0
    arrive(scripted, notice(seconds=9))
    assert retention.forget_notices() == 1
    with acme.scope():
        kept = ChannelNotice.objects.filter(topic="quality").order_by("at")
        assert [found.at for found in kept] == [at(4), at(9)]
        counts = {found["topic"]: found["count"] for found in ChannelNotice.objects.by_topic()}
        assert counts == {"quality": 6, "limit": 1}


def template(seconds=0.0, **values):
    values = {"external_id": "t1", "name": "hello", "language": "ru", **values}
    return InboundTemplate(at=at(seconds), **values)


@pytest.fixture
def hello(acme, scripted):
    with acme.scope():
        made = MessageTemplate.objects.create(
            channel=scripted, external_id="t1", name="hello", language="ru", category="utility",
            status="pending", quality="unknown", components=[{"type": "BODY", "text": "Hi"}],
        )  # fmt: skip
        MessageTemplate.objects.update(updated_at=at(-60))
    return made


def test_news_of_a_template_change_what_they_name(acme, scripted, hello):
    arrive(scripted, template(status="rejected", reason="Promises too much"))
    with acme.scope():
        hello.refresh_from_db()
        assert (hello.status, hello.reason) == ("rejected", "Promises too much")
        assert (hello.category, hello.quality) == ("utility", "unknown")
        assert hello.components
        [event] = told(types.TEMPLATE_CHANGED)
        assert event.data == {
            "channel": str(scripted.id), "name": "hello", "language": "ru", "status": "rejected",
            "category": "utility", "quality": "unknown", "reason": "Promises too much",
        }  # fmt: skip
    arrive(scripted, template(1, status="approved"), template(2, quality="high"))
    with acme.scope():
        hello.refresh_from_db()
        assert (hello.status, hello.reason, hello.quality) == ("approved", "", "high")


def test_a_template_is_found_by_its_name_too(acme, scripted, hello):
    arrive(scripted, template(external_id="", status="approved"))
    arrive(scripted, template(1, external_id="t9", language="en", status="approved"))
    with acme.scope():
        hello.refresh_from_db()
        assert (hello.status, hello.external_id) == ("approved", "t1")
        other = MessageTemplate.objects.get(language="en")
        assert (other.name, other.external_id, other.status) == ("hello", "t9", "approved")


def test_old_news_of_a_template_have_the_platform_asked(acme, scripted, hello, asked):
    arrive(scripted, template(5, status="approved"))
    assert not asked
    arrive(scripted, template(3, status="pending"))
    with acme.scope():
        hello.refresh_from_db()
        assert hello.status == "approved"
    assert asked == [scripted.id]


def test_an_unknown_template_is_kept_with_what_is_known_and_asked_for(acme, scripted, asked):
    arrive(scripted, template(status="approved", category="marketing"))
    arrive(scripted, template(status="approved", category="marketing"))
    with acme.scope():
        made = MessageTemplate.objects.get()
        assert (made.external_id, made.status, made.category) == ("t1", "approved", "marketing")
        assert len(told(types.TEMPLATE_CHANGED)) == 1
    assert asked == [scripted.id]


def test_news_of_a_template_without_a_name_that_nobody_knows_have_the_platform_asked(
    acme, scripted, asked
):
    arrive(scripted, template(name="", language="", status="approved"))
    with acme.scope():
        assert not MessageTemplate.objects.exists()
    assert asked == [scripted.id]


@pytest.fixture
def asked(monkeypatch):
    """Channels whose platform was asked for its templates."""
    channels = []
    monkeypatch.setattr(
        "inbox.sorter.messenger.ask_for_templates", lambda workspace_id, pk: channels.append(pk)
    )
    return channels


@pytest.fixture
def ours(acme, scripted):
    arrive(scripted, words())
    with acme.scope():
        return Message.objects.create(
            conversation=Conversation.objects.get(), channel=scripted, direction="outgoing",
            text="Hi", status="sent", external_id="a1", sent_at=at(10),
        )  # fmt: skip


PRICE = {"billable": True, "category": "utility", "model": "PMP", "type": "regular"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_price_comes_with_any_status(acme, scripted, ours, order):
    items = [
        InboundStatus("a1", "delivered", at(11), price={**PRICE, "category": "marketing"}),
        InboundStatus("a1", "read", at(13)),
        InboundStatus("a1", "delivered", at(12), price=PRICE),
    ]
    with acme.scope():
        for place in order:
            deliver_items(scripted, items[place])
    sort()
    with acme.scope():
        ours.refresh_from_db()
        assert (ours.price, ours.status) == (PRICE, "read")


def test_a_price_that_came_before_its_message_waits_for_it(acme, scripted):
    arrive(scripted, words())
    arrive(scripted, InboundStatus("a1", "delivered", at(11), price=PRICE))
    with acme.scope():
        message = Message.objects.create(
            conversation=Conversation.objects.get(), channel=scripted, direction="outgoing",
            text="Hi", status="sent", external_id="a1", sent_at=at(10),
        )  # fmt: skip
    arrive(scripted, words("two", id="m2", after=20))
    with acme.scope():
        message.refresh_from_db()
        assert (message.price, message.status) == (PRICE, "delivered")


def test_all_that_was_read_with_it_has_prices_of_its_own(acme, scripted, ours):
    with acme.scope():
        Message.objects.create(
            conversation=ours.conversation, channel=scripted, direction="outgoing", text="So",
            status="sent", external_id="a2", sent_at=at(20),
        )  # fmt: skip
    arrive(scripted, InboundStatus("a2", "read", at(30), and_earlier=True, price=PRICE))
    with acme.scope():
        ours.refresh_from_db()
        assert (ours.status, ours.price) == ("read", None)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_customers_latest_words_are_known_in_any_order(acme, scripted, order):
    items = [
        words(), words("later", id="m2", after=5),
        words("ours", id="m3", after=9, direction="outgoing"),
        words("", id="m4", after=12, kind="system"),
    ]  # fmt: skip
    for place in order:
        arrive(scripted, items[place])
    with acme.scope():
        assert Conversation.objects.get().last_incoming_at == at(5)


def test_a_referral_becomes_a_touch_once(acme, scripted):
    came = words("/start abc", referral={"start": "abc", "more": 1})
    arrive(scripted, came, came)
    arrive(scripted, came, words("two", id="m2", after=1))
    with acme.scope():
        touch = Touch.objects.get()
        assert touch.contact == Contact.objects.get()
        assert (touch.kind, touch.source, touch.content) == ("deep_link", "scripted", "abc")
        assert (touch.at, touch.channel_id) == (NOON, scripted.id)
        assert touch.message_id == Message.objects.get(external_id="m1").id
        assert touch.data == {"start": "abc", "more": 1}
        [event] = told(types.TOUCH_RECORDED)
        assert event.subject_id == touch.id
        assert event.data == {
            "contact": str(touch.contact_id), "kind": "deep_link", "source": "scripted",
            "medium": "", "campaign": "",
        }  # fmt: skip


def test_one_visit_of_which_many_messages_tell_is_one(acme, scripted):
    first = {"at": at(-60).isoformat(), "utm_source": "yandex"}
    again = {"at": at(5).isoformat(), "utm_source": "letter"}
    with acme.scope():
        for number in range(2):
            came = {"first_touch": first, "last_touch": first}
            deliver_items(scripted, words(id=f"a{number}", after=number, referral=came))
    sort()
    arrive(scripted, words(id="b", after=9, referral={"first_touch": first, "last_touch": again}))
    with acme.scope():
        touches = Touch.objects.order_by("at").values_list("source", "at", "kind")
        assert list(touches) == [("yandex", at(-60), "visit"), ("letter", at(5), "visit")]


def test_a_visit_in_the_future_was_at_the_message(acme, scripted):
    ahead = {"at": at(3600).isoformat(), "utm_source": "yandex"}
    arrive(scripted, words(referral={"last_touch": ahead}))
    with acme.scope():
        assert Touch.objects.get().at == NOON


def test_what_we_wrote_elsewhere_is_no_touch(acme, scripted):
    arrive(scripted, words(direction="outgoing", person=MARIA, referral={"start": "x"}))
    with acme.scope():
        assert not Touch.objects.exists()
