"""Sending, against the sandbox over real HTTP."""

import asyncio
import io
import uuid

import pytest
from PIL import Image

from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment, OutboundMessage
from channels_connectors.whatsapp import sending, words
from channels_connectors.whatsapp.api import Api
from tests.sandbox_whatsapp import EMMA, MARIA


@pytest.fixture
def send(connector, whatsapp_number):
    """`send(text, ...)` to Maria, who has written first."""
    whatsapp_number.say("Здравствуйте")

    def run(text="", chat=MARIA, key=None, **facts):
        message = OutboundMessage(chat, key or uuid.uuid4(), text=text, **facts)
        return asyncio.run(connector.send(message))

    return run


@pytest.fixture
def refusal(send):
    """The error of a send that must fail."""

    def run(*arguments, **facts):
        with pytest.raises(ConnectorError) as caught:
            send(*arguments, **facts)
        return caught.value

    return run


def picture(kind="PNG", size=(40, 30)):
    """A picture's bytes."""
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, kind)
    return data.getvalue()


@pytest.fixture
def attachment(tmp_path):
    """`attachment(kind, name)` with content of that kind."""

    def make(kind, name="", data=b"content", mime=""):
        name, usual = {
            "image": (name or "photo.png", "image/png"),
            "voice": (name or "voice.ogg", "audio/ogg; codecs=opus"),
            "audio": (name or "song.mp3", "audio/mpeg"),
            "video": (name or "video.mp4", "video/mp4"),
            "sticker": (name or "sticker.webp", "image/webp"),
        }.get(kind, (name or "price.pdf", "application/pdf"))
        path = tmp_path / uuid.uuid4().hex
        path.write_bytes(data)
        return OutboundAttachment(kind, name, mime or usual, path)

    return make


def rows(*buttons):
    return {"buttons": [[{"label": b[0], "action": b[1], "value": b[2]}] for b in buttons]}


def test_text_arrives_with_its_id_and_our_key(send, whatsapp_number):
    key = uuid.uuid4()
    receipt = send("Да, есть 👍", key=key)
    (answer,) = whatsapp_number.answers()
    assert answer["text"] == {"body": "Да, есть 👍", "preview_url": False}
    assert receipt.external_id == answer["id"]
    assert receipt.all_external_ids == (answer["id"],)
    assert 0 <= receipt.sent_at.timestamp() - int(answer["timestamp"]) <= 1
    assert answer["callback_data"] == str(key)
    assert receipt.chat_id == ""


def test_links_are_previewed(send, whatsapp_number):
    send("См. https://shop.example/")
    assert whatsapp_number.answers()[0]["text"]["preview_url"] is True


def test_a_number_that_is_known_by_another_spelling_moves_the_chat(send):
    assert send("Да", chat=f"+{MARIA}").chat_id == MARIA


def test_who_hides_the_number_is_written_to_by_the_scoped_id(send, whatsapp_number):
    whatsapp_number.say("Hi", person=EMMA)
    people = whatsapp_number.sandbox.http.get("/whatsapp/accounts").json()["people"]
    scoped = next(one["user_id"] for one in people if one["wa_id"] == EMMA)
    receipt = send("Hello", chat=scoped)
    (call,) = whatsapp_number.journal()
    assert call["body"]["recipient"] == scoped
    assert "to" not in call["body"]
    assert receipt.chat_id == ""
    assert whatsapp_number.texts(EMMA) == ["Hello"]


def test_formatting_becomes_signs(send, whatsapp_number):
    entities = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 3, "length": 3, "url": "https://shop.example/"},
    ]
    send("👍 тут смотрите", entities=entities)
    assert whatsapp_number.texts() == ["*👍* тут (https://shop.example/) смотрите"]


def test_a_long_text_becomes_several_messages(send, whatsapp_number):
    receipt = send("слово " * 1500)
    texts = whatsapp_number.texts()
    assert [len(text) <= 4096 for text in texts] == [True] * 3
    assert " ".join(texts) == ("слово " * 1500).strip()
    assert receipt.all_external_ids == tuple(one["id"] for one in whatsapp_number.answers())


def test_a_reply_points_at_the_message(send, whatsapp_number):
    question = whatsapp_number.say("Сколько стоит?")
    send("слово " * 800, reply_to=question["id"])
    first, second = whatsapp_number.answers()
    assert first["context"] == {"id": question["id"]}
    assert "context" not in second


