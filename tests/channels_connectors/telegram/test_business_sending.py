"""Answering for the account of somebody who has connected the bot."""

import asyncio
from dataclasses import replace

import pytest

from channels_connectors.telegram import errors
from channels_connectors.telegram.connector import TelegramConnector
from channels_connectors.telegram.notices import BUSINESS
from tests.channels_connectors.telegram.conftest import OLGA
from tests.sandbox_server import MARIA


@pytest.fixture
def chat(business):
    """Maria's chat with Olga's account."""
    return f"{MARIA}@{business}"


def items(connector):
    """All that has come in."""
    return [
        item
        for _key, raw in asyncio.run(connector.poll("")).envelopes
        for item in connector.parse(raw)
    ]


def test_the_answer_goes_out_in_the_owners_name(send, chat, business, telegram_bot):
    receipt = send("Да, есть", chat=chat)
    (answer,) = telegram_bot.answers(connection=business)
    assert (answer["text"], answer["from"]["id"]) == ("Да, есть", OLGA)
    assert receipt.external_id == f"{chat}:{answer['message_id']}"
    assert telegram_bot.answers() == []


def test_what_comes_in_is_answered_where_it_came_from(connector, outbound, business, telegram_bot):
    asyncio.run(connector.poll(""))
    question = next(item for item in items(connector) if getattr(item, "text", ""))
    asyncio.run(
        connector.send(outbound("Да", chat=question.chat_id, reply_to=question.external_id))
    )
    (answer,) = telegram_bot.answers(connection=business)
    assert answer["reply_to_message"]["text"] == "Здравствуйте"


def test_the_echo_of_our_answer_has_the_id_of_the_receipt(send, connector, chat):
    receipt = send("Да, есть", chat=chat)
    echo = items(connector)[-1]
    assert (echo.external_id, echo.direction) == (receipt.external_id, "outgoing")


def test_the_owners_own_words_come_in_as_ours(connector, business, telegram_bot):
    telegram_bot.say("Приезжайте", connection=business, by_owner=True)
    message = items(connector)[-1]
    assert (message.direction, message.text) == ("outgoing", "Приезжайте")


def test_files_albums_and_buttons_go_too(send, chat, business, attachment, telegram_bot):
    buttons = [[{"label": "Беру", "action": "reply", "value": "buy"}]]
    send("Счёт", chat=chat, attachments=(attachment("file"),), payload={"buttons": buttons})
    send(chat=chat, attachments=tuple(attachment("image") for _ in range(2)))
    send(chat=chat, payload={"location": {"latitude": 1, "longitude": 2}})
    assert len(telegram_bot.answers(connection=business)) == 4


def test_edits_deletions_and_reading_reach_the_account(
    send, connector, outbound, chat, business, telegram_bot
):
    receipt = send("Завтра", chat=chat)
    asyncio.run(connector.edit(receipt.all_external_ids, outbound("Сегодня", chat=chat)))
    assert telegram_bot.texts(connection=business) == ["Сегодня"]
    question = telegram_bot.messages(connection=business)[0]["message_id"]
    asyncio.run(connector.mark_read(chat, f"{chat}:{question}"))
    assert telegram_bot.chat(connection=business)["read_up_to"] == question
    asyncio.run(connector.send_typing(chat))
    assert telegram_bot.calls("sendChatAction")[0]["status"] == 200
    for _twice in range(2):
        asyncio.run(connector.delete(chat, receipt.all_external_ids))
    assert telegram_bot.texts(connection=business) == []


def test_deletions_by_the_customer_come_in(connector, business, chat, telegram_bot):
    question = telegram_bot.messages(connection=business)[0]["message_id"]
    telegram_bot.control("deletions", person=MARIA, connection=business, message_ids=[question])
    assert items(connector)[-1].external_ids == (f"{chat}:{question}",)


def test_two_accounts_never_share_a_chat(send, connector, chat, business, telegram_bot):
    other = telegram_bot.control("business", owner=OLGA + 1)["id"]
    telegram_bot.say("И вам здравствуйте", connection=other)
    telegram_bot.say("И боту")
    chats = {item.chat_id for item in items(connector) if getattr(item, "text", "")}
    assert chats == {str(MARIA), chat, f"{MARIA}@{other}"}
    send("Второму", chat=f"{MARIA}@{other}")
    assert telegram_bot.texts(connection=business) == telegram_bot.texts() == []


def test_after_a_day_of_silence_the_window_is_closed(refusal, chat, business, telegram_bot):
    telegram_bot.control("ages", person=MARIA, connection=business, hours=25)
    error = refusal("Вы ещё тут?", chat=chat)
    assert (error.error_class, error.words) == ("window_closed", errors.WINDOW)
    telegram_bot.say("Да", connection=business)
    assert telegram_bot.texts(connection=business) == []


def test_a_right_that_the_owner_did_not_give_is_named(
    send, refusal, connector, refused, chat, business, telegram_bot
):
    receipt = send("Да", chat=chat)
    telegram_bot.control("business", id=business, rights=[])
    errors_met = [
        refusal("Да", chat=chat),
        refused(connector.mark_read(chat, f"{chat}:1")),
        refused(connector.delete(chat, receipt.all_external_ids)),
    ]
    assert [error.words for error in errors_met] == [errors.BUSINESS_RIGHTS] * 3


def test_an_account_that_left_is_gone_and_the_bot_goes_on(
    send, refusal, chat, business, telegram_bot
):
    telegram_bot.control("business", id=business, is_enabled=False)
    error = refusal("Да", chat=chat)
    assert (error.error_class, error.words) == ("recipient_gone", errors.BUSINESS_GONE)
    telegram_bot.say("А бот?")
    send("На месте")
    assert telegram_bot.texts() == ["На месте"]


def test_a_bot_cannot_react_for_an_account(connector, refused, chat):
    error = refused(connector.react(chat, f"{chat}:1", "👍"))
    assert (error.error_class, error.words) == ("bad_content", errors.NO_BUSINESS_REACTIONS)


def test_health_follows_the_accounts(connector, business, telegram_bot):
    asyncio.run(connector.connect("http://127.0.0.1:9/hook"))
    key = f"{BUSINESS}{business}"
    known = {key: {"owner": "Customer", "enabled": True}, f"{BUSINESS}gone": {"owner": "Иван"}}
    again = TelegramConnector(replace(connector.config, health={**known, "ok": True}))
    health = asyncio.run(again.check())
    assert (health[key]["enabled"], health[key]["owner_id"]) == (True, str(OLGA))
    assert "can_reply" in health[key]["rights"]
    assert health[f"{BUSINESS}gone"] == {"owner": "Иван", "enabled": False}
    telegram_bot.control("business", id=business, is_enabled=False, rights=[])
    health = asyncio.run(again.check())
    assert (health[key]["enabled"], health[key]["rights"]) == (False, [])


def test_a_profile_is_the_persons(connector, business, chat, telegram_bot):
    telegram_bot.say("Боту")
    profile = asyncio.run(connector.fetch_profile(chat))
    assert (profile.person.external_id, profile.person.name) == (chat, "Мария Петрова")
