"""Every refusal of the Bot API, from the agent's click to the ledger of the stand-in.

For each: the state that the message is in, when it is tried again, the words that the agent reads,
how often Telegram was called and how often the customer got it, at once and after all is well.
"""

from dataclasses import dataclass

import pytest
from django.utils import timezone

from contacts.models import ContactIdentity
from core.redis import client
from inbox.delivery import outcomes
from inbox.delivery.sweeping import due_conversations
from inbox.models import Message
from tests.cast import make_conversation
from tests.inbox.delivering import Desk, telegram_desk
from tests.inbox.sorting import deliver as post
from tests.inbox.sorting import sort
from tests.sandbox_server import MARIA

pytestmark = pytest.mark.django_db(transaction=True)

OLGA = 620_001


@dataclass(frozen=True)
class Expected:
    """What a fault does. `pause` in seconds, None = not tried again by itself."""

    status: str
    error_class: str
    words: str
    pause: tuple[float, float] | None = None
    arrived: int = 0
    calls_later: int = 1
    arrived_later: int = 0


MAYBE = "may have been delivered"
TABLE = {
    "rate": Expected("queued", "rate", "asks to wait", (3, 7), 0, 2, 1),
    "rate_unsaid": Expected("queued", "rate", "asks to wait", (0.2, 1), 0, 2, 1),
    "server": Expected("queued", "transient", "does not answer", (0.2, 2), 0, 2, 1),
    "gateway": Expected("unknown", "transient", MAYBE),
    "timeout_before": Expected("unknown", "transient", MAYBE),
    "timeout_after": Expected("unknown", "transient", MAYBE, None, 1, 1, 1),
    "blocked": Expected("failed", "recipient_gone", "blocked the bot"),
    "window": Expected("failed", "window_closed", "24 hours"),
    "unauthorized": Expected("queued", "channel_auth", "token", None),
}


@pytest.fixture
def desk(acme, telegram_bot):
    return telegram_desk(acme, telegram_bot)


@pytest.fixture
def business_desk(acme, telegram_bot):
    """A conversation with a customer of Olga's account."""
    connection = telegram_bot.control("business", owner=OLGA)["id"]
    made = telegram_desk(acme, telegram_bot)
    telegram_bot.say("Здравствуйте", connection=connection)
    with acme.scope():
        conversation = make_conversation(made.channel, chat=f"{MARIA}@{connection}")
    return Desk(acme, made.channel, conversation, telegram_bot), connection


@pytest.mark.parametrize("kind", TABLE)
def test_a_fault_has_one_fate(desk, telegram_bot, kind):
    expected = TABLE[kind]
    telegram_bot.fault(kind, retry_after=7, seconds=0.2)
    message = desk.send()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error_class) == (expected.status, expected.error_class)
    assert expected.words in stored.error
    if expected.pause is None:
        assert stored.next_attempt_at is None
    else:
        soonest, latest = expected.pause
        pause = (stored.next_attempt_at - timezone.now()).total_seconds()
        assert soonest - 0.5 <= pause <= latest
    assert len(desk.calls()) == 1
    assert len(telegram_bot.texts()) == expected.arrived

    # All is well again, and nothing comes twice.
    telegram_bot.heal()
    desk.make_due()
    # The pause of the chat itself.
    client().flushdb()
    for _once_more in range(3):
        desk.deliver()
    assert len(desk.calls()) == expected.calls_later
    assert len(telegram_bot.texts()) == expected.arrived_later
    successes = [call for call in desk.calls() if call["message_ids"]]
    assert len(successes) == expected.arrived_later


def test_a_group_that_moved_is_written_to_in_its_new_place_once(desk, telegram_bot):
    telegram_bot.control("groups", id=-4455, title="Клуб", person=MARIA)
    telegram_bot.control("migrations", chat=-4455, to=-1009, person=MARIA)
    with desk.acme.scope():
        conversation = make_conversation(desk.channel, chat="-4455")
    group = Desk(desk.acme, desk.channel, conversation, telegram_bot)
    message = group.send("Здравствуйте")
    group.deliver()
    group.deliver()
    assert group.fresh(message).status == "sent"
    assert group.fresh(message).external_id.startswith("-1009:")
    assert telegram_bot.texts(-1009) == ["Здравствуйте"]
    assert [call["status"] for call in group.calls()] == [400, 200]
    with desk.acme.scope():
        assert ContactIdentity.objects.filter(external_id="-1009").exists()


def test_a_closed_window_of_an_account_fails_once_and_says_why(business_desk, telegram_bot):
    desk, connection = business_desk
    telegram_bot.control("ages", person=MARIA, connection=connection, hours=25)
    message = desk.send("Вы ещё тут?")
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error_class) == ("failed", "window_closed")
    assert "24 hours" in stored.error
    desk.deliver()
    assert due_conversations() == []
    assert len(desk.calls()) == 1


