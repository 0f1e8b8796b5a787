"""What customers say of a conversation, and that a bare mark opens nothing."""

import pytest

from contacts.timeline import page
from core.conditions import parse
from crm.models import Deal
from events import types
from events.models import Event
from inbox import timeline
from inbox.api.ratings import told_to
from inbox.models import Conversation
from inbox.ratings.reading import Said, button, pressed, read
from inbox.sorter.ratings import HIDDEN
from inbox.vocabulary_of_conversations import CONVERSATIONS
from tests.inbox.rating import RatingDesk, SortedDesk
from workspaces.zones import moments

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(acme):
    return SortedDesk(acme)


def test_a_mark_is_a_digit_and_nothing_that_only_begins_with_one():
    marks = {"5": 5, " 4! ": 4, "5️⃣": 5}
    marks |= {"3 из 5": 3, "4/5": 4, "5 спасибо большое!": 5, "2 😞": 2}
    marks |= {"⭐" * 4: 4}
    assert {text: read(text) for text in marks} == {text: Said(one) for text, one in marks.items()}
    for text in ("6", "0", "15", "2. Where is it?", "3 дня прошло", "4,5", "5 на 7", "Thanks", ""):
        assert read(text) is None, text
    assert read("2, I waited") == Said(2, "I waited")
    assert read("4\nтолько долго") == Said(4, "только долго")
    assert read("3 - so so") == Said(3, "so so")
    assert read("3-4 days") is None


def test_a_message_of_any_length_is_read_at_once():
    for between in ("\n", " ", " - ", "\n- "):
        assert read(f"5{between * 20_000}1") is None


def test_a_bare_mark_is_kept_and_opens_nothing(desk, acme):
    rating = desk.served()
    assert pressed(button(rating.pk, 3)) == (rating.pk, 3)
    desk.is_sent()
    desk.says("5")
    rating, conversation = desk.rating(), desk.fresh()
    assert (rating.state, rating.score, rating.comment) == ("answered", 5, "")
    assert (conversation.status, conversation.unread_count) == ("closed", 0)
    assert conversation.waiting_since is None
    assert conversation.last_message_text == "5"
    (told,) = desk.told(types.CONVERSATION_RATED)
    assert (told["score"], told["agent"]) == (5, str(acme.boris.pk))
    assert desk.told(types.CONVERSATION_REOPENED) == []
    with acme.scope():
        assert Deal.objects.count() == 1
    desk.says("Where is my order?")
    assert desk.fresh().status == "new"


def test_a_button_is_pressed_and_pressed_again(acme):
    desk = SortedDesk(acme, thanks={"ru": "Спасибо за оценку"})
    desk.served()
    desk.presses(4)
    assert (desk.rating().score, desk.fresh().status) == (4, "closed")
    desk.presses(4)
    desk.presses(2)
    assert desk.rating().score == 2
    told = desk.told(types.CONVERSATION_RATED)
    assert [(one["before"], one["score"]) for one in told] == [(None, 4), (4, 2)]
    # Thanks are said once, and open nothing either.
    assert [one.text for one in desk.questions()][1:] == ["Спасибо за оценку"]
    assert desk.fresh().status == "closed"


def test_a_button_counts_also_in_a_talk_that_goes_on_and_a_digit_does_not(desk, rival):
    rating = desk.served()
    desk.presses(1, RatingDesk(rival).served())
    assert desk.rating().score is None
    desk.says("One more question")
    waiting, unread = desk.fresh().waiting_since, desk.fresh().unread_count
    desk.says("3")
    assert desk.rating().score is None
    desk.presses(5, rating)
    conversation = desk.fresh()
    assert (desk.rating().score, conversation.status) == (5, "new")
    assert (conversation.unread_count, conversation.waiting_since) == (unread + 1, waiting)


def test_words_with_a_mark_or_after_it_are_its_comment_and_a_message(desk, acme):
    desk.served()
    desk.says("2, I waited for three days")
    rating = desk.rating()
    assert (rating.score, rating.comment) == (2, "I waited for three days")
    assert desk.fresh().status == "new"
    with acme.scope():
        events = list(Event.objects.filter(conversation_id=desk.conversation().pk).order_by("seq"))
        told = [text for _event, text in timeline.sentences(events)]
        lines = [item.line for item in page(desk.conversation().contact, acme.anna).items]
    sentence = "The customer’s rating: 2 of 5"
    assert sentence in told
    assert (sentence, "I waited for three days") in [(one.text, one.detail) for one in lines]
    desk.ages(days=31)
    desk.served()
    desk.presses(3)
    assert desk.fresh().status == "closed"
    desk.says("It was too dear")
    rating = desk.rating()
    assert (rating.score, rating.comment) == (3, "It was too dear")
    assert desk.fresh().status == "new"


def test_too_late_a_digit_is_a_message_and_a_press_still_opens_nothing(desk):
    desk.served()
    desk.ages(hours=25)
    desk.presses(5)
    assert (desk.rating().score, desk.fresh().status) == (None, "closed")
    desk.says("5")
    assert (desk.rating().score, desk.fresh().status) == (None, "new")


def test_a_hidden_mark_stands_nowhere_in_the_conversation(acme):
    desk = SortedDesk(acme, is_hidden=True)
    desk.served()
    desk.says("4")
    assert desk.rating().score == 4
    assert desk.fresh().last_message_text == HIDDEN
    desk.presses(2)
    desk.says("1, I waited for three days")
    rating = desk.rating()
    assert (rating.score, rating.comment) == (1, "I waited for three days")
    with acme.scope():
        conversation = desk.conversation()
        said = conversation.messages.filter(direction="incoming").order_by("id")
        words = [message.text for message in said][1:]
        assert words == [HIDDEN, HIDDEN, "I waited for three days"]
        events = list(Event.objects.filter(conversation_id=conversation.pk).order_by("seq"))
        told = [text for event, text in timeline.sentences(events) if "score" in event.data]
        assert set(told) == {"The customer rated the conversation"}
        asked = parse({"field": "rating", "op": "lte", "value": 5}, CONVERSATIONS).q(moments())
        assert not Conversation.objects.filter(asked).exists()
        assert (rating.is_told_to(acme.boris), rating.is_told_to(acme.owner)) == (False, True)
        assert list(told_to(acme.boris)) == []
        assert list(told_to(acme.owner)) == [rating]


def test_a_digit_that_comes_too_late_is_not_taken_for_a_hidden_mark(acme):
    desk = SortedDesk(acme, is_hidden=True)
    desk.served()
    desk.ages(hours=25)
    desk.says("5")
    assert (desk.rating().score, desk.fresh().last_message_text) == (None, "5")
