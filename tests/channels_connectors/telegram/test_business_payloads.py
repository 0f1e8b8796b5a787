"""Chats of accounts whose owners let the bot answer for them."""

import pytest

from channels_connectors.errors import ParkedPayload
from channels_connectors.telegram import notices
from channels_connectors.types import (
    InboundDelete,
    InboundEdit,
    InboundNotice,
    InboundProfile,
)
from tests.channels_connectors.telegram.test_payloads import BOT_ID, one, parse, raw

CHAT = "610001@bcid_A1-x"


def test_a_customers_message_has_a_chat_of_the_connection():
    message = one("business_message")
    assert (message.chat_id, message.external_id) == (CHAT, f"{CHAT}:77")
    assert (message.direction, message.text) == ("incoming", "Платье ещё есть?")
    assert message.chat_name == "Мария Петрова"


def test_the_customer_is_the_chat_and_not_a_member_of_a_group():
    assert one("business_message").sender.external_id == CHAT
    assert one("business_callback_query").sender.external_id == CHAT


def test_the_same_person_writes_to_the_bot_in_another_chat():
    assert one("text").chat_id == "610001" != one("business_message").chat_id


def test_what_the_owner_writes_on_the_phone_is_ours():
    message = one("business_message_of_owner")
    assert (message.direction, message.sender.name) == ("outgoing", "Ольга Владелица")
    assert message.external_id == f"{CHAT}:78"


def test_our_own_answer_is_known_by_its_id_when_it_comes_back():
    message = one("business_message_of_ours")
    assert (message.direction, message.external_id) == ("outgoing", f"{CHAT}:79")


def test_an_automatic_answer_of_the_account_is_marked():
    message = one("business_message_away")
    assert (message.direction, message.payload) == ("outgoing", {"automatic": True})


def test_a_shared_number_belongs_to_the_customer_of_this_chat():
    message, profile = parse(raw("business_contact"), BOT_ID)
    assert message.payload["is_sender"] is True
    assert isinstance(profile, InboundProfile)
    assert (profile.chat_id, profile.person.external_id) == (CHAT, CHAT)
    assert profile.person.phone == "79161234567"


def test_edits_and_deletions_name_the_same_messages():
    edit = one("edited_business_message")
    assert isinstance(edit, InboundEdit)
    assert (edit.chat_id, edit.external_id) == (CHAT, f"{CHAT}:77")
    assert edit.text == "Платье синее ещё есть?"
    gone = one("deleted_business_messages")
    assert isinstance(gone, InboundDelete)
    assert (gone.chat_id, gone.external_ids) == (CHAT, (f"{CHAT}:77", f"{CHAT}:81"))
    assert gone.deleted_at is None


def test_a_button_is_pressed_in_the_chat_of_the_connection():
    press = one("business_callback_query")
    assert (press.chat_id, press.external_id) == (CHAT, f"{CHAT}:button-99")
    assert (press.text, press.reply_to) == ("Беру", f"{CHAT}:79")


def test_an_album_is_one_whichever_part_comes_first():
    second, first = one("album_of_business_2"), one("album_of_business_1")
    assert first.group_key == second.group_key == "555"
    assert first.order < second.order


@pytest.mark.parametrize(
    ("name", "level", "words", "enabled", "can_reply"),
    [
        ("business_connection", "info", notices.BUSINESS_CONNECTED, True, True),
        ("business_connection_read_only", "warning", notices.BUSINESS_READ_ONLY, True, False),
        ("business_connection_ended", "warning", notices.BUSINESS_DISCONNECTED, False, False),
    ],
)
def test_a_connection_is_told_with_words_and_health(name, level, words, enabled, can_reply):
    notice = one(name)
    assert isinstance(notice, InboundNotice)
    assert (notice.topic, notice.level, notice.words) == ("business_connection", level, words)
    health = notice.health["business:bcid_A1-x"]
    assert (health["owner"], health["owner_id"]) == ("Ольга Владелица", "620001")
    assert (health["enabled"], "can_reply" in health["rights"]) == (enabled, can_reply)
    assert notice.data["user"]["username"] == "olga_shop"


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("inline_query", "inline_query"),
        ("poll_answer", "poll_answer"),
        ("subscription", "subscription"),
        ("guest_message", "guest_message"),
        ("callback_query_inline", "callback_query"),
    ],
)
def test_news_of_no_conversation_is_counted(name, topic):
    notice = one(name)
    assert isinstance(notice, InboundNotice)
    assert (notice.topic, notice.level, notice.words) == (topic, "info", "")
    assert notice.data


def test_news_of_an_unknown_kind_is_kept_whole():
    notice = one("from_a_later_version")
    assert (notice.topic, notice.words) == ("quantum_entanglement", notices.UNKNOWN_NEWS)
    assert notice.data


def test_anonymous_reactions_are_those_of_the_chat():
    reaction = one("reaction_count")
    assert (reaction.external_id, reaction.emojis) == ("-1002000000001:5", ("👍", "⭐"))
    assert reaction.person.external_id == "-1002000000001"


def test_a_business_message_without_its_connection_is_parked():
    with pytest.raises(ParkedPayload):
        parse(raw("business_message").replace(b"bcid_A1-x", b""), BOT_ID)
