"""The outcomes of a send, against the Cloud API's stand-in over HTTP; its journal is the ledger.

Each trouble has a state, a time of the next try and words, and sends nothing twice.
"""

import pytest

from events import types
from inbox.delivery import gestures
from inbox.delivery.sweeping import due_conversations
from inbox.models import Message
from tests.cast import make_message
from tests.inbox.delivering import whatsapp_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(acme, whatsapp_number):
    return whatsapp_desk(acme, whatsapp_number)


def test_a_message_arrives_with_the_key_of_its_row(desk, whatsapp_number):
    message = desk.send("Yes, *plain* text")
    desk.deliver()
    (shown,) = whatsapp_number.answers()
    stored = desk.fresh(message)
    assert shown["text"]["body"] == "Yes, *plain* text"
    assert shown["callback_data"] == str(message.id)
    assert (stored.status, stored.external_id) == ("sent", shown["id"])
    assert (stored.error, stored.attempts) == ("", 1)
    desk.deliver()
    assert len(whatsapp_number.journal()) == 1


# fault -> status, error class, seconds until the next try (None: none), words, what arrived
FAULTS = [
    ({"kind": "rate", "retry_after": 9}, "queued", "rate", (7, 9), "asks to wait", 0),
    ({"kind": "rate"}, "queued", "rate", (0, 2), "asks to wait", 0),
    ({"kind": "pair"}, "queued", "rate", (4, 6), "Too many messages to this customer", 0),
    ({"kind": "spam"}, "queued", "rate", (3500, 3600), "block or report", 0),
    ({"kind": "server"}, "queued", "transient", (0, 2), "does not answer", 0),
    ({"kind": "down"}, "unknown", "transient", None, "may have been delivered", 0),
    ({"kind": "gateway"}, "unknown", "transient", None, "may have been delivered", 0),
    ({"kind": "timeout_before"}, "unknown", "transient", None, "may have been delivered", 0),
    ({"kind": "timeout_after"}, "unknown", "transient", None, "may have been delivered", 1),
    ({"kind": "auth"}, "queued", "channel_auth", None, "does not accept the access token", 0),
    ({"kind": "locked"}, "queued", "channel_auth", None, "restricted or locked", 0),
    ({"kind": "blocked"}, "failed", "recipient_gone", None, "not on WhatsApp", 0),
    ({"kind": "window"}, "failed", "window_closed", None, "More than 24 hours", 0),
    ({"kind": "stopped"}, "failed", "bad_content", None, "has stopped marketing", 0),
    ({"kind": "error", "code": 131049}, "failed", "bad_content", None, "held this", 0),
    ({"kind": "error", "code": 130472}, "failed", "bad_content", None, "experiment", 0),
    ({"kind": "error", "code": 131009}, "failed", "bad_content", None, "missing or wrong", 0),
]


@pytest.mark.parametrize(("fault", "status", "error_class", "wait", "words", "arrived"), FAULTS)
def test_each_trouble_has_its_end(
    desk, whatsapp_number, fault, status, error_class, wait, words, arrived
):
    whatsapp_number.fault(**fault, seconds=0.1)
    message = desk.send()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error_class) == (status, error_class)
    assert words in stored.error
    if wait is None:
        assert stored.next_attempt_at is None
    else:
        assert wait[0] <= desk.wait_left(message) <= wait[1] + 0.1
    desk.deliver()
    assert len(whatsapp_number.journal()) == 1
    assert len(whatsapp_number.texts()) == arrived


def test_what_may_have_arrived_is_never_sent_again(desk, whatsapp_number):
    whatsapp_number.fault("timeout_after", seconds=0.1)
    desk.send()
    desk.deliver()
    assert due_conversations() == []
    assert desk.actions() == [types.MESSAGE_QUEUED, types.MESSAGE_UNCERTAIN]
    desk.send("Next")
    desk.deliver()
    assert desk.statuses() == ["unknown", "sent"]
    assert whatsapp_number.texts() == ["Yes", "Next"]


def test_after_the_wait_it_goes_once(desk, whatsapp_number):
    whatsapp_number.fault("server")
    desk.send()
    desk.deliver()
    desk.make_due()
    desk.deliver()
    desk.deliver()
    assert desk.statuses() == ["sent"]
    assert [call["error"] for call in whatsapp_number.journal()] == [131000, 0]
    assert whatsapp_number.texts() == ["Yes"]


def test_the_limit_of_one_customer_delays_nobody_else(acme, whatsapp_number):
    first = whatsapp_desk(acme, whatsapp_number, "79160000000")
    others = [
        whatsapp_desk(acme, whatsapp_number, f"7916000000{number}", first.channel)
        for number in range(1, 6)
    ]
    whatsapp_number.fault("pair", count=5)
    for desk in [first, *others[:4]]:
        desk.send()
        desk.deliver()
    others[4].send()
    others[4].deliver()
    with acme.scope():
        statuses = Message.objects.order_by("id").values_list("status", flat=True)
        assert list(statuses) == ["queued"] * 5 + ["sent"]


def test_the_limit_of_the_number_delays_everybody(acme, whatsapp_number):
    first = whatsapp_desk(acme, whatsapp_number, "79160000010")
    others = [
        whatsapp_desk(acme, whatsapp_number, f"7916000001{number}", first.channel)
        for number in range(1, 4)
    ]
    whatsapp_number.fault("rate", count=3, retry_after=30)
    for desk in [first, *others]:
        desk.send()
        desk.deliver()
    assert len(whatsapp_number.journal()) == 3
    with acme.scope():
        last = Message.objects.get(conversation=others[2].conversation)
    assert (last.status, last.attempts) == ("queued", 0)


def test_who_is_not_on_whatsapp_is_marked_unreachable(desk, whatsapp_number):
    whatsapp_number.fault("blocked")
    desk.send()
    desk.deliver()
    assert desk.fresh(desk.conversation.identity).is_reachable is False


def test_a_refused_token_breaks_the_channel_and_holds_its_messages(desk, whatsapp_number):
    whatsapp_number.fault("auth", count=None)
    desk.send()
    desk.deliver()
    channel = desk.fresh(desk.channel)
    assert channel.status == "broken"
    assert "does not accept the access token" in channel.status_reason
    desk.send("Second")
    desk.deliver()
    assert len(whatsapp_number.journal()) == 1
    whatsapp_number.control("faults", verb="DELETE")
    with desk.acme.scope():
        channel.change_status("active", by=desk.acme.anna)
    desk.deliver()
    assert whatsapp_number.texts() == ["Yes", "Second"]


def test_nothing_listening_is_tried_again(desk, settings):
    settings.WHATSAPP_API_URL = "http://127.0.0.1:9"
    message = desk.send()
    desk.deliver()
    assert desk.statuses() == ["queued"]
    assert desk.fresh(message).error_class == "transient"


def test_typing_shows_below_the_customers_last_message(desk, whatsapp_number):
    place = (desk.acme.workspace.id, desk.conversation.id)
    gestures.show_typing(*place)
    assert whatsapp_number.journal() == []
    (asked,) = whatsapp_number.messages()
    with desk.acme.scope():
        make_message(desk.conversation, external_id=asked["id"])
    gestures.show_typing(*place)
    (call,) = whatsapp_number.journal()
    assert call["body"]["message_id"] == asked["id"]
    assert call["body"]["typing_indicator"] == {"type": "text"}
    assert whatsapp_number.messages()[0]["read"] is True
