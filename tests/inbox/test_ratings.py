"""Customers are asked how it was: once, in their language, where it makes sense."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from channels_connectors.models import MessageTemplate
from contacts.models import Contact, ContactIdentity
from events import types
from inbox.models import Conversation, Rating
from inbox.ratings.asking import ask
from inbox.ratings.rules import rule_of, set_rating_rule
from tests.cast import make_channel
from tests.inbox.rating import RatingDesk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(acme):
    return RatingDesk(acme)


def test_who_was_answered_is_asked_once_after_the_closing(desk, acme):
    rating = desk.served()
    (question,) = desk.questions()
    assert (rating.state, question.client_id, question.status) == ("queued", rating.pk, "queued")
    assert (rating.agent_id, rating.team_id) == (acme.boris.pk, acme.sales.pk)
    buttons = question.payload["buttons"][0]
    assert [one["label"][0] for one in buttons] == list("12345")
    assert buttons[4]["value"] == f"rating:{rating.pk.hex}:5"
    desk.asks()
    assert not ask(acme.workspace.id, rating.pk)
    assert len(desk.questions()) == 1
    conversation = desk.fresh()
    assert (conversation.status, conversation.waiting_since) == ("closed", None)


def test_it_is_asked_in_the_customers_language_and_waits_its_time(acme):
    desk = RatingDesk(acme, delay_minutes=10, texts={"ru": "Как вам?", "en": "How was it?"})
    rating = desk.served()
    assert (rating.state, desk.questions()) == ("planned", [])
    assert timedelta(minutes=9) < rating.due_at - timezone.now() < timedelta(minutes=11)
    with acme.scope():
        Rating.objects.update(due_at=timezone.now())
    desk.asks()
    assert desk.questions()[0].text == "Как вам?"


def test_off_is_the_default_and_a_channel_may_have_its_own_rule(acme):
    desk = RatingDesk(acme, is_on=False)
    assert desk.served() is None
    with acme.scope():
        set_rating_rule(channel=desk.channel, by=acme.anna, is_on=True, delay_minutes=0)
        assert rule_of(desk.channel).is_on
        assert not rule_of(None).is_on
    assert desk.served().state == "queued"


@pytest.mark.parametrize("why", ["nobody answered", "a machine did", "blocked", "a group"])
def test_no_talk_is_not_asked_about(desk, acme, why):
    desk.says()
    if why != "nobody answered":
        desk.answers()
    with acme.scope():
        if why == "a machine did":
            desk.conversation().messages.filter(direction="outgoing").update(
                payload={"auto": "away"}
            )
        if why == "blocked":
            Contact.objects.update(blocked_at=timezone.now())
        if why == "a group":
            ContactIdentity.objects.update(is_group=True)
    desk.closes()
    assert desk.rating() is None


@pytest.mark.parametrize(
    ("why", "skip"),
    [
        ("opened again", "reopened"),
        ("switched off", "off"),
        ("paused", "channel"),
        ("unreachable", "unreachable"),
        ("too late", "late"),
    ],
)
def test_what_has_changed_meanwhile_is_looked_at(desk, acme, why, skip):
    desk.says()
    desk.answers()
    desk.closes()
    with acme.scope():
        conversation = desk.conversation()
        if why == "opened again":
            conversation.reopen(by=acme.boris)
        if why == "switched off":
            set_rating_rule(channel=None, by=acme.anna, is_on=False)
        if why == "paused":
            conversation.channel.change_status("paused")
        if why == "unreachable":
            conversation.identity.is_reachable = False
            conversation.identity.save()
        if why == "too late":
            Rating.objects.update(due_at=timezone.now() - timedelta(days=2))
    desk.asks()
    assert (desk.rating().state, desk.rating().skipped_for) == ("skipped", skip)
    assert desk.questions() == []


def test_nobody_is_asked_again_soon_unless_the_question_never_came(desk):
    desk.served()
    desk.is_sent("message.failed")
    assert desk.rating().state == "failed"
    assert desk.served().state == "queued"
    desk.is_sent()
    assert desk.rating().state == "asked"
    assert desk.served().skipped_for == "recent"
    desk.ages(days=31)
    assert desk.served().state == "queued"


def test_the_journal_tells_when_it_was_asked_and_that_it_never_came(desk):
    rating = desk.served()
    assert desk.told(types.CONVERSATION_RATING_ASKED) == []
    desk.is_sent()
    desk.is_sent()
    (told,) = desk.told(types.CONVERSATION_RATING_ASKED)
    assert (told["rating"], told["channel"]) == (str(rating.pk), str(desk.channel.pk))
    desk.is_sent("message.failed")
    assert len(desk.told(types.CONVERSATION_RATING_FAILED)) == 1


def test_a_platform_without_buttons_is_asked_for_a_digit(acme, platform):
    platform()
    desk = RatingDesk(acme)
    desk.says()
    desk.answers()
    with acme.scope():
        type(desk.channel).objects.update(kind="platform")
    desk.closes()
    desk.asks()
    (question,) = desk.questions()
    assert "buttons" not in question.payload
    assert question.text.endswith("от 1 до 5.") or question.text.endswith("from 1 to 5.")


def test_a_closed_window_is_respected(acme, platform):
    platform(window_hours=24)
    desk = RatingDesk(acme)
    desk.says()
    desk.answers()
    with acme.scope():
        type(desk.channel).objects.update(kind="platform")
        Conversation.objects.update(last_incoming_at=timezone.now() - timedelta(hours=25))
    desk.closes()
    desk.asks()
    assert (desk.rating().skipped_for, desk.questions()) == ("refused", [])


@pytest.fixture
def whatsapp(acme):
    """A desk on WhatsApp with templates that could ask, and some that could not."""
    desk = RatingDesk(acme)
    with acme.scope():
        desk.channel = make_channel("whatsapp", credentials={"token": "t" * 20})
        for name, language, text, status in (
            ("how_was_it", "en", "How was it, from 1 to 5?", "approved"),
            ("how_was_it", "ru", "Как вам? От 1 до 5", "approved"),
            ("with_a_name", "ru", "{{1}}, как вам?", "approved"),
            ("in_review", "ru", "Как вам?", "pending"),
        ):
            MessageTemplate.objects.create(
                channel=desk.channel, name=name, language=language, status=status,
                category="utility", components=[{"type": "BODY", "text": text}],
            )  # fmt: skip
    return desk


def test_after_the_window_a_template_asks_in_the_customers_language(acme, whatsapp):
    with acme.scope():
        values = {"is_on": True, "delay_minutes": 0, "template": "how_was_it"}
        set_rating_rule(channel=whatsapp.channel, by=acme.anna, **values)
    whatsapp.says()
    whatsapp.answers()
    with acme.scope():
        long_ago = timezone.now() - timedelta(hours=25)
        Conversation.objects.update(last_incoming_at=long_ago)
    whatsapp.closes()
    whatsapp.asks()
    (question,) = whatsapp.questions()
    assert (question.kind, question.text) == ("template", "Как вам? От 1 до 5")
    assert question.payload["template"]["language"] == "ru"
    assert whatsapp.rating().state == "queued"


def test_inside_of_the_window_words_ask_and_without_a_template_nobody_after_it(acme, whatsapp):
    with acme.scope():
        set_rating_rule(channel=whatsapp.channel, by=acme.anna, is_on=True, delay_minutes=0)
    assert whatsapp.served().state == "queued"
    assert whatsapp.questions()[0].kind == "text"
    whatsapp.ages(days=31)
    whatsapp.says()
    whatsapp.answers()
    with acme.scope():
        Conversation.objects.update(last_incoming_at=timezone.now() - timedelta(hours=25))
    whatsapp.closes()
    whatsapp.asks()
    assert whatsapp.rating().skipped_for == "refused"


@pytest.mark.parametrize("name", ["with_a_name", "in_review", "of nobody"])
def test_a_template_that_could_not_ask_is_refused(acme, whatsapp, name):
    with acme.scope(), pytest.raises(ValidationError) as refusal:
        set_rating_rule(channel=whatsapp.channel, by=acme.anna, template=name)
    assert "template" in refusal.value.message_dict
    with acme.scope():
        # What is gone meanwhile does not keep other changes from being saved.
        MessageTemplate.objects.filter(name="how_was_it").update(status="approved")
        set_rating_rule(channel=whatsapp.channel, by=acme.anna, template="how_was_it")
        MessageTemplate.objects.filter(name="how_was_it").delete()
        set_rating_rule(channel=whatsapp.channel, by=acme.anna, pause_days=1)
