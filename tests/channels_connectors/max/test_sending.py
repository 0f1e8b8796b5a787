"""Sending, against the sandbox over real HTTP."""

import asyncio
import io
import uuid

import pytest
from PIL import Image

from channels_connectors.errors import ConnectorError
from channels_connectors.max import errors, sending
from channels_connectors.types import OutboundAttachment, OutboundMessage
from tests.sandbox_max import MARIA

pytestmark = pytest.mark.usefixtures("hasty")


@pytest.fixture
def send(connector, max_bot):
    """`send(text, ...)` to Maria, who has started the bot."""
    chat = str(max_bot.start())

    def run(text="", chat=chat, **facts):
        message = OutboundMessage(str(chat), uuid.uuid4(), text=text, **facts)
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


@pytest.fixture
def attachment(tmp_path):
    """`attachment(kind, name)` with content of that kind."""

    def make(kind, name="", data=b"content", mime=""):
        name, usual = {
            "image": (name or "photo.png", "image/png"),
            "sticker": (name or "sticker.png", "image/png"),
            "voice": (name or "voice.ogg", "audio/ogg"),
            "audio": (name or "song.mp3", "audio/mpeg"),
            "video": (name or "video.mp4", "video/mp4"),
        }.get(kind, (name or "price.pdf", "application/pdf"))
        if kind in ("image", "sticker") and data == b"content":
            picture = io.BytesIO()
            Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
            data = picture.getvalue()
        path = tmp_path / uuid.uuid4().hex
        path.write_bytes(data)
        return OutboundAttachment(kind, name, mime or usual, path)

    return make


def shown(message):
    return [found["type"] for found in message["body"]["attachments"] or ()]


def test_text_arrives_with_its_ids(send, max_bot):
    receipt = send("Да, есть <3 👍")
    (answer,) = max_bot.answers()
    assert answer["body"]["text"] == "Да, есть <3 👍"
    assert receipt.external_id == answer["body"]["mid"]
    assert receipt.all_external_ids == (receipt.external_id,)
    assert receipt.order == answer["body"]["seq"]
    assert int(receipt.sent_at.timestamp() * 1000) == answer["timestamp"]
    (call,) = max_bot.journal("sendMessage")
    assert call["body"] == {"text": "Да, есть <3 👍"}


def test_a_person_whose_dialog_has_no_id_yet_is_addressed_by_their_own(send, max_bot):
    send("Да", chat=f"user:{MARIA}")
    assert max_bot.texts() == ["Да"]
    assert max_bot.journal("sendMessage")[0]["parameters"] == {"user_id": str(MARIA)}


def test_formatting_arrives_as_markup_in_the_same_places(send, max_bot):
    entities = [
        {"type": "bold", "offset": 3, "length": 9},
        {"type": "italic", "offset": 6, "length": 10},
        {"type": "text_link", "offset": 3, "length": 2, "url": "https://shop.example/?a=1&b=2"},
        {"type": "spoiler", "offset": 0, "length": 2},
    ]
    send("👍 a<b & жирный курсив", entities=entities)
    body = max_bot.answers()[0]["body"]
    assert body["text"] == "👍 a<b & жирный курсив"
    found = {(one["type"], one["from"], one["length"]) for one in body["markup"]}
    assert found == {
        ("strong", 3, 9),
        ("emphasized", 6, 6),
        ("emphasized", 12, 4),
        ("link", 3, 2),
    }
    (link,) = [one for one in body["markup"] if one["type"] == "link"]
    assert link["url"] == "https://shop.example/?a=1&b=2"


def test_a_long_text_becomes_several_messages(send, max_bot):
    text = "\n\n".join(f"Абзац {number} " + "слово " * 150 for number in range(10))
    receipt = send(text)
    assert 2 < len(receipt.all_external_ids) == len(max_bot.texts())
    assert receipt.external_id == receipt.all_external_ids[0]
    assert "".join("".join(max_bot.texts()).split()) == "".join(text.split())


def test_tags_count_towards_the_limit(send, max_bot):
    entities = [{"type": "bold", "offset": n, "length": 1} for n in range(0, 3900, 2)]
    send("x" * 3900, entities=entities)
    assert all(len(call["body"]["text"]) <= 4000 for call in max_bot.journal("sendMessage"))
    assert "".join(max_bot.texts()) == "x" * 3900


def test_reply_points_at_the_message(send, max_bot):
    question = max_bot.say("Сколько стоит?")
    send("1 290 ₽", reply_to=question["body"]["mid"])
    link = max_bot.answers()[0]["link"]
    assert (link["type"], link["message"]["text"]) == ("reply", "Сколько стоит?")


def test_an_answer_to_what_is_gone_goes_without_pointing(send, max_bot):
    send("Готово", reply_to="button-e1-1")
    question = max_bot.say("Ой")
    max_bot.control("removals", person=MARIA, mid=question["body"]["mid"])
    send("Что?", reply_to=question["body"]["mid"])
    assert max_bot.texts() == ["Готово", "Что?"]
    assert not any("link" in answer for answer in max_bot.answers())


