"""Sending, against the sandbox over real HTTP."""

import uuid

import pytest

from channels_connectors.whatsapp import words
from tests.channels_connectors.whatsapp.pictures import picture
from tests.sandbox_whatsapp import EMMA, MARIA


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


def test_nothing_and_too_much_are_not_sent(refusal, attachment, whatsapp_number):
    assert refusal(" \n ").words == words.EMPTY
    assert refusal("x" * 16_385).words == words.TOO_LONG
    gone = attachment("file")
    gone.path.unlink()
    assert refusal("Вот", attachments=(gone,)).words == words.FILE_MISSING
    assert refusal("Вот", attachments=(attachment("file", data=b""),)).words == words.FILE_REFUSED
    assert whatsapp_number.journal() == []
