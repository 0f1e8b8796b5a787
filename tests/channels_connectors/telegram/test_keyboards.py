"""Buttons that we send, places and cards."""

import asyncio

import pytest

from channels_connectors.telegram import errors
from tests.sandbox_server import MARIA

BUY = {"label": "Беру", "action": "reply", "value": "buy:1"}
SHOP = {"label": "В магазин", "action": "link", "value": "https://shop.example/"}
PHONE = {"label": "Дать номер", "action": "phone", "value": ""}
PLACE = {"label": "Где я", "action": "location", "value": ""}


def test_buttons_stand_under_the_message(send, telegram_bot):
    send("Берёте?", payload={"buttons": [[BUY], [SHOP]]})
    assert telegram_bot.answers()[0]["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Беру", "callback_data": "buy:1"}],
            [{"text": "В магазин", "url": "https://shop.example/"}],
        ]
    }


def test_a_pressed_button_comes_back_and_is_answered(send, connector, telegram_bot):
    send("Берёте?", payload={"buttons": [[BUY]]})
    message = telegram_bot.answers()[0]["message_id"]
    telegram_bot.control("presses", person=MARIA, message_id=message, data="buy:1")
    items = [
        item
        for _key, raw in asyncio.run(connector.poll("")).envelopes
        for item in connector.parse(raw)
    ]
    press = items[-1]
    assert (press.text, press.payload) == ("Беру", {"button": "buy:1"})
    assert press.reply_to == f"{MARIA}:{message}"
    asyncio.run(connector.acknowledge(press.acknowledge))
    assert telegram_bot.calls("answerCallbackQuery")[0]["status"] == 200


def test_asking_for_a_number_replaces_the_customers_keyboard(send, telegram_bot):
    send("Как вас найти?", payload={"buttons": [[PHONE, PLACE], [BUY]]})
    keyboard = telegram_bot.chat()["keyboard"]
    assert keyboard["keyboard"] == [
        [
            {"text": "Дать номер", "request_contact": True},
            {"text": "Где я", "request_location": True},
        ],
        [{"text": "Беру"}],
    ]
    assert keyboard["one_time_keyboard"] is True
    telegram_bot.say(contact={"phone_number": "+7", "first_name": "Мария", "own": True})
    assert telegram_bot.chat()["keyboard"] is None


def test_buttons_go_under_the_last_of_several_messages(send, attachment, telegram_bot):
    send("слово " * 2000, payload={"buttons": [[BUY]]})
    assert ["reply_markup" in answer for answer in telegram_bot.answers()] == [False, False, True]


def test_a_file_has_its_buttons_and_an_album_leaves_them_to_the_text(
    send, attachment, telegram_bot
):
    send("Счёт", attachments=(attachment("file"),), payload={"buttons": [[BUY]]})
    assert "reply_markup" in telegram_bot.answers()[0]
    pictures = tuple(attachment("image") for _ in range(2))
    receipt = send("Цвета", attachments=pictures, payload={"buttons": [[BUY]]})
    assert len(receipt.all_external_ids) == 3
    *album, text = telegram_bot.answers()[1:]
    assert ["reply_markup" in item for item in (*album, text)] == [False, False, True]
    assert text["text"] == "Цвета"


def test_an_album_without_a_text_has_no_place_for_buttons(refusal, attachment, telegram_bot):
    pictures = tuple(attachment("image") for _ in range(2))
    error = refusal(attachments=pictures, payload={"buttons": [[BUY]]})
    assert error.words == errors.BUTTONS_WITHOUT_TEXT
    assert telegram_bot.answers() == []


@pytest.mark.parametrize(
    ("buttons", "words"),
    [
        ([[PHONE, SHOP]], errors.LINK_BESIDE_REQUEST),
        ([[{**BUY, "value": "й" * 33}]], errors.LONG_BUTTON),
        ([[{**BUY, "label": " "}]], errors.BAD_BUTTON),
        ([[{**BUY, "action": "call"}]], errors.BAD_BUTTON),
        ([[{**SHOP, "value": ""}]], errors.BAD_BUTTON),
        ([[{**SHOP, "value": "javascript:alert(1)"}]], errors.BAD_BUTTON),
        (["x"], errors.BAD_BUTTON),
        (5, errors.BAD_BUTTON),
    ],
)
def test_buttons_that_cannot_be_are_refused_with_words(refusal, telegram_bot, buttons, words):
    error = refusal("Берёте?", payload={"buttons": buttons})
    assert (error.error_class, error.words) == ("bad_content", words)
    assert telegram_bot.answers() == []