@pytest.mark.parametrize(
    ("kind", "as_kind"),
    [
        ("image", "image"),
        ("sticker", "image"),
        ("voice", "audio"),
        ("audio", "audio"),
        ("video", "video"),
        ("file", "file"),
    ],
)
def test_files_arrive_as_their_kind_with_the_text(send, attachment, max_bot, kind, as_kind):
    send("Вот", attachments=(attachment(kind),))
    (answer,) = max_bot.answers()
    assert (shown(answer), answer["body"]["text"]) == ([as_kind], "Вот")


def test_pictures_share_a_message_and_the_rest_go_alone(send, attachment, max_bot):
    kinds = ("image", "video", "file", "audio", "image")
    receipt = send("Всё", attachments=tuple(attachment(kind) for kind in kinds))
    answers = max_bot.answers()
    assert [shown(answer) for answer in answers] == [
        ["image", "video"],
        ["file"],
        ["audio"],
        ["image"],
    ]
    assert max_bot.texts() == ["Всё", "", "", ""]
    assert receipt.all_external_ids == tuple(answer["body"]["mid"] for answer in answers)


def test_more_than_twelve_pictures_go_on_in_the_next_message(send, attachment, max_bot):
    send(attachments=tuple(attachment("image") for _ in range(14)))
    assert [len(shown(answer)) for answer in max_bot.answers()] == [12, 2]


def test_file_names_survive(send, attachment, max_bot, sandbox):
    send(attachments=(attachment("file", name='Счёт "5".pdf', data=b"%PDF-1"),))
    (found,) = max_bot.answers()[0]["body"]["attachments"]
    assert (found["filename"], found["size"]) == ("Счёт '5'.pdf", 6)
    assert sandbox.http.get(found["payload"]["url"]).content == b"%PDF-1"


@pytest.mark.parametrize("size", [(8000, 10), None])
def test_an_image_beyond_maxs_measures_goes_as_a_file(send, attachment, max_bot, size):
    picture = io.BytesIO(b"not an image at all")
    if size:
        Image.new("1", size).save(picture, "PNG")
    send(attachments=(attachment("image", data=picture.getvalue()),))
    assert shown(max_bot.answers()[0]) == ["file"]


def test_buttons_travel_under_the_text(send, max_bot):
    rows = [
        [{"label": "Беру", "action": "reply", "value": "buy:1"}],
        [
            {"label": "Сайт", "action": "link", "value": "https://shop.example/"},
            {"label": "Мой номер", "action": "phone", "value": ""},
            {"label": "Я здесь", "action": "location", "value": ""},
            {"label": "Ещё", "action": "link", "value": "https://shop.example/2"},
        ],
    ]
    send("Берёте?", payload={"buttons": rows})
    (keyboard,) = max_bot.answers()[0]["body"]["attachments"]
    found = keyboard["payload"]["buttons"]
    assert found[0] == [{"type": "callback", "text": "Беру", "payload": "buy:1"}]
    assert [[button["type"] for button in row] for row in found[1:]] == [
        ["link", "request_contact", "request_geo_location"],
        ["link"],
    ]


def test_buttons_keep_away_from_a_file(send, attachment, max_bot):
    rows = [[{"label": "Да", "action": "reply", "value": "y"}]]
    send("Подходит?", attachments=(attachment("file"),), payload={"buttons": rows})
    assert [shown(answer) for answer in max_bot.answers()] == [["file"], ["inline_keyboard"]]
    send("А это?", attachments=(attachment("image"),), payload={"buttons": rows})
    assert shown(max_bot.answers()[-1]) == ["image", "inline_keyboard"]


@pytest.mark.parametrize(
    "button",
    [
        {"label": "", "action": "reply", "value": "x"},
        {"label": "x" * 129, "action": "reply", "value": "x"},
        {"label": "x", "action": "reply", "value": "x" * 1025},
        {"label": "x", "action": "link", "value": "javascript:alert(1)"},
        {"label": "x", "action": "dance", "value": "x"},
        {"action": "reply"},
        "x",
    ],
)
def test_bad_buttons_are_said(refusal, max_bot, button):
    error = refusal("Берёте?", payload={"buttons": [[button]]})
    assert (error.error_class, error.words) == ("bad_content", errors.KEYBOARD)
    assert max_bot.journal("sendMessage") == []


def test_a_place_and_a_card_are_messages_of_their_own(send, max_bot):
    place = {"latitude": 55.75, "longitude": 37.61, "title": "Магазин", "address": "Тверская, 1"}
    send(payload={"location": place})
    send("Звоните", payload={"contact": {"name": "Анна; зал", "phone": "+79161234567"}})
    first, second = max_bot.answers()
    assert first["body"]["text"] == "Магазин\nТверская, 1"
    assert first["body"]["attachments"][0]["latitude"] == 55.75
    assert second["body"]["text"] == "Звоните"
    card = second["body"]["attachments"][0]["payload"]["vcf_info"]
    assert "FN:Анна\\; зал" in card
    assert "TEL;TYPE=cell:+79161234567" in card


