"""Sending, against the sandbox over real HTTP."""

import asyncio
import io
import uuid

import pytest
from PIL import Image

from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment, OutboundMessage
from channels_connectors.vk.sending import random_id
from tests.sandbox_vk import MARIA

KEYBOARD = {
    "inline": True,
    "buttons": [[{"action": {"type": "text", "label": "Беру", "payload": '{"buy":1}'}}]],
}


@pytest.fixture
def send(connector, vk_community):
    """`send(text, ...)` to Maria, who has written first."""
    vk_community.say("Здравствуйте")

    def run(text="", chat=MARIA, key=None, **facts):
        message = OutboundMessage(str(chat), key or uuid.uuid4(), text=text, **facts)
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
            "voice": (name or "voice.ogg", "audio/ogg"),
            "video": (name or "video.mp4", "video/mp4"),
        }.get(kind, (name or "price.pdf", "application/pdf"))
        if kind == "image" and data == b"content":
            picture = io.BytesIO()
            Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
            data = picture.getvalue()
        path = tmp_path / uuid.uuid4().hex
        path.write_bytes(data)
        return OutboundAttachment(kind, name, mime or usual, path)

    return make


def test_text_arrives_with_its_ids(send, vk_community):
    receipt = send("Да, есть 👍")
    (answer,) = vk_community.answers()
    assert answer["text"] == "Да, есть 👍"
    assert receipt.external_id == f"{MARIA}:{answer['conversation_message_id']}"
    assert receipt.all_external_ids == (receipt.external_id,)
    assert receipt.order == answer["conversation_message_id"] == 2
    assert 0 <= receipt.sent_at.timestamp() - answer["date"] <= 1


def test_the_same_key_is_sent_once(send, vk_community):
    key = uuid.uuid4()
    first, second = send("Да", key=key), send("Да", key=key)
    assert first.external_id == second.external_id
    assert vk_community.texts() == ["Да"]
    assert vk_community.answers()[0]["random_id"] == random_id(key)


def test_keys_become_numbers_that_vk_takes():
    numbers = {random_id(uuid.UUID(int=number)) for number in range(5000)}
    assert len(numbers) > 4990
    assert all(0 < number < 2**31 for number in numbers)


def test_hidden_links_are_told(send, vk_community):
    entities = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 3, "length": 3, "url": "https://shop.example/"},
    ]
    send("👍 тут смотрите", entities=entities)
    assert vk_community.texts() == ["👍 тут (https://shop.example/) смотрите"]


def test_reply_points_at_the_message(send, vk_community):
    question = vk_community.say("Сколько стоит?")
    send("1 290 ₽", reply_to=f"{MARIA}:{question['conversation_message_id']}")
    assert vk_community.answers()[-1]["reply_message"]["text"] == "Сколько стоит?"


def test_reply_to_a_pressed_button_is_a_plain_message(send, vk_community):
    send("Готово", reply_to=f"{MARIA}:button-e1")
    assert "reply_message" not in vk_community.answers()[0]


@pytest.mark.parametrize(
    ("kind", "field"),
    [("image", "photo"), ("voice", "audio_message"), ("video", "doc"), ("file", "doc")],
)
def test_files_arrive_as_their_kind_with_the_text(send, attachment, vk_community, kind, field):
    send("Вот", attachments=(attachment(kind),))
    (answer,) = vk_community.answers()
    assert [found["type"] for found in answer["attachments"]] == [field]
    assert answer["text"] == "Вот"


def test_several_files_are_one_message(send, attachment, vk_community):
    kinds = ("image", "image", "file", "voice")
    send(attachments=tuple(attachment(kind) for kind in kinds))
    (answer,) = vk_community.answers()
    found = [found["type"] for found in answer["attachments"]]
    assert found == ["photo", "photo", "doc", "audio_message"]


