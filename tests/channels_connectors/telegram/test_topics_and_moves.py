"""Groups: topics of forums, growing into a supergroup, the bot's own place in them."""

import pytest

from channels_connectors.telegram import chats
from channels_connectors.telegram.notices import ADDED_TO_GROUP, REMOVED_FROM_GROUP
from channels_connectors.types import (
    InboundChatMoved,
    InboundMessage,
    InboundNotice,
    InboundReachability,
)
from tests.channels_connectors.telegram.test_payloads import BOT_ID, one, parse, raw


def test_a_topic_is_a_conversation_of_its_own():
    message = one("group_text")
    assert (message.chat_id, message.external_id) == ("-1001987654321/7", "-1001987654321:41")
    assert message.chat_name == "Клуб покупателей · Вопросы"
    assert message.reply_to == ""
    assert one("topic_created").chat_id == one("topic_renamed").chat_id == "-1001987654321/90"
    assert one("topic_renamed").chat_name == "Клуб покупателей · Доставка и оплата"


def test_a_reply_inside_a_topic_does_not_rename_it():
    message = one("topic_reply")
    assert (message.chat_id, message.chat_name) == ("-1001987654321/90", "")
    assert message.reply_to == "-1001987654321:92"


def test_comments_outside_of_forums_stay_in_their_group():
    message = one("thread_outside_a_forum")
    assert (message.chat_id, message.reply_to) == ("-1001987654321", "-1001987654321:60")


def test_a_group_that_grows_up_moves():
    message, moved = parse(raw("migrated"), BOT_ID)
    assert isinstance(message, InboundMessage)
    assert (message.kind, message.chat_id) == ("system", "-4455")
    assert message.payload == {"event": "migrate_to_chat_id", "chat_id": "-1001987654321"}
    assert isinstance(moved, InboundChatMoved)
    assert (moved.chat_id, moved.new_chat_id) == ("-4455", "-1001987654321")


def test_the_new_group_tells_the_same_once_more():
    moved = one("migrated_from")
    assert isinstance(moved, InboundChatMoved)
    assert (moved.chat_id, moved.new_chat_id) == ("-4455", "-1001987654321")


@pytest.mark.parametrize(
    ("name", "reachable", "reason", "words"),
    [
        ("added_to_group", True, "", ADDED_TO_GROUP),
        ("removed_from_group", False, "left", REMOVED_FROM_GROUP),
    ],
)
def test_coming_and_going_is_told_to_the_admin(name, reachable, reason, words):
    reachability, notice = parse(raw(name), BOT_ID)
    assert isinstance(reachability, InboundReachability)
    assert (reachability.reachable, reachability.reason) == (reachable, reason)
    assert isinstance(notice, InboundNotice)
    assert (notice.topic, notice.words) == ("bot_in_group", words)
    assert notice.data["chat"]["title"] == "Клуб покупателей"


def test_what_changes_in_between_is_no_news():
    assert one("promoted_in_group").reachable is True
    silenced = one("silenced_in_group")
    assert (silenced.reachable, silenced.reason) == (False, "restricted")


@pytest.mark.parametrize(
    ("chat_id", "place"),
    [
        ("610001", (610001, None, "")),
        ("-1001987654321/90", (-1001987654321, 90, "")),
        ("610001@bcid_A1-x", (610001, None, "bcid_A1-x")),
        ("610001@a/b@c:d", (610001, None, "a/b@c:d")),
        ("@channel", ("", None, "channel")),
    ],
)
def test_ids_are_read_back_as_they_were_made(chat_id, place):
    assert chats.place(chat_id) == place
    found, numbers = chats.messages((f"{chat_id}:5",))
    assert (found, numbers) == (place, [5])
