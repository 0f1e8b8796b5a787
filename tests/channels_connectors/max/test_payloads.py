"""Updates about messages as MAX sends them, and what they say."""

import contextlib
import json
from datetime import timedelta

import pytest

from channels_connectors.errors import ParkedPayload
from channels_connectors.max.payloads import UPDATE_TYPES, parse
from channels_connectors.types import (
    ATTACHMENT_KINDS,
    MESSAGE_KINDS,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    InboundProfile,
    Person,
)
from tests.channels_connectors.max.recorded import (
    ALL,
    BOT,
    CHAT,
    GROUP,
    MID,
    NOON,
    covered,
    document,
    formatted,
    items,
    one,
    raw,
)


def test_text_comes_with_its_sender_time_and_place_in_the_chat():
    message = one("text")
    assert message.chat_id == message.sender.external_id == CHAT
    assert message.external_id == f"{MID}00000001"
    assert message.order == 117660000000000001
    assert message.sent_at == NOON + timedelta(milliseconds=1)
    assert (message.kind, message.direction) == ("text", "incoming")
    assert message.text == "Здравствуйте! Есть размер 44? 👍"
    assert (message.payload, message.referral, message.reply_to) == ({}, None, "")


def test_a_dialogs_other_side_is_known_by_the_dialog_and_by_their_own_id():
    assert one("text").sender == Person(
        CHAT, "Мария Петрова", "maria_p", "ru", aliases=("user:810001",)
    )
    assert one("text_english").sender.language == "en-GB"


def test_a_dialog_that_is_named_by_its_people_is_theirs():
    for name, ours in (("without_chat_id", False), ("own_without_chat_id", True)):
        message = one(name)
        assert message.chat_id == "user:810001"
        assert message.direction == ("outgoing" if ours else "incoming")
    assert one("without_chat_id").sender.aliases == ()


def test_markup_becomes_entities_where_it_stood():
    assert formatted(one("markup")) == {
        ("bold", "жирный", None),
        ("italic", "курсив", None),
        ("code", "код", None),
        ("text_link", "ссылка", "https://shop.example/p/1"),
        ("text_link", "Маша", "https://max.ru/maria_p"),
        ("text_link", "Илья", "max://user/810002"),
        ("blockquote", "цитата", None),
        ("strikethrough", "👍", None),
        ("underline", "👍", None),
    }
    assert formatted(one("markup_code_block")) == {("pre", "a = 1\nb = 2", None)}


@pytest.mark.parametrize(
    ("name", "kind", "mime", "file"),
    [
        ("image", "image", "image/jpeg", "photo.jpg"),
        ("video", "video", "video/mp4", "video.mp4"),
        ("audio", "audio", "audio/mpeg", "audio.mp3"),
        ("file", "file", "", "Счёт №5.pdf"),
        ("sticker", "sticker", "image/webp", "sticker.webp"),
    ],
)
def test_files_can_be_fetched_later(name, kind, mime, file):
    message = one(name)
    (found,) = message.attachments
    assert (message.kind, found.kind, found.mime, found.name) == (kind, kind, mime, file)
    assert found.reference["id"].startswith(f"max-{kind}-")
    assert found.reference.get("video") == ("videotoken1" if kind == "video" else None)
    assert found.reference.get("url", "https://").startswith("https://")


def test_files_bring_their_measures():
    video, document = one("video").attachments[0], one("file").attachments[0]
    assert (video.width, video.height, video.duration) == (1280, 720, 12)
    assert (document.size, document.duration) == (48210, None)
    assert one("audio").payload == {"transcript": "перезвоните мне"}
    assert [found.reference["id"] for found in one("images").attachments] == [
        "max-image-901",
        "max-image-902",
        "max-image-903",
    ]


def test_ones_own_card_tells_the_number():
    message, profile = items("contact_own")
    assert message.kind == "contact"
    assert message.payload == {
        "phone": "+79161234567",
        "name": "Мария Петрова",
        "user_id": "810001",
        "is_sender": True,
        "email": "maria@mail.example",
    }
    assert isinstance(profile, InboundProfile)
    assert (profile.chat_id, profile.person.phone) == (CHAT, "+79161234567")
    assert profile.person.aliases == ("user:810001",)


def test_somebody_elses_card_proves_nothing():
    card = one("contact_other").payload
    assert (card["name"], card["phone"]) == ("Ольга, склад", "+7 495 000-00-00")
    assert one("contact_without_card").payload["name"] == "Илья"
    for name in ("contact_other", "contact_without_card", "forwarded_contact"):
        assert one(name).payload["is_sender"] is False


def test_a_place_is_drawn_from_the_payload():
    message = one("location")
    assert message.kind == "location"
    assert message.payload == {"latitude": 55.751244, "longitude": 37.618423}


def test_a_shared_page_is_shown_as_a_link():
    message = one("share")
    assert message.kind == "text"
    assert formatted(message) == {("text_link", "Платье", "https://shop.example/p/1")}
    assert message.payload["share"]["description"] == "Шёлк"
    assert one("share_in_text").text == "Смотрите https://shop.example/p/1"


def test_what_we_do_not_know_is_named():
    message = one("from_the_future")
    assert (message.kind, message.payload) == ("unsupported", {"field": "hologram"})
    assert one("empty").payload == {"field": "empty"}
    beside = one("future_beside_text")
    assert (beside.kind, beside.payload) == ("text", {"field": "poll"})