@pytest.mark.parametrize(
    ("kind", "facts", "shown"),
    [
        ("image", {"data": picture()}, "image"),
        ("video", {}, "video"),
        ("voice", {}, "audio"),
        ("audio", {}, "audio"),
        ("audio", {"mime": "audio/mp3"}, "audio"),
        ("sticker", {"data": picture("WEBP", (512, 512))}, "sticker"),
        ("sticker", {"data": picture("WEBP")}, "document"),
        ("image", {"data": picture("GIF"), "mime": "image/gif"}, "document"),
        ("video", {"mime": "video/webm"}, "document"),
        ("voice", {"mime": "audio/webm"}, "document"),
        ("file", {}, "document"),
        ("file", {"mime": ""}, "document"),
    ],
)
def test_files_arrive_as_what_whatsapp_can_show(
    send, attachment, whatsapp_number, kind, facts, shown
):
    send(attachments=(attachment(kind, **facts),))
    (answer,) = whatsapp_number.answers()
    assert answer["type"] == shown
    assert answer[shown].get("voice", False) == (kind == "voice" and shown == "audio")


def test_a_large_picture_goes_as_a_document(send, attachment, whatsapp_number):
    send(attachments=(attachment("image", data=picture() + bytes(5 * 1024 * 1024)),))
    assert whatsapp_number.answers()[0]["type"] == "document"


def test_a_short_text_is_the_caption(send, attachment, whatsapp_number):
    file = attachment("file", name='Счёт "5".pdf')
    send("Вот", attachments=(file,), entities=[{"type": "bold", "offset": 0, "length": 3}])
    (answer,) = whatsapp_number.answers()
    assert answer["document"]["caption"] == "*Вот*"
    assert answer["document"]["filename"] == 'Счёт "5".pdf'


def test_what_takes_no_caption_is_followed_by_the_text(send, attachment, whatsapp_number):
    send("Послушайте", attachments=(attachment("voice"),))
    assert [one["type"] for one in whatsapp_number.answers()] == ["audio", "text"]
    send("я" * 1025, attachments=(attachment("image", data=picture()),))
    assert [one["type"] for one in whatsapp_number.answers()[2:]] == ["image", "text"]


def test_several_files_are_several_messages_of_one_key(send, attachment, whatsapp_number):
    key = uuid.uuid4()
    files = (attachment("image", data=picture()), attachment("file"))
    receipt = send("Вот", attachments=files, key=key)
    answers = whatsapp_number.answers()
    assert [one["type"] for one in answers] == ["image", "document", "text"]
    assert {one["callback_data"] for one in answers} == {str(key)}
    assert receipt.all_external_ids == tuple(one["id"] for one in answers)


def test_places_and_contacts_go_out(send, whatsapp_number):
    send(payload={"location": {"latitude": 55.75, "longitude": 37.6, "title": "Магазин"}})
    send("Мы здесь", payload={"contact": {"name": "Анна Лебедева", "phone": "+7 916 1"}})
    place, text, contact = whatsapp_number.answers()
    assert place["location"] == {"latitude": 55.75, "longitude": 37.6, "name": "Магазин"}
    assert text["text"]["body"] == "Мы здесь"
    assert contact["contacts"][0]["name"]["first_name"] == "Анна"
    assert contact["contacts"][0]["phones"] == [
        {"phone": "+7 916 1", "type": "CELL", "wa_id": "79161"}
    ]


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
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["x"]}}
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


def test_nothing_and_too_much_are_not_sent(refusal, attachment, whatsapp_number):
    assert refusal(" \n ").words == words.EMPTY
    assert refusal("x" * 16_385).words == words.TOO_LONG
    gone = attachment("file")
    gone.path.unlink()
    assert refusal("Вот", attachments=(gone,)).words == words.FILE_MISSING
    assert refusal("Вот", attachments=(attachment("file", data=b""),)).words == words.FILE_REFUSED
    assert whatsapp_number.journal() == []


