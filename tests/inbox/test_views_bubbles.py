"""What bubbles of all kinds show, and never do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Attachment
from tests.cast import make_channel, make_conversation, make_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(acme):
    with acme.scope():
        return make_conversation(make_channel(), name="Maria")


@pytest.fixture
def shown(acme, talk, log_in):
    """`shown(kind=..., payload=...)`: the page on which such a message stands."""
    client = log_in(acme.anna)

    def show(text="", **values):
        with acme.scope():
            make_message(talk, text, **values)
        return client.get(f"{acme.url}/inbox/{talk.id}/").content.decode()

    return show


def test_buttons_stand_under_their_message(shown):
    rows = [
        [{"label": "Yes <b>", "action": "reply", "value": "y"}],
        [{"label": "Site", "action": "link", "value": "https://acme.example/"}],
        [{"label": "Trap", "action": "link", "value": "javascript:alert(1)"}],
    ]
    text = shown("Well?", direction="outgoing", status="sent", payload={"buttons": rows})
    assert "Yes &lt;b&gt;" in text
    assert 'href="https://acme.example/"' in text
    assert "Trap" in text
    assert "javascript:" not in text


def test_a_pressed_button_is_shown_as_such(shown):
    assert "Pressed a button" in shown("Yes", payload={"button": "y"})


def test_an_order_lists_its_items_and_the_sum(shown):
    items = [{"title": "Sofa", "quantity": 2, "price": "100"}, {"title": "Lamp", "quantity": 1}]
    payload = {"order": "17", "items": items, "amount": "96210.5", "currency": "RUB"}
    text = shown("Sofa × 2\nLamp × 1\n96210.5 RUB\nBy Friday", kind="order", payload=payload)
    for words in ("Order 17", "Sofa", "2 × ₽100", 'order__sum number">₽96,210.50<', "By Friday"):
        assert words in text
    assert "96210.5 RUB" not in text


@pytest.mark.parametrize("amount", ["a lot", "NaN", [1]])
def test_an_order_of_strange_money_is_shown_as_it_came(shown, amount):
    payload = {"items": ["Sofa", {"title": "Lamp"}], "amount": amount, "currency": "gold"}
    assert f"{amount} gold" in shown("1\n2\n3", kind="order", payload=payload).replace(
        "&#x27;", "'"
    )


def test_a_sticker_without_its_picture_is_an_emoji_or_a_plain_word(acme, talk, log_in):
    for text, status in (("", "failed"), ("🔥", "failed")):
        with acme.scope():
            message = make_message(talk, text, kind="sticker")
            Attachment.objects.create(message=message, kind="sticker", status=status)
    page = log_in(acme.anna).get(f"{acme.url}/inbox/{talk.id}/").content.decode()
    assert page.count("message--sticker") == 1
    assert '<span class="sticker sticker--words">🔥</span>' in page
    assert '<span class="message__text faint">Sticker</span>' in page


def test_a_place_is_drawn_and_links_to_a_map(shown):
    payload = {"latitude": 59.93, "longitude": 30.3, "title": "Shop"}
    text = shown(kind="location", payload=payload)
    assert "mlat=59.93&amp;mlon=30.3" in text
    assert "place__map" in text
    assert "Shop" in text


def test_a_place_on_the_equator_is_a_place(shown):
    assert "place__map" in shown(kind="location", payload={"latitude": 0, "longitude": 0})


def test_a_contact_can_be_called(shown):
    text = shown(kind="contact", payload={"name": "Boris", "phone": "+79213842016"})
    assert 'href="tel:+79213842016"' in text
    assert "+7 921 384-20-16" in text


def test_what_cannot_be_shown_says_what_it_is(shown):
    raw = {"question": "<script>"}
    text = shown("Tea?", kind="unsupported", payload={"field": "poll", "raw": raw})
    assert "Poll: cannot be shown here yet." in text
    for field in ("unsupported", "unknown", ""):
        text = shown(kind="unsupported", payload={"field": field})
        assert "Such messages cannot be shown here yet." in text
    assert "Tea?" in text
    assert "&lt;script&gt;" in text
    assert "thread--admin" in text
    assert "new thing: cannot" in shown(kind="unsupported", payload={"field": "new_thing"})


@pytest.mark.parametrize("kind", ["text", "image", "location"])
def test_a_part_that_could_not_be_read_is_told_below_the_rest(shown, kind):
    place = {"geo": [{"coordinates": "<script>x"}]}
    text = shown("Come here", kind=kind, payload={"unread": place})
    assert text.index("Come here") < text.index("A part of this message could not be read.")
    assert "&lt;script&gt;x" in text
    assert "<script>x" not in text


def test_a_message_that_was_cropped_says_so(shown):
    assert "Only a part of this message came." in shown("Long", payload={"is_cropped": True})


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"event": "new_chat_members", "names": ["Olga"]}, "Joined the group: Olga"),
        ({"event": "chat_title_update", "title": "Club"}, "The group has a new name: Club"),
        ({"event": "something_new"}, "It happened"),
    ],
)
def test_service_messages_say_what_happened(shown, payload, words):
    text = "It happened" if payload["event"] == "something_new" else ""
    assert words in shown(text, kind="system", payload=payload)


def test_a_template_says_so_and_shows_its_buttons_and_price(shown):
    text = shown(
        "Dear Maria",
        kind="template",
        direction="outgoing",
        status="sent",
        payload={"template": {"name": "hello", "labels": ["Track"]}},
        price={"billable": True, "category": "marketing"},
    )
    for words in ("Template · hello", "Dear Maria", "Track", "paid: marketing"):
        assert words in text


def test_a_free_message_says_so(shown):
    values = {"direction": "outgoing", "status": "sent", "price": {"billable": False}}
    assert "free of charge" in shown("Hi", **values)


def test_what_an_advertisement_said_stands_above_the_message(shown):
    assert "advertisement" not in shown("Hello", referral={"payload": "abc"})
    referral = {"headline": "Sofas <b>", "source_url": "https://fb.example/ad"}
    text = shown("How much?", referral=referral)
    assert "From an advertisement" in text
    assert 'href="https://fb.example/ad"' in text
    assert "Sofas &lt;b&gt;" in text
    assert "javascript:" not in shown(referral={**referral, "source_url": "javascript:x()"})


def test_what_waits_says_why(shown):
    waits = {"direction": "outgoing", "status": "queued", "error": "Telegram asks to wait."}
    assert "Waiting to be sent: Telegram asks" not in shown("One", **waits)
    later = timezone.now() + timedelta(minutes=5)
    text = shown("Two", **waits, next_attempt_at=later)
    assert "Waiting to be sent: Telegram asks to wait." in text