def test_a_reply_points_at_its_message_and_quotes_it():
    message = one("reply")
    assert message.reply_to == f"{MID}00000005"
    assert message.payload == {"quote": "1 290 ₽"}


def test_a_forward_is_whole():
    message = one("forward")
    assert (message.kind, message.text, message.reply_to) == ("image", "Скидка 👍 до пятницы", "")
    assert message.payload == {"forwarded_from": "Илья"}
    assert formatted(message) == {("bold", "до пятницы", None)}
    with_words = one("forward_with_words")
    assert with_words.text == "Это правда?\nСкидка до пятницы"
    assert formatted(with_words) == {
        ("blockquote", "Скидка до пятницы", None),
        ("text_link", "Скидка", "https://shop.example/"),
    }


def test_a_forward_without_a_body_has_an_id_all_the_same():
    message = one("forward_without_body")
    assert message.text == "Новость"
    assert message.external_id == f"forward-1795340041024-{MID}00000003"
    assert message.order == 0


def test_our_own_messages_are_outgoing():
    message = one("own_message")
    assert (message.direction, message.sender, message.chat_id) == ("outgoing", None, CHAT)
    assert message.payload["buttons"] == [
        [
            {"label": "Беру", "action": "reply", "value": "buy:1"},
            {"label": "Сайт", "action": "link", "value": "https://shop.example/"},
        ],
        [{"label": "Мой номер", "action": "phone", "value": ""}],
    ]
    assert one("reply_keyboard").payload["buttons"][0][0]["value"] == "y"
    # Before the bot's id is known, too.
    (message,) = parse(raw("own_message"))
    assert message.direction == "outgoing"


def test_in_groups_people_have_their_own_ids():
    message = one("group_text")
    assert (message.chat_id, message.sender.external_id) == (GROUP, "810001")
    assert message.sender.aliases == ()
    post = one("channel_post")
    assert (post.sender, post.direction, post.chat_id) == (None, "incoming", "-80001")
    assert post.payload == {"url": "https://max.ru/shop/AZ1"}


def test_an_edit_is_the_whole_new_message():
    edit = one("edited")
    assert isinstance(edit, InboundEdit)
    assert (edit.chat_id, edit.external_id) == (CHAT, f"{MID}00000001")
    assert (edit.text, formatted(edit)) == ("Есть размер 46?", {("bold", "46", None)})
    assert edit.edited_at == NOON + timedelta(seconds=5)
    assert one("edited_image").attachments[0].reference["id"] == "max-image-909"


def test_a_deletion_names_its_message():
    at = NOON + timedelta(seconds=7)
    assert one("removed") == InboundDelete(CHAT, (f"{MID}00000001",), at)


def test_a_pressed_button_speaks_for_the_customer():
    pressed = one("callback")
    assert (pressed.text, pressed.payload) == ("Беру", {"button": "buy:1"})
    assert (pressed.chat_id, pressed.sender.external_id) == (CHAT, CHAT)
    assert pressed.reply_to == f"{MID}00000020"
    assert pressed.direction == "incoming"
    assert pressed.sent_at == NOON + timedelta(milliseconds=7999)
    assert pressed.acknowledge == {"callback_id": "f9LHodD0cOL5NY7All_9xJRh5ZhPw6bRvq_0Adm8"}
    assert pressed.external_id.startswith("button-")


def test_a_button_whose_message_is_gone_still_speaks():
    pressed = one("callback_without_message")
    assert (pressed.text, pressed.chat_id, pressed.reply_to) == ("buy:2", "user:810001", "")
    group = one("callback_in_group")
    assert (group.chat_id, group.sender.external_id) == (GROUP, "810002")


def test_pressing_twice_is_two_messages():
    twice = document("callback")
    twice["callback"]["timestamp"] += 1
    (second,) = parse(json.dumps(twice).encode(), BOT)
    assert second.external_id != one("callback").external_id
    assert len(second.external_id) < 100


def test_we_ask_for_all_that_we_can_read():
    told = {document(name)["update_type"] for name in ALL}
    assert told - set(UPDATE_TYPES) == {"message_chat_created", "bot_dreamed"}
    assert set(UPDATE_TYPES) <= told


@pytest.mark.parametrize("name", ALL)
def test_every_recorded_update_has_a_place(name):
    if name == "malformed":
        with pytest.raises(ParkedPayload, match="malformed update"):
            items(name)
        return
    found = items(name)
    assert found
    for item in found:
        if isinstance(item, InboundMessage):
            assert item.kind in MESSAGE_KINDS
            assert {file.kind for file in item.attachments} <= ATTACHMENT_KINDS
            assert 0 < len(item.external_id) <= 250
            assert all(covered(item, entity) for entity in item.entities)


def broken(value, depth=0):
    """The document with one value after the other replaced by something it should not be."""
    if isinstance(value, dict):
        for key, inner in value.items():
            for wrong in (None, [], {}, "x", -1, 2**80, [None], True):
                yield {**value, key: wrong}
            yield {other: kept for other, kept in value.items() if other != key}
            for other in broken(inner, depth + 1):
                yield {**value, key: other}
    if isinstance(value, list):
        for number, inner in enumerate(value):
            for other in broken(inner, depth + 1):
                yield [*value[:number], other, *value[number + 1 :]]


@pytest.mark.parametrize("name", ALL)
def test_broken_updates_are_parked_and_nothing_else(name):
    for wrong in broken(document(name)):
        with contextlib.suppress(ParkedPayload):
            assert isinstance(parse(json.dumps(wrong).encode(), BOT), list)
