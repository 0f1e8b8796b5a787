"""Sending, against the sandbox over real HTTP."""

import asyncio
import io
import uuid

import pytest
from PIL import Image

from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment, OutboundMessage
from tests.sandbox_server import MARIA


def test_text_arrives_with_its_ids(send, telegram_bot):
    receipt = send("Да, есть 👍")
    (answer,) = telegram_bot.answers()
    assert answer["text"] == "Да, есть 👍"
    assert receipt.external_id == f"{MARIA}:{answer['message_id']}"
    assert receipt.all_external_ids == (receipt.external_id,)
    assert receipt.order == answer["message_id"]
    assert int(receipt.sent_at.timestamp()) == answer["date"]


def test_formatting_travels_as_entities(send, telegram_bot):
    entities = [
        {"type": "bold", "offset": 3, "length": 6},
        {"type": "text_link", "offset": 10, "length": 5, "url": "https://shop.example/"},
    ]
    send("👍 жирный текст <b>", entities=entities)
    (answer,) = telegram_bot.answers()
    assert answer["text"] == "👍 жирный текст <b>"
    assert answer["entities"] == entities


def test_reply_points_at_the_message(send, telegram_bot):
    question = telegram_bot.say("Сколько стоит?")
    send("1 290 ₽", reply_to=f"{MARIA}:{question['message_id']}")
    assert telegram_bot.answers()[-1]["reply_to_message"]["text"] == "Сколько стоит?"


def test_reply_to_what_telegram_forgot_is_sent_all_the_same(send, telegram_bot):
    send("Ответ", reply_to=f"{MARIA}:99999")
    send("Кнопка", reply_to=f"{MARIA}:button-1")
    assert telegram_bot.texts() == ["Ответ", "Кнопка"]


def test_long_text_is_cut_between_paragraphs(send, telegram_bot):
    paragraphs = [f"{number} " + "слово " * 300 for number in range(5)]
    receipt = send("\n\n".join(paragraphs))
    assert telegram_bot.texts() == [
        "\n\n".join(part.strip() if last else part for last, part in pieces)
        for pieces in (
            [(0, paragraphs[0]), (1, paragraphs[1])],
            [(0, paragraphs[2]), (1, paragraphs[3])],
            [(1, paragraphs[4])],
        )
    ]
    assert len(receipt.all_external_ids) == 3
    assert receipt.external_id == receipt.all_external_ids[0]


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("image", "photo"),
        ("voice", "voice"),
        ("video", "video"),
        ("audio", "audio"),
        ("animation", "animation"),
        ("file", "document"),
    ],
)
def test_files_arrive_as_their_kind_with_a_caption(send, attachment, telegram_bot, kind, field):
    send("Вот", attachments=(attachment(kind),))
    (answer,) = telegram_bot.answers()
    assert answer[field]
    assert answer["caption"] == "Вот"


def test_a_sticker_has_no_caption(send, attachment, telegram_bot):
    send("Вот", attachments=(attachment("sticker"),))
    sticker, text = telegram_bot.answers()
    assert "sticker" in sticker
    assert text["text"] == "Вот"


def test_what_telegram_does_not_play_goes_as_a_file(send, attachment, telegram_bot):
    recording = attachment("voice")
    for kind, mime in (
        ("voice", "audio/wav"),
        ("video", "video/x-msvideo"),
        ("audio", "audio/flac"),
    ):
        send(attachments=(OutboundAttachment(kind, "a.bin", mime, recording.path),))
    assert all("document" in answer for answer in telegram_bot.answers())


def test_a_formatted_caption_keeps_its_formatting(send, attachment, telegram_bot):
    entities = [{"type": "italic", "offset": 3, "length": 4}]
    send("👍 счёт", attachments=(attachment("file"),), entities=entities)
    assert telegram_bot.answers()[0]["caption_entities"] == entities


def test_file_names_survive(send, attachment, telegram_bot):
    send(attachments=(attachment("file", name='Счёт "5".pdf'),))
    assert telegram_bot.answers()[0]["document"]["file_name"] == 'Счёт "5".pdf'


def test_an_image_that_telegram_cannot_show_goes_as_a_file(send, attachment, telegram_bot):
    picture = attachment("image", name="drawing.png")
    send(attachments=(OutboundAttachment("image", "a.svg", "image/svg+xml", picture.path),))
    assert "document" in telegram_bot.answers()[0]


