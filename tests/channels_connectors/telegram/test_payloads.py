"""Updates as Telegram sends them, and what they say."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels_connectors.errors import ParkedPayload
from channels_connectors.telegram.payloads import parse
from channels_connectors.types import (
    ATTACHMENT_KINDS,
    MESSAGE_KINDS,
    InboundEdit,
    InboundMessage,
    InboundProfile,
    InboundReachability,
    InboundReaction,
)

PAYLOADS = Path(__file__).parent / "payloads"
ALL = sorted(path.stem for path in PAYLOADS.glob("*.json"))
BOT_ID = "7123456789"


def raw(name):
    return (PAYLOADS / f"{name}.json").read_bytes()


def one(name):
    (item,) = parse(raw(name), BOT_ID)
    return item


def covered(message, entity):
    text = message.text.encode("utf-16-le")
    start = entity["offset"] * 2
    return text[start : start + entity["length"] * 2].decode("utf-16-le")


def test_text_comes_with_its_sender_and_time():
    message = one("text")
    assert message.chat_id == "610001"
    assert message.external_id == "610001:501"
    assert message.order == 501
    assert message.sent_at == datetime.fromtimestamp(1795340000, UTC)
    assert message.kind == "text"
    assert message.direction == "incoming"
    assert message.chat_name == message.sender.name == "Мария Петрова"
    assert (message.sender.username, message.sender.language) == ("maria_p", "ru")


def test_entities_keep_their_utf16_offsets():
    (url,) = one("text").entities
    assert covered(one("text"), url) == "https://shop.example/p/1"
    message = one("text_formatted")
    assert [(entity["type"], covered(message, entity)) for entity in message.entities] == [
        ("bold", "жирный"),
        ("text_link", "ссылка"),
        ("text_mention", "Анна"),
    ]
    assert message.entities[1]["url"] == "https://shop.example/"
    assert message.entities[2]["url"] == "tg://user?id=99"


def test_start_payload_is_a_referral():
    assert one("start").referral == {"start": "ad_42-x"}
    assert one("text").referral is None


@pytest.mark.parametrize(
    ("name", "kind", "attachment", "mime", "file"),
    [
        ("photo", "image", "image", "image/jpeg", "photo.jpg"),
        ("document", "file", "file", "application/pdf", "Счёт №5.pdf"),
        ("voice", "voice", "voice", "audio/ogg", "voice.ogg"),
        ("video", "video", "video", "video/mp4", "IMG_1.MP4"),
        ("video_note", "video", "video", "video/mp4", "video-note.mp4"),
        ("animation", "video", "video", "video/mp4", "ok.mp4"),
        ("audio", "audio", "audio", "audio/mpeg", "peremen.mp3"),
        ("sticker", "sticker", "sticker", "image/webp", "sticker.webp"),
        ("sticker_animated", "sticker", "sticker", "application/x-tgsticker", "sticker.tgs"),
    ],
)
def test_files_can_be_fetched_later(name, kind, attachment, mime, file):
    message = one(name)
    (found,) = message.attachments
    assert (message.kind, found.kind, found.mime, found.name) == (kind, attachment, mime, file)
    assert found.reference["file_id"]
    assert found.size


def test_the_largest_photo_is_taken_with_its_caption():
    message = one("photo")
    assert message.attachments[0].width == 960
    assert message.text == "Вот такое"
    assert message.entities == [{"type": "italic", "offset": 0, "length": 3}]


def test_places_are_drawn_from_the_payload():
    assert one("location").payload == {"latitude": 55.751244, "longitude": 37.618423}
    assert one("live_location").payload["live_seconds"] == 900
    assert one("venue").payload["title"] == "ГУМ"
    assert one("venue").kind == "location"


def test_ones_own_phone_number_is_told_of_the_person():
    message, profile = parse(raw("contact_own"), BOT_ID)
    assert message.payload["is_sender"] is True
    assert isinstance(profile, InboundProfile)
    assert profile.person.phone == "79161234567"


def test_somebody_elses_phone_number_is_only_a_card():
    message = one("contact_other")
    assert message.payload == {"phone": "+7 495 000-00-00", "name": "Такси", "is_sender": False}


def test_reply_names_the_message_and_the_quote():
    message = one("reply")
    assert message.reply_to == "610001:498"
    assert message.payload["quote"] == "платье"


def test_a_topic_of_a_forum_is_not_a_reply():
    assert one("group_text").reply_to == ""


def test_forwarded_messages_name_their_origin():
    assert one("forward").payload["forwarded_from"] == "Новости"
    assert one("forward_hidden").payload["forwarded_from"] == "Кто-то"


def test_album_items_share_a_group():
    first, second = one("album_1"), one("album_2")
    assert first.group_key == second.group_key == "13890123456789012"
    assert (first.text, second.text) == ("Два вида", "")


def test_edits_are_whole():
    edit = one("edited_text")
    assert isinstance(edit, InboundEdit)
    assert edit.external_id == "610001:501"
    assert edit.text == "Здравствуйте! А самовывоз есть?"
    assert edit.edited_at == datetime.fromtimestamp(1795340090, UTC)
    assert one("edited_caption").attachments[0].kind == "image"


def test_a_pressed_button_reads_as_its_label():
    message = one("callback_query")
    assert message.text == "Беру"
    assert message.external_id == "610001:button-2620018472183746192"
    assert message.reply_to == "610001:498"
    assert message.sent_at is None
    assert message.acknowledge == {"callback_query_id": "2620018472183746192"}
    assert one("callback_query_old").text == "buy:2"


def test_block_and_unblock_change_reachability():
    blocked = one("blocked")
    assert isinstance(blocked, InboundReachability)
    assert (blocked.chat_id, blocked.reachable, blocked.reason) == ("610001", False, "blocked")
    assert one("unblocked").reachable is True


def test_reactions_are_those_that_stand_now():
    reaction = one("reaction")
    assert isinstance(reaction, InboundReaction)
    assert reaction.external_id == "610001:498"
    assert reaction.emojis == ("❤", "✨", "⭐")
    assert one("reaction_removed").emojis == ()
    assert one("reaction_removed").person.name == "Клуб покупателей"


def test_a_group_is_one_chat_with_many_senders():
    message = one("pinned")
    assert message.chat_id == "-1001987654321"
    assert message.chat_name == "Клуб покупателей"
    assert message.sender.external_id == "610001"


def test_an_anonymous_admin_is_not_the_group_itself():
    admin = one("group_anonymous_admin").sender
    assert (admin.external_id, admin.name) == ("1087968824", "Клуб покупателей (Админ)")


def test_channel_posts_come_from_the_channel():
    post = one("channel_post")
    assert post.chat_name == post.sender.name == "Витрина"
    assert one("edited_channel_post").text == "Новая коллекция!"


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("topic_created", {"event": "forum_topic_created", "title": "Доставка"}),
        ("topic_renamed", {"event": "forum_topic_edited", "title": "Доставка и оплата"}),
        ("new_members", {"event": "new_chat_members", "names": ["Мария Петрова", "Olga"]}),
        ("left_member", {"event": "left_chat_member", "names": ["Мария Петрова"]}),
        ("new_title", {"event": "new_chat_title", "title": "Клуб друзей"}),
        ("pinned", {"event": "pinned_message", "external_id": "-1001987654321:40"}),
        ("payment", {"event": "successful_payment", "amount": 129000, "currency": "RUB"}),
    ],
)
def test_service_messages_say_what_happened(name, payload):
    message = one(name)
    assert (message.kind, message.payload) == ("system", payload)


@pytest.mark.parametrize(
    ("name", "field", "text"),
    [
        ("poll", "poll", "Какой цвет?\n• Синий"),
        ("dice", "dice", "🎲 6"),
        ("story", "story", "Мария Петрова"),
        ("checklist", "checklist", "Что купить\n☑ Платье\n☐ Туфли"),
        ("game", "game", "Тетрис\nИгра"),
        ("invoice", "invoice", "Платье\nСинее, 42"),
        ("gift", "gift", "🧸\nСпасибо"),
        ("giveaway", "giveaway", "Сертификат"),
        ("paid_media", "paid_media", "Смотрите"),
        ("rich_message", "rich_message", ""),
        ("from_the_future", "hologram", "Смотри"),
    ],
)
def test_content_that_cannot_be_drawn_is_named_and_kept(name, field, text):
    message = one(name)
    update = json.loads(raw(name))["message"]
    assert (message.kind, message.text) == ("unsupported", text)
    assert message.payload == {"field": field, "raw": update[field]}


def test_a_live_photo_is_its_moving_part():
    message = one("live_photo")
    assert (message.kind, message.attachments[0].reference["file_id"]) == ("video", "LIVE1")
    assert message.payload == {"live_photo": True}


def test_an_update_that_holds_nothing_is_parked():
    with pytest.raises(ParkedPayload, match="nothing"):
        parse(b'{"update_id": 1}')


def test_our_own_messages_are_outgoing():
    update = json.loads(raw("text"))
    update["message"]["from"] = {"id": int(BOT_ID), "is_bot": True, "first_name": "Магазин"}
    (message,) = parse(json.dumps(update).encode(), BOT_ID)
    assert message.direction == "outgoing"


def test_nul_characters_do_not_move_entities():
    update = json.loads(raw("text"))
    update["message"]["text"] = "a\0b\\u0000"
    (message,) = parse(json.dumps(update).encode(), BOT_ID)
    assert message.text == "a�b\\u0000"


@pytest.mark.parametrize("name", ALL)
def test_every_item_is_in_the_public_vocabulary(name):
    try:
        items = parse(raw(name), BOT_ID)
    except ParkedPayload:
        return
    for item in items:
        if isinstance(item, InboundMessage):
            assert item.kind in MESSAGE_KINDS
            assert item.external_id.startswith(f"{item.chat_id.partition('/')[0]}:")
            assert {attachment.kind for attachment in item.attachments} <= ATTACHMENT_KINDS


def _spoiled(value):
    """The payload with each of its parts, one after another, missing or of another type."""
    for key in list(value):
        rest = {name: value[name] for name in value if name != key}
        yield rest
        for strange in (None, 1, "x", [], {}, [{}], True, -(2**70), 1e300):
            yield {**rest, key: strange}
        if isinstance(value[key], dict):
            for inner in _spoiled(value[key]):
                yield {**rest, key: inner}


@pytest.mark.parametrize("name", ALL)
def test_parsing_is_total(name):
    for spoiled in _spoiled(json.loads(raw(name))):
        with contextlib.suppress(ParkedPayload):
            assert isinstance(parse(json.dumps(spoiled).encode(), BOT_ID), list)


@pytest.mark.parametrize("name", ["text", "photo", "callback_query"])
def test_truncated_and_doubled_bytes_are_parked(name):
    whole = raw(name)
    for broken in (b"", whole[: len(whole) // 2], whole + whole, b"\xff" + whole, b"[" * 5000):
        with pytest.raises(ParkedPayload):
            parse(broken, BOT_ID)


@pytest.mark.parametrize(
    "kind",
    [
        "chosen_inline_result",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "stopped_message_generation",
    ],
)
def test_news_without_a_conversation_are_kept_and_counted(kind):
    body = {"from": {"id": 610001, "is_bot": False, "first_name": "Мария"}, "chat": {"id": 610001}}
    (notice,) = parse(json.dumps({"update_id": 1, kind: body}).encode(), BOT_ID)
    assert (notice.topic, notice.data, notice.words) == (kind, body, "")


def test_shared_users_and_a_foreign_chats_message_are_seen():
    document = json.loads(raw("text"))
    message = document["message"]
    shared = {key: value for key, value in message.items() if key not in ("text", "entities")}
    shared["users_shared"] = {"request_id": 1, "users": [{"user_id": 5}]}
    (found,) = parse(json.dumps({**document, "message": shared}).encode(), BOT_ID)
    assert (found.kind, found.payload["field"]) == ("unsupported", "users_shared")
    origin = {"type": "channel", "chat": {"id": -1001, "type": "channel", "title": "Новости"}}
    message["external_reply"] = {"origin": {**origin, "message_id": 4, "date": message["date"]}}
    message["via_bot"] = {"id": 7, "is_bot": True, "first_name": "Gif", "username": "gif"}
    message["has_protected_content"] = True
    (found,) = parse(json.dumps(document).encode(), BOT_ID)
    assert (found.kind, found.text, found.reply_to) == ("text", one("text").text, "")