@pytest.mark.parametrize(
    ("fault", "error_class", "maybe_sent", "wait"),
    [
        ({"kind": "rate"}, "rate", False, None),
        ({"kind": "rate", "retry_after": 7}, "rate", False, 7),
        ({"kind": "pair"}, "rate", False, 6),
        ({"kind": "spam"}, "rate", False, 3600),
        ({"kind": "error", "code": 80007}, "rate", False, 60),
        ({"kind": "error", "code": 4}, "rate", False, 60),
        ({"kind": "blocked"}, "recipient_gone", False, None),
        ({"kind": "window"}, "window_closed", False, None),
        ({"kind": "stopped"}, "bad_content", False, None),
        ({"kind": "error", "code": 131049}, "bad_content", False, None),
        ({"kind": "error", "code": 130472}, "bad_content", False, None),
        ({"kind": "error", "code": 131009}, "bad_content", False, None),
        ({"kind": "error", "code": 999999}, "bad_content", False, None),
        ({"kind": "auth"}, "channel_auth", False, None),
        ({"kind": "locked"}, "channel_auth", False, None),
        ({"kind": "error", "code": 131042}, "channel_auth", False, None),
        ({"kind": "error", "code": 200}, "channel_auth", False, None),
        ({"kind": "server"}, "transient", False, None),
        ({"kind": "error", "code": 131016}, "transient", False, None),
        ({"kind": "down"}, "transient", True, None),
        ({"kind": "gateway"}, "transient", True, None),
        ({"kind": "timeout_before"}, "transient", True, None),
        ({"kind": "timeout_after"}, "transient", True, None),
    ],
)
def test_troubles_are_classed(refusal, whatsapp_number, fault, error_class, maybe_sent, wait):
    whatsapp_number.fault(**fault, seconds=0.1)
    error = refusal("Привет")
    assert (error.error_class, error.maybe_sent, error.retry_after) == (
        error_class,
        maybe_sent,
        wait,
    )
    assert error.of_chat is (fault["kind"] == "pair")
    assert len(whatsapp_number.journal()) == 1
    assert whatsapp_number.texts() == (["Привет"] if fault["kind"] == "timeout_after" else [])


def test_a_failure_in_the_middle_leaves_the_outcome_unknown(refusal, whatsapp_number, monkeypatch):
    monkeypatch.setattr(sending, "TEXT_LIMIT", 10)
    attempt = sending._Delivery._attempt

    async def fail_second(self, part):
        if self._ids:
            raise ConnectorError("transient", words.UNAVAILABLE)
        return await attempt(self, part)

    monkeypatch.setattr(sending._Delivery, "_attempt", fail_second)
    error = refusal("раз два три четыре пять")
    assert (error.words, error.maybe_sent) == (words.PARTLY_SENT, True)
    assert len(whatsapp_number.texts()) == 1


def test_a_short_wait_in_the_middle_is_waited_out(send, whatsapp_number, monkeypatch):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    monkeypatch.setattr(sending.asyncio, "sleep", sleep)
    answer = Api.post

    async def post(self, path, body=None):
        told = await answer(self, path, body)
        if not waits:
            await asyncio.to_thread(whatsapp_number.fault, "pair", count=int(not waits))
            waits.append(0)
        return told

    monkeypatch.setattr(Api, "post", post)
    send("слово " * 1200)
    assert waits == [0, 6]
    assert len(whatsapp_number.texts()) == 2


@pytest.mark.parametrize("fault", ["rate", "timeout_after", "gateway"])
def test_a_broken_upload_sends_nothing(refusal, attachment, whatsapp_number, fault):
    whatsapp_number.fault(fault, methods="media", seconds=0.1)
    error = refusal("Вот", attachments=(attachment("file"),))
    assert error.maybe_sent is False
    assert whatsapp_number.journal() == []


def test_nobody_listening_means_not_sent(refusal, settings):
    settings.WHATSAPP_API_URL = "http://127.0.0.1:9"
    error = refusal("Привет")
    assert (error.error_class, error.maybe_sent) == ("transient", False)


def test_a_revoked_token_breaks_the_channel(make_connector):
    for token in ("EAArevokedrevokedrevoked", "short", "", "ключ" * 10, "a b" * 10):
        connector = make_connector({"token": token})
        message = OutboundMessage(MARIA, uuid.uuid4(), text="Привет")
        with pytest.raises(ConnectorError) as caught:
            asyncio.run(connector.send(message))
        assert caught.value.error_class == "channel_auth"
        assert not token or token not in f"{caught.value!r} {caught.value}"


def test_the_version_is_the_channels_own_or_the_addresses(
    make_connector, whatsapp_number, settings
):
    whatsapp_number.say("Привет")
    message = OutboundMessage(MARIA, uuid.uuid4(), text="Да")
    base = settings.WHATSAPP_API_URL
    for version, connector in (
        ("v26.0", make_connector()),
        ("v25.0", make_connector(graph_version="v25.0")),
        ("v24.0", make_connector(api_url=f"{base}/v24.0/")),
    ):
        assert Api(connector.config).version == version
        assert asyncio.run(connector.send(message)).external_id