def test_several_files_cost_few_calls(send, attachment, vk_community):
    kinds = ("image", "image", "file", "voice", "file")
    send(attachments=tuple(attachment(kind) for kind in kinds))
    calls = vk_community.sandbox.journal(group=vk_community.id, kind="call")
    # Where to upload, what was uploaded, and the message.
    assert [call["method"] for call in calls] == ["execute", "execute", "messages.send"]
    assert len(vk_community.journal("docs.getMessagesUploadServer")) == 2
    assert len(vk_community.journal("docs.save")) == 3


def test_one_refused_file_of_several_sends_nothing(refusal, attachment, vk_community):
    vk_community.fault("error", code=105, methods="docs.save")
    error = refusal(attachments=(attachment("image"), attachment("file")))
    assert error.error_class == "bad_content"
    assert vk_community.texts() == []


def test_a_place_arrives_with_its_name(send, vk_community):
    place = {"latitude": 55.75, "longitude": 37.61, "title": "Магазин", "address": "Тверская, 1"}
    send("Мы здесь", payload={"location": place})
    (answer,) = vk_community.answers()
    assert answer["geo"]["coordinates"] == {"latitude": 55.75, "longitude": 37.61}
    assert answer["text"] == "Мы здесь\nМагазин\nТверская, 1"
    send(payload={"location": {"latitude": 1, "longitude": 2}})
    assert vk_community.answers()[-1]["text"] == ""


def test_a_contact_is_told_in_words(send, vk_community):
    send(payload={"contact": {"name": "Анна", "phone": "+79161234567"}})
    assert vk_community.texts() == ["Анна\n+79161234567"]


def test_buttons_of_ours_become_a_keyboard(send, vk_community):
    send("Берёте?", payload={"buttons": [[{"label": "Да", "action": "callback", "value": "yes"}]]})
    (answer,) = vk_community.answers()
    assert answer["keyboard"]["buttons"][0][0]["action"]["label"] == "Да"
    name = vk_community.control("presses", person=MARIA, message_id=2, payload={"button": "yes"})
    assert name in vk_community.state()["presses"]


def test_a_gateway_that_asks_to_wait_is_heeded(refusal, vk_community):
    vk_community.fault("gateway_rate", seconds=7)
    error = refusal("Привет")
    assert (error.error_class, error.retry_after, error.maybe_sent) == ("rate", 7, False)


def test_file_names_survive(send, attachment, vk_community, sandbox):
    send(attachments=(attachment("file", name='Счёт "5".pdf', data=b"%PDF-1"),))
    doc = vk_community.answers()[0]["attachments"][0]["doc"]
    assert doc["title"] == 'Счёт "5".pdf'
    assert sandbox.http.get(doc["url"]).content == b"%PDF-1"


@pytest.mark.parametrize("size", [(30, 900), (9000, 6000), None])
def test_an_image_beyond_vks_measures_goes_as_a_file(send, attachment, vk_community, size):
    picture = io.BytesIO(b"not an image at all")
    if size:
        Image.new("1", size).save(picture, "PNG")
    send(attachments=(attachment("image", data=picture.getvalue()),))
    assert vk_community.answers()[0]["attachments"][0]["type"] == "doc"


def test_buttons_travel_in_the_payload(send, vk_community):
    send("Берёте?", payload={"keyboard": KEYBOARD, "payload": '{"offer":7}', "unknown": 1})
    (answer,) = vk_community.answers()
    assert answer["keyboard"] == KEYBOARD
    assert answer["payload"] == '{"offer":7}'


def test_bad_buttons_are_said(refusal):
    keyboard = {"inline": True, "buttons": [[{"action": {"type": "text", "label": "x" * 41}}]]}
    error = refusal("Берёте?", payload={"keyboard": keyboard})
    assert error.error_class == "bad_content"
    assert "buttons" in error.msgid


def test_nothing_and_too_much_are_not_sent(refusal, attachment, vk_community):
    assert refusal(" \n ").error_class == "bad_content"
    assert refusal("x" * 4097).error_class == "bad_content"
    files = tuple(attachment("file") for _ in range(11))
    assert refusal(attachments=files).error_class == "bad_content"
    assert vk_community.journal("messages.send") == []


