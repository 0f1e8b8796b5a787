"""Buttons and templates, against the sandbox over real HTTP."""

import pytest

from channels_connectors.whatsapp import words
from tests.channels_connectors.whatsapp.pictures import picture
from tests.sandbox_whatsapp import EMMA


def rows(*buttons):
    return {"buttons": [[{"label": b[0], "action": b[1], "value": b[2]}] for b in buttons]}


def test_up_to_three_replies_are_buttons(send, whatsapp_number):
    send("Берёте?", payload=rows(("Да", "reply", "yes"), ("Нет", "reply", "no")))
    (answer,) = whatsapp_number.answers()
    assert answer["interactive"]["type"] == "button"
    replies = [button["reply"] for button in answer["interactive"]["action"]["buttons"]]
    assert replies == [{"id": "yes", "title": "Да"}, {"id": "no", "title": "Нет"}]


def test_more_or_longer_replies_are_a_list(send, whatsapp_number):
    sizes = [(f"Размер {size}", "reply", str(size)) for size in range(40, 50)]
    send("Какой?", payload=rows(*sizes))
    long = "Расскажите мне о доставке в другой город"
    send("Что ещё?", payload=rows((long, "reply", "x"), ("Ничего", "reply", "x")))
    first, second = (one["interactive"] for one in whatsapp_number.answers())
    assert first["type"] == second["type"] == "list"
    assert len(first["action"]["sections"][0]["rows"]) == 10
    row, other = second["action"]["sections"][0]["rows"]
    assert (row["title"], row["description"]) == ("Расскажите мне о достав…", long)
    assert row["id"] != other["id"]


def test_one_link_is_a_button_and_more_are_told(send, whatsapp_number):
    send("Смотрите", payload=rows(("Каталог", "link", "https://shop.example/")))
    both = rows(("Каталог", "link", "https://shop.example/"), ("Да", "reply", "yes"))
    send("Смотрите", payload=both)
    first, second = (one["interactive"] for one in whatsapp_number.answers())
    assert first["action"]["parameters"] == {
        "display_text": "Каталог",
        "url": "https://shop.example/",
    }
    assert (second["type"], second["body"]["text"]) == (
        "button",
        "Смотрите\nКаталог: https://shop.example/",
    )


def test_a_place_can_be_asked_for(send, whatsapp_number):
    send("Где вы?", payload=rows(("Место", "location", "")))
    assert whatsapp_number.answers()[0]["interactive"]["type"] == "location_request_message"


def test_a_picture_stands_above_buttons(send, attachment, whatsapp_number):
    file = attachment("image", data=picture())
    send("Берёте?", attachments=(file,), payload=rows(("Да", "reply", "yes")))
    (answer,) = whatsapp_number.answers()
    assert answer["interactive"]["header"]["type"] == "image"


def test_buttons_hang_on_the_end_of_a_long_text(send, whatsapp_number):
    send("слово " * 800, payload=rows(("Да", "reply", "yes")))
    answers = whatsapp_number.answers()
    assert [one["type"] for one in answers][-1] == "interactive"
    assert " ".join(whatsapp_number.texts()) == ("слово " * 800).strip()


@pytest.mark.parametrize(
    ("text", "buttons", "said"),
    [
        ("x", [(str(n), "reply", str(n)) for n in range(11)], words.TOO_MANY_BUTTONS),
        ("x", [("a", "location", ""), ("b", "reply", "b")], words.MIXED_BUTTONS),
        ("x", [("a", "phone", "")], words.PHONE_BUTTON),
        ("", [("a", "reply", "a")], words.EMPTY),
    ],
)
def test_buttons_that_whatsapp_does_not_have_are_said(
    refusal, whatsapp_number, text, buttons, said
):
    error = refusal(text, payload=rows(*buttons))
    assert (error.error_class, error.words) == ("bad_content", said)
    assert whatsapp_number.journal() == []


def test_a_template_goes_outside_the_window(send, whatsapp_number):
    whatsapp_number.settle(window="closed")
    whatsapp_number.make_template("order_ready", "Заказ {{1}} готов, {{2}}")
    template = {"name": "order_ready", "language": "ru", "body": ["№ 5", "Мария"]}
    send("Заказ № 5 готов, Мария", payload={"template": template})
    assert whatsapp_number.texts() == ["Заказ № 5 готов, Мария"]


def test_a_template_has_named_variables_a_picture_and_buttons(send, attachment, whatsapp_number):
    example = whatsapp_number.handle(picture())
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [example]}}
    whatsapp_number.make_template(
        "sale", "Скидка {{size}} для {{name}}", named=True, components=[header]
    )
    template = {
        "name": "sale",
        "language": "ru",
        "body": {"name": "Мария", "size": "20 %"},
        "buttons": ["autumn", "", {"type": "quick_reply", "value": "stop"}],
    }
    file = attachment("image", data=picture())
    send("Скидка", payload={"template": template}, attachments=(file,))
    (answer,) = whatsapp_number.answers()
    assert answer["words"] == "Скидка 20 % для Мария"
    header, body, url, reply = answer["template"]["components"]
    assert header["parameters"][0]["image"]["id"]
    assert body["parameters"][0] == {"type": "text", "parameter_name": "name", "text": "Мария"}
    assert (url["sub_type"], url["index"]) == ("url", "0")
    assert (reply["index"], reply["parameters"]) == (
        "2",
        [{"type": "payload", "payload": "stop"}],
    )


@pytest.mark.parametrize(
    ("template", "status", "said"),
    [
        ({"name": "other", "language": "ru"}, "APPROVED", words.NO_TEMPLATE),
        ({"name": "hello", "language": "en", "body": ["x"]}, "APPROVED", words.NO_TEMPLATE),
        ({"name": "hello", "language": "ru"}, "APPROVED", words.TEMPLATE_VARIABLES),
        ({"name": "hello", "language": "ru", "body": ["x"]}, "PENDING", words.NO_TEMPLATE),
        ({"name": "hello", "language": "ru", "body": ["x"]}, "PAUSED", words.TEMPLATE_PAUSED),
        ({"name": "hello", "language": "ru", "body": ["x"]}, "DISABLED", words.TEMPLATE_DISABLED),
    ],
)
def test_a_template_that_cannot_go_says_why(refusal, whatsapp_number, template, status, said):
    whatsapp_number.make_template("hello", "Здравствуйте, {{1}}", status)
    error = refusal("x", payload={"template": template})
    assert (error.error_class, error.words) == ("bad_content", said)


def test_a_code_needs_a_number(refusal, send, whatsapp_number):
    whatsapp_number.say("Hi", person=EMMA)
    whatsapp_number.make_template("code", "Код {{1}}", category="AUTHENTICATION")
    people = whatsapp_number.sandbox.http.get("/whatsapp/accounts").json()["people"]
    scoped = next(one["user_id"] for one in people if one["wa_id"] == EMMA)
    template = {"template": {"name": "code", "language": "ru", "body": ["123"]}}
    assert refusal("x", chat=scoped, payload=template).words == words.HIDDEN_NUMBER
    assert send("x", payload=template).external_id