def test_a_button_without_a_value_sends_its_label(send, telegram_bot):
    send("Берёте?", payload={"buttons": [[{"label": "Беру", "action": "reply"}], []]})
    (row,) = telegram_bot.answers()[0]["reply_markup"]["inline_keyboard"]
    assert row == [{"text": "Беру", "callback_data": "Беру"}]


def test_a_long_label_is_no_trouble(send, telegram_bot):
    label = "Да, забронируйте на субботу утром, пожалуйста"
    send("Берёте?", payload={"buttons": [[{"label": label, "action": "reply", "value": label}]]})
    ((button,),) = telegram_bot.answers()[0]["reply_markup"]["inline_keyboard"]
    assert button["text"] == label
    assert label.startswith(button["callback_data"])
    assert 60 < len(button["callback_data"].encode()) <= 64


def test_groups_cannot_be_asked_for_a_number(refusal, telegram_bot):
    group = telegram_bot.control("groups", title="Клуб", person=MARIA)["id"]
    error = refusal("Как вас найти?", chat=group, payload={"buttons": [[PHONE]]})
    assert (error.error_class, error.words) == ("bad_content", errors.PRIVATE_ONLY)


def test_an_edit_keeps_the_buttons_that_it_names(send, connector, outbound, telegram_bot):
    receipt = send("Берёте?", payload={"buttons": [[BUY]]})
    keeping = outbound("Точно берёте?", payload={"buttons": [[BUY]]})
    asyncio.run(connector.edit(receipt.all_external_ids, keeping))
    assert "reply_markup" in telegram_bot.answers()[0]
    asyncio.run(connector.edit(receipt.all_external_ids, outbound("Уже не нужно")))
    assert "reply_markup" not in telegram_bot.answers()[0]


def test_a_place_and_a_card_are_sent_as_such(send, telegram_bot):
    point = {"latitude": 55.75, "longitude": 0.0}
    send(payload={"location": point})
    send(payload={"location": {**point, "title": "ГУМ", "address": "Красная площадь, 3"}})
    send(payload={"contact": {"name": "Анна Мельник", "phone": "+79161234567"}})
    place, venue, card = telegram_bot.answers()
    assert place["location"] == point
    assert venue["venue"] == {
        "location": point,
        "title": "ГУМ",
        "address": "Красная площадь, 3",
    }
    assert card["contact"] == {
        "phone_number": "+79161234567",
        "first_name": "Анна",
        "last_name": "Мельник",
    }


def test_a_text_follows_its_place_and_can_be_changed(send, connector, outbound, telegram_bot):
    payload = {"location": {"latitude": 1, "longitude": 2, "title": "Склад"}, "buttons": [[BUY]]}
    receipt = send("Ждём вас", payload=payload)
    asyncio.run(connector.edit(receipt.all_external_ids, outbound("Уже ждём", payload=payload)))
    place, text = telegram_bot.answers()
    assert place["venue"]["address"] == "Склад"
    assert (text["text"], "reply_markup" in text) == ("Уже ждём", True)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"location": {"latitude": "x", "longitude": 2}}, errors.BAD_PLACE),
        ({"location": {"latitude": 91, "longitude": 2}}, errors.BAD_PLACE),
        ({"location": {"latitude": 1}}, errors.BAD_PLACE),
        ({"location": "Москва"}, errors.BAD_PLACE),
        ({"contact": {"name": "Анна"}}, errors.BAD_CARD),
        ({"contact": "Анна"}, errors.BAD_CARD),
    ],
)
def test_what_is_no_place_or_card_is_said(refusal, payload, words):
    error = refusal(payload=payload)
    assert (error.error_class, error.words) == ("bad_content", words)