def test_files_that_vk_does_not_take_are_said(refusal, attachment):
    gone = attachment("file")
    gone.path.unlink()
    for file in (gone, attachment("file", name="setup.exe"), attachment("file", data=b"")):
        assert refusal("Вот", attachments=(file,)).error_class == "bad_content"


@pytest.mark.parametrize(
    ("fault", "error_class", "maybe_sent", "wait"),
    [
        ({"kind": "rate"}, "rate", False, 0.6),
        ({"kind": "flood"}, "rate", False, 120),
        ({"kind": "error", "code": 29}, "rate", False, 3600),
        ({"kind": "denied"}, "recipient_gone", False, None),
        ({"kind": "error", "code": 900}, "recipient_gone", False, None),
        ({"kind": "error", "code": 950}, "window_closed", False, None),
        ({"kind": "error", "code": 913}, "bad_content", False, None),
        ({"kind": "error", "code": 914}, "bad_content", False, None),
        ({"kind": "auth"}, "channel_auth", False, None),
        ({"kind": "captcha"}, "channel_auth", False, None),
        ({"kind": "server"}, "transient", True, None),
        ({"kind": "down"}, "transient", True, None),
        ({"kind": "gateway"}, "transient", True, None),
        ({"kind": "timeout_before"}, "transient", True, None),
        ({"kind": "timeout_after"}, "transient", True, None),
    ],
)
def test_troubles_are_classed(refusal, vk_community, fault, error_class, maybe_sent, wait):
    vk_community.fault(**fault, seconds=0.1)
    error = refusal("Привет")
    assert (error.error_class, error.maybe_sent, error.retry_after) == (
        error_class,
        maybe_sent,
        wait,
    )
    assert len(vk_community.journal("messages.send")) == 1
    assert vk_community.texts() == (["Привет"] if fault["kind"] == "timeout_after" else [])


def test_a_resend_after_a_lost_answer_doubles_nothing(send, refusal, vk_community):
    key = uuid.uuid4()
    vk_community.fault("timeout_after", seconds=0.1)
    assert refusal("Привет", key=key).maybe_sent is True
    assert send("Привет", key=key).external_id == f"{MARIA}:2"
    assert vk_community.texts() == ["Привет"]


@pytest.mark.parametrize("method", ["photos.getMessagesUploadServer", "photos.saveMessagesPhoto"])
def test_a_broken_upload_sends_nothing(refusal, attachment, vk_community, method):
    vk_community.fault("rate", methods=method)
    assert refusal("Вот", attachments=(attachment("image"),)).error_class == "rate"
    assert vk_community.texts() == []


def test_a_closed_chat_is_told_from_a_token_without_rights(refusal, vk_community):
    vk_community.fault("error", code=7)
    assert refusal("Привет").error_class == "recipient_gone"
    vk_community.control("settings", rights=["photos"])
    vk_community.fault("error", code=7)
    assert refusal("Привет").error_class == "channel_auth"


def test_who_never_wrote_cannot_be_written_to(refusal, vk_community):
    error = refusal("Привет", chat=MARIA + 1)
    assert error.error_class == "recipient_gone"
    assert "write first" in error.msgid
    vk_community.control("permissions", person=MARIA, allowed=False)
    assert refusal("Привет").error_class == "recipient_gone"


def test_nobody_listening_means_not_sent(refusal, settings):
    settings.VK_API_URL = "http://127.0.0.1:9"
    error = refusal("Привет")
    assert (error.error_class, error.maybe_sent) == ("transient", False)


def test_a_revoked_token_breaks_the_channel(make_connector):
    for token in ("vk1.a.revokedrevokedrevoked", "short", "", "ключ" * 10):
        connector = make_connector({"token": token})
        message = OutboundMessage(str(MARIA), uuid.uuid4(), text="Привет")
        with pytest.raises(ConnectorError) as caught:
            asyncio.run(connector.send(message))
        assert caught.value.error_class == "channel_auth"
        assert not token or token not in f"{caught.value!r} {caught.value}"