@pytest.mark.parametrize("size", [(30, 900), (9000, 2000), None])
def test_an_image_beyond_telegrams_measures_goes_as_a_file(send, attachment, telegram_bot, size):
    picture = io.BytesIO(b"not an image at all")
    if size:
        Image.new("1", size).save(picture, "PNG")
    send(attachments=(attachment("image", data=picture.getvalue()),))
    assert "document" in telegram_bot.answers()[0]


def test_several_images_are_one_album(send, attachment, telegram_bot):
    receipt = send("Цвета", attachments=tuple(attachment("image") for _ in range(3)))
    answers = telegram_bot.answers()
    assert len({answer["media_group_id"] for answer in answers}) == 1
    assert [answer.get("caption", "") for answer in answers] == ["Цвета", "", ""]
    assert len(receipt.all_external_ids) == 3


def test_albums_hold_ten_and_do_not_mix_documents(send, attachment, telegram_bot):
    pictures = tuple(attachment("image") for _ in range(11))
    send(attachments=(*pictures, attachment("file"), attachment("file")))
    groups = [answer.get("media_group_id") for answer in telegram_bot.answers()]
    assert len(groups) == 13
    assert groups[10] is None
    assert groups[11] == groups[12] != groups[0]


def test_a_text_too_long_for_a_caption_follows_the_file(send, attachment, telegram_bot):
    send("слово " * 300, attachments=(attachment("file"),))
    assert [("document" in answer, "text" in answer) for answer in telegram_bot.answers()] == [
        (True, False),
        (False, True),
    ]


def test_nothing_is_not_sent(refusal):
    assert refusal(" \n ").error_class == "bad_content"


def test_a_file_that_has_gone_is_said(refusal, attachment):
    file = attachment("file")
    file.path.unlink()
    assert refusal(attachments=(file,)).error_class == "bad_content"


@pytest.mark.parametrize(
    ("fault", "error_class", "maybe_sent"),
    [
        ("rate", "rate", False),
        ("blocked", "recipient_gone", False),
        ("server", "transient", False),
        ("gateway", "transient", True),
        ("timeout_before", "transient", True),
        ("timeout_after", "transient", True),
    ],
)
def test_troubles_are_classed(refusal, telegram_bot, fault, error_class, maybe_sent):
    telegram_bot.fault(fault, retry_after=7, seconds=0.1)
    error = refusal("Привет")
    assert (error.error_class, error.maybe_sent) == (error_class, maybe_sent)
    assert error.retry_after == (7 if fault == "rate" else None)
    assert telegram_bot.texts() == (["Привет"] if fault == "timeout_after" else [])


def test_nobody_listening_means_not_sent(refusal, settings):
    settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
    error = refusal("Привет")
    assert (error.error_class, error.maybe_sent) == ("transient", False)


def test_an_unknown_customer_is_gone(refusal):
    assert refusal("Привет", chat=1).error_class == "recipient_gone"
    assert "write first" in refusal("Привет", chat=MARIA + 1).msgid


def test_a_revoked_token_breaks_the_channel(telegram_bot, make_connector):
    for token in (f"{telegram_bot.id}:AAFrevokedrevokedrevokedrevoked", "nonsense", ""):
        message = OutboundMessage(str(MARIA), uuid.uuid4(), text="Привет")
        with pytest.raises(ConnectorError) as caught:
            asyncio.run(make_connector(token).send(message))
        assert caught.value.error_class == "channel_auth"


def test_a_group_that_moved_is_followed(send, telegram_bot):
    group = {"id": -4455, "type": "group", "title": "Клуб"}
    telegram_bot.inject({"message": {"chat": group, "text": "Привет"}})
    telegram_bot.control("migrations", chat=-4455, to=-1009)
    receipt = send("Здравствуйте", chat=-4455)
    assert receipt.chat_id == "-1009"
    assert receipt.external_id.startswith("-1009:")


def test_a_short_wait_in_the_middle_of_a_message_is_waited_out(send, telegram_bot, attachment):
    telegram_bot.fault("rate", methods="sendMessage", retry_after=1)
    send("слово " * 300, attachments=(attachment("file"),))
    assert len(telegram_bot.answers()) == 2


def test_a_message_that_broke_in_the_middle_is_unknown(refusal, telegram_bot, attachment):
    telegram_bot.fault("server", methods="sendMessage")
    error = refusal("слово " * 300, attachments=(attachment("file"),))
    assert error.maybe_sent is True
    assert len(telegram_bot.answers()) == 1


def test_bad_formatting_is_the_messages_fault(refusal):
    entities = [{"type": "neon", "offset": 0, "length": 3}]
    assert refusal("Привет", entities=entities).error_class == "bad_content"
    assert refusal("Привет", entities=[{"type": "bold"}]).error_class == "bad_content"