def test_nothing_is_not_sent(refusal, max_bot):
    for facts in ({"text": " \n "}, {"payload": {"location": {"latitude": "x"}}}):
        assert refusal(**facts).error_class == "bad_content"
    assert refusal("Привет", chat="nonsense").error_class == "recipient_gone"
    assert max_bot.journal("sendMessage") == []


def test_files_that_max_does_not_take_are_said(refusal, attachment, max_bot):
    gone = attachment("file")
    gone.path.unlink()
    for file in (gone, attachment("file", name="setup.exe"), attachment("file", data=b"")):
        assert refusal("Вот", attachments=(file,)).error_class == "bad_content"
    assert max_bot.journal("sendMessage") == []


def test_a_file_that_is_processed_is_waited_for(send, attachment, max_bot):
    max_bot.control("settings", processing_seconds=0.1)
    send("Вот", attachments=(attachment("video"),))
    calls = max_bot.journal("sendMessage")
    assert [call["status"] for call in calls[:-1]] == [400] * (len(calls) - 1)
    assert len(calls) > 1
    assert shown(max_bot.answers()[0]) == ["video"]
    assert len(max_bot.journal("getUploadUrl")) == 1


def test_a_file_that_is_never_ready_is_tried_again_later(refusal, attachment, max_bot, monkeypatch):
    monkeypatch.setattr(sending, "READY_SECONDS", 0.05)
    max_bot.fault("not_ready", count=None)
    error = refusal("Вот", attachments=(attachment("image"),))
    assert (error.error_class, error.words, error.maybe_sent) == (
        "transient",
        errors.NOT_READY,
        False,
    )
    assert max_bot.texts() == []


@pytest.mark.parametrize("method", ["getUploadUrl"])
@pytest.mark.parametrize(("kind", "error_class"), [("rate", "rate"), ("server", "transient")])
def test_a_broken_upload_sends_nothing(refusal, attachment, max_bot, method, kind, error_class):
    max_bot.fault(kind, methods=method)
    error = refusal("Вот", attachments=(attachment("image"), attachment("file")))
    assert (error.error_class, error.maybe_sent) == (error_class, False)
    assert max_bot.journal("sendMessage") == []


def test_half_an_answer_is_told_as_such(refusal, attachment, max_bot, monkeypatch):
    files = tuple(attachment("file", name=name) for name in ("a.pdf", "b.pdf"))

    async def break_off(seconds):
        max_bot.fault("server")

    monkeypatch.setattr(sending.asyncio, "sleep", break_off)
    error = refusal("Вот", attachments=files)
    assert (error.error_class, error.words, error.maybe_sent) == (
        "transient",
        errors.PARTLY_SENT,
        True,
    )
    assert len(max_bot.texts()) == 1


def test_a_short_rate_between_the_parts_is_waited_out(send, attachment, max_bot, monkeypatch):
    waited = []

    async def wait(seconds):
        waited.append(seconds)
        if len(waited) == 1:
            max_bot.fault("rate", retry_after="7")

    monkeypatch.setattr(sending.asyncio, "sleep", wait)
    send("Вот", attachments=(attachment("file"), attachment("audio")))
    assert waited == [0, 7.0]
    assert [shown(answer) for answer in max_bot.answers()] == [["file"], ["audio"]]


def test_the_pause_between_the_parts_keeps_maxs_rate(send, attachment, max_bot, monkeypatch):
    monkeypatch.setattr(sending, "PART_PAUSE", 0.51)
    max_bot.control("settings", keeps_rates=True)
    send(attachments=tuple(attachment("file") for _ in range(4)))
    assert [call["status"] for call in max_bot.journal("sendMessage")] == [200] * 4


def test_who_stopped_the_bot_cannot_be_written_to(refusal, max_bot):
    max_bot.control("stops", person=MARIA)
    error = refusal("Привет")
    assert (error.error_class, error.words) == ("recipient_gone", errors.STOPPED)
    assert refusal("Привет", chat="12").words == errors.NO_CHAT
    assert refusal("Привет", chat="user:12").error_class == "recipient_gone"


def test_nobody_listening_means_not_sent(refusal, settings):
    settings.MAX_API_URL = "http://127.0.0.1:9"
    error = refusal("Привет")
    assert (error.error_class, error.maybe_sent) == ("transient", False)


def test_a_revoked_token_breaks_the_channel(make_connector):
    for token in ("revokedrevokedrevoked", "short", "", "ключ" * 10, "a\nb" * 10):
        connector = make_connector({"token": token})
        message = OutboundMessage("1", uuid.uuid4(), text="Привет")
        with pytest.raises(ConnectorError) as caught:
            asyncio.run(connector.send(message))
        assert caught.value.error_class == "channel_auth"
        assert not token or token not in f"{caught.value!r} {caught.value}"