def test_the_echo_settles_what_a_broken_connection_left_open(business_desk, telegram_bot):
    desk, connection = business_desk
    before = len(telegram_bot.calls())
    telegram_bot.fault("timeout_after", seconds=0.2)
    message = desk.send("Да, есть")
    desk.deliver()
    assert desk.fresh(message).status == "unknown"
    (shown,) = telegram_bot.answers(connection=connection)
    with desk.acme.scope():
        post(desk.channel, {"business_message": shown})
    sort()
    stored = desk.fresh(message)
    assert (stored.status, stored.external_id) == (
        "sent",
        f"{MARIA}@{connection}:{shown['message_id']}",
    )
    with desk.acme.scope():
        assert Message.objects.filter(text="Да, есть").count() == 1
    assert len(telegram_bot.calls()) == before + 1


def test_an_accounts_chat_comes_in_and_is_answered_there(acme, business_desk, telegram_bot):
    desk, connection = business_desk
    (question,) = telegram_bot.messages(connection=connection)
    (own,) = telegram_bot.messages()
    with acme.scope():
        for body in ({"business_message": question}, {"message": own}):
            post(desk.channel, body, body)
    sort()
    with acme.scope():
        asked = Message.objects.get(external_id=f"{MARIA}@{connection}:{question['message_id']}")
        assert asked.conversation_id == desk.conversation.id
        assert Message.objects.filter(direction="incoming").count() == 2
        assert not asked.conversation.identity.is_group
    message = desk.send("Да", reply_to=asked)
    desk.deliver()
    assert desk.fresh(message).status == "sent"
    (answer,) = telegram_bot.answers(connection=connection)
    assert answer["reply_to_message"]["message_id"] == question["message_id"]


def test_an_album_that_comes_out_of_order_is_whole(acme, desk, telegram_bot):
    files = {
        f"file{number}": (f"{number}.pdf", b"%PDF-" + bytes([number]), "application/pdf")
        for number in range(3)
    }
    album = telegram_bot.say("Три счёта", files=files)
    with acme.scope():
        for message in (album[2], album[0], album[2], album[1], album[0]):
            post(desk.channel, {"message": message})
    sort()
    with acme.scope():
        kept = Message.objects.filter(kind="file").order_by("platform_order")
        assert [message.attachments.get().name for message in kept] == ["0.pdf", "1.pdf", "2.pdf"]
        assert [message.text for message in kept] == ["Три счёта", "", ""]
        assert len({message.group_key for message in kept}) == 1


def test_shuffled_doubled_and_broken_bodies_leave_each_message_once(acme, desk, telegram_bot):
    said = [telegram_bot.say(f"Сообщение {number}") for number in range(6)]
    said[2] = {**said[2], "text": "Сообщение 2"}
    edited = {**said[2], "text": "Сообщение два", "edit_date": said[2]["date"] + 1}
    whole = [{"message": message} for message in said]
    with acme.scope():
        post(desk.channel, {"edited_message": edited}, *whole[::-1], *whole)
        broken = post(desk.channel, b'{"update_id": 1, "message": {"mess', b"", b"{}" * 2)
    sort()
    with acme.scope():
        kept = Message.objects.filter(direction="incoming", text__startswith="Сообщение")
        assert sorted(kept.values_list("text", flat=True)) == sorted(
            ["Сообщение два", *(f"Сообщение {number}" for number in (0, 1, 3, 4, 5))]
        )
        for envelope in broken:
            envelope.refresh_from_db()
            assert envelope.state == "parked"


def echoes(telegram_bot, connection):
    """The updates for all that the bot has said for the account."""
    shown = telegram_bot.answers(connection=connection)
    return [{"business_message": message} for message in shown]


@pytest.mark.parametrize("early", [False, True])
def test_the_parts_of_a_long_answer_come_back_as_nothing_new(
    acme, business_desk, telegram_bot, monkeypatch, early
):
    desk, connection = business_desk

    def hear():
        with acme.scope():
            post(desk.channel, *echoes(telegram_bot, connection))
        sort()

    if early:
        # The news is faster than the answer to our call.
        written = outcomes.write

        def late(*arguments):
            hear()
            written(*arguments)

        monkeypatch.setattr(outcomes, "write", late)
    message = desk.send("слово " * 2000)
    desk.deliver()
    hear()
    stored = desk.fresh(message)
    assert (stored.status, len(stored.payload["external_ids"])) == ("sent", 3)
    assert desk.statuses() == ["sent"]
    assert len(desk.calls()) == 3
