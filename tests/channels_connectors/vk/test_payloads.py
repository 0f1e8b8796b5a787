"""Events as VK sends them, and what they say."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels_connectors.errors import ParkedPayload
from channels_connectors.types import (
    ATTACHMENT_KINDS,
    MESSAGE_KINDS,
    InboundEdit,
    InboundMessage,
    InboundNotice,
    InboundReachability,
    InboundReaction,
    InboundStatus,
    InboundTyping,
)
from channels_connectors.vk.payloads import EVENTS, dedup_key, parse

PAYLOADS = Path(__file__).parent / "payloads"
ALL = sorted(path.stem for path in PAYLOADS.glob("*.json"))
GROUP = "229000001"
MARIA = "710001"


def raw(name):
    return (PAYLOADS / f"{name}.json").read_bytes()


def one(name):
    (item,) = parse(raw(name), GROUP)
    return item


def covered(message, entity):
    text = message.text.encode("utf-16-le")
    start = entity["offset"] * 2
    return text[start : start + entity["length"] * 2].decode("utf-16-le")


def links(message):
    return {
        covered(message, entity): entity["url"]
        for entity in message.entities
        if entity["type"] == "text_link"
    }


def test_text_comes_with_its_sender_time_and_place_in_the_chat():
    message = one("text")
    assert message.chat_id == message.sender.external_id == MARIA
    assert message.external_id == "710001:41"
    assert message.order == 41
    assert message.sent_at == datetime.fromtimestamp(1795340041, UTC)
    assert (message.kind, message.direction) == ("text", "incoming")
    assert message.text == "Здравствуйте! Есть размер 44? 👍"
    assert message.referral is None


def test_mentions_become_links():
    message = one("mention")
    assert message.text == "Маша и Магазин, см. запись"
    assert links(message) == {
        "Маша": "https://vk.com/id710001",
        "Магазин": "https://vk.com/club229000001",
        "запись": "https://vk.com/wall-1_2",
    }


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("start", {"button": '{"command":"start"}', "command": "start"}),
        ("button", {"button": '{"item":5}'}),
        ("button_text", {"button": "yes"}),
    ],
)
def test_a_pressed_button_leaves_its_data_and_command(name, payload):
    assert one(name).payload == payload


def test_a_link_with_ref_is_a_referral():
    assert one("referral").referral == {"ref": "ad_42", "ref_source": "vk_ads"}


@pytest.mark.parametrize(
    ("name", "kind", "mime", "file"),
    [
        ("photo", "image", "image/jpeg", "photo.jpg"),
        ("doc", "file", "", "Счёт №5.pdf"),
        ("audio_message", "voice", "audio/ogg", "voice.ogg"),
        ("sticker", "sticker", "image/png", "sticker.png"),
        ("graffiti", "image", "image/png", "graffiti.png"),
        ("gift", "sticker", "image/jpeg", "gift.jpg"),
    ],
)
def test_files_can_be_fetched_later(name, kind, mime, file):
    message = one(name)
    (found,) = message.attachments
    assert (message.kind, found.kind, found.mime, found.name) == (kind, kind, mime, file)
    assert found.reference["url"].startswith("https://")


def test_the_largest_picture_is_taken():
    assert one("photo").attachments[0].width == 960
    assert one("photo").text == "Вот такое"
    first, second = one("photos").attachments
    assert (first.width, second.width) == (960, 2000)


def test_a_voice_message_brings_its_length_and_words():
    message = one("audio_message")
    assert message.attachments[0].duration == 7
    assert message.payload["transcript"] == "перезвоните мне"


@pytest.mark.parametrize(
    ("name", "text", "url"),
    [
        ("video", "Обзор платья", "https://vk.com/video-1_456239020_vk"),
        ("audio", "Кино — Перемен", "https://vk.com/audio710001_5"),
        ("link", "Платье", "https://shop.example/p/1"),
        ("wall", "Новая коллекция", "https://vk.com/wall-229000001_77"),
        ("wall_reply", "Красиво", "https://vk.com/wall-229000001_77?reply=90"),
        ("market", "Платье, 1 290 ₽", "https://vk.com/market-229000001_12"),
        ("poll", "Какой цвет?", "https://vk.com/poll710001_3"),
        ("article", "Уход за шёлком", "https://vk.com/@a"),
        ("story", "https://vk.com/story710001_8_k", "https://vk.com/story710001_8_k"),
    ],
)
def test_what_lies_on_vk_is_shown_as_a_link(name, text, url):
    message = one(name)
    assert message.kind == "text"
    assert links(message) == {text: url}


def test_a_place_is_drawn_from_the_payload():
    message = one("geo")
    assert message.kind == "location"
    assert message.text == "Я здесь"
    assert message.payload == {
        "latitude": 55.751244,
        "longitude": 37.618423,
        "title": "Москва",
        "address": "Москва",
    }


@pytest.mark.parametrize(
    ("name", "field"), [("call", "call"), ("from_the_future", "hologram"), ("nothing", "empty")]
)
def test_unknown_content_is_named(name, field):
    message = one(name)
    assert (message.kind, message.payload["field"]) == ("unsupported", field)


def test_a_cropped_message_says_so():
    assert one("cropped").payload == {"is_cropped": True}


def test_a_reply_names_the_message():
    assert one("reply").reply_to == "710001:39"


def test_forwarded_messages_stay_readable():
    message = one("forwarded")
    assert message.text == "Смотрите что пишут\nМагазин супер\nВнутри"
    quoted = [covered(message, found) for found in message.entities]
    assert quoted == ["Магазин супер", "Внутри"]
    assert message.payload["forwarded_from"] == "vk.com/id55"
    assert message.kind == "image"


def test_a_group_is_one_chat_with_many_senders():
    message = one("group_text")
    assert message.chat_id == "2000000003"
    assert message.sender.external_id == MARIA
    assert message.external_id.startswith("2000000003:")


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("group_joined", {"event": "chat_invite_user", "names": ["vk.com/id55"]}),
        ("group_title", {"event": "chat_title_update", "title": "Клуб друзей"}),
    ],
)
def test_service_messages_say_what_happened(name, payload):
    message = one(name)
    assert (message.kind, message.payload) == ("system", payload)


@pytest.mark.parametrize("name", ["message_reply", "admin_sends"])
def test_what_the_community_says_elsewhere_is_outgoing(name):
    message = one(name)
    assert (message.chat_id, message.direction) == (MARIA, "outgoing")
    assert message.sender is None


def test_an_edit_brings_the_whole_message():
    edit = one("message_edit")
    assert isinstance(edit, InboundEdit)
    assert edit.text == "Здравствуйте! Есть 46?"
    assert edit.edited_at == datetime.fromtimestamp(1795340500, UTC)
    assert len(one("message_edit_photo").attachments) == 1


@pytest.mark.parametrize(
    ("name", "reachable", "reason"),
    [
        ("message_deny", False, "denied"),
        ("user_block", False, "blacklisted"),
        ("user_unblock", True, ""),
    ],
)
def test_permissions_change_whether_one_may_write(name, reachable, reason):
    assert one(name) == InboundReachability(MARIA, reachable, None, reason)


def test_reading_reaches_up_to_a_message():
    assert one("message_read") == InboundStatus("710001:45", "read", None, and_earlier=True)
    assert parse(raw("message_read_by_us"), GROUP) == []


def test_a_callback_button_waits_for_an_acknowledgement():
    message = one("message_event")
    assert message.external_id == "710001:button-e1f2a3"
    assert (message.kind, message.text, message.sent_at) == ("text", "buy", None)
    assert message.reply_to == "710001:46"
    assert message.acknowledge == {"event_id": "e1f2a3", "user_id": 710001, "peer_id": 710001}
    assert one("message_event_text").payload == {"button": '{"n":1}'}


def test_typing_is_the_customers_only():
    assert one("message_typing_state") == InboundTyping(MARIA)
    assert parse(raw("message_typing_state_ours"), GROUP) == []


@pytest.mark.parametrize(
    ("name", "emojis"),
    [("reaction", ("👍",)), ("reaction_unknown", ("✨",)), ("reaction_removed", ())],
)
def test_reactions_are_emoji(name, emojis):
    reaction = one(name)
    assert isinstance(reaction, InboundReaction)
    assert (reaction.external_id, reaction.emojis) == ("710001:47", emojis)
    assert reaction.person.external_id == MARIA


def test_a_form_is_a_message_with_its_answers():
    message = one("lead_form")
    assert message.text == "Запись на примерку\nТелефон: +79161234567\nРазмеры: 44, 46"
    assert message.external_id == "710001:lead-31"
    assert message.referral == {"form": "Запись на примерку"}
    assert message.payload["answers"][0]["answer"] == "+79161234567"


def test_an_order_of_the_shop_is_an_order():
    message = one("market_order")
    assert message.kind == "order"
    assert message.text == "Платье × 2\n2 580 ₽\nПозвоните"
    assert message.payload["amount"] == "2580"


@pytest.mark.parametrize(
    "name", ["group_join", "group_leave", "wall_reply_new", "market_order_edit"]
)
def test_events_outside_of_conversations_are_kept_as_notices(name):
    notice = one(name)
    assert isinstance(notice, InboundNotice)
    assert (notice.topic, notice.level) == (name, "info")
    assert notice.data == json.loads(raw(name))["object"]
    assert str(notice.words)


def test_events_that_nobody_knows_yet_are_kept_as_notices_too():
    notice = one("from_a_later_version")
    assert (notice.topic, notice.words) == ("quantum_message", "")


def test_a_comment_tells_its_time_and_the_key_of_a_permission_is_kept():
    assert one("wall_reply_new").at == datetime.fromtimestamp(1795340000, UTC)
    allowed, notice = parse(raw("message_allow"), GROUP)
    assert allowed == InboundReachability(MARIA, True, None)
    assert (notice.topic, notice.data["key"]) == ("message_allow", "landing-7")


def test_a_button_of_ours_comes_back_as_its_value():
    assert one("button_ours").payload == {"button": "size:44"}
    assert one("message_event_ours").payload == {"button": "size:44"}
    assert one("message_event_ours").text == "size:44"


def test_every_event_that_we_ask_for_was_recorded():
    assert {json.loads(raw(name))["type"] for name in ALL} >= EVENTS


def test_a_repeated_event_has_the_same_key_whichever_way_it_comes():
    event = json.loads(raw("text"))
    keys = {dedup_key(event), dedup_key(dict(reversed(event.items())))}
    keys.add(dedup_key({name: event[name] for name in event if name != "secret"}))
    assert len(keys) == 1
    plain = json.loads(raw("without_event_id"))
    assert dedup_key(plain) == dedup_key({**plain, "secret": "another"})
    assert dedup_key(plain) != dedup_key({**plain, "object": {"user_id": 1}})
    assert dedup_key({**event, "event_id": "x" * 500}) != "x" * 500


@pytest.mark.parametrize("name", ALL)
def test_every_item_is_in_the_public_vocabulary(name):
    try:
        items = parse(raw(name), GROUP)
    except ParkedPayload:
        return
    for item in items:
        if isinstance(item, InboundMessage):
            assert item.kind in MESSAGE_KINDS
            assert item.external_id.startswith(f"{item.chat_id}:")
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
        if isinstance(value[key], list) and value[key] and isinstance(value[key][0], dict):
            for inner in _spoiled(value[key][0]):
                yield {**rest, key: [inner]}


@pytest.mark.parametrize("name", ALL)
def test_parsing_is_total(name):
    for spoiled in _spoiled(json.loads(raw(name))):
        with contextlib.suppress(ParkedPayload):
            assert isinstance(parse(json.dumps(spoiled).encode(), GROUP), list)


@pytest.mark.parametrize("name", ["text", "photo", "message_event", "message_read"])
def test_truncated_and_doubled_bytes_are_parked(name):
    whole = raw(name)
    for broken in (b"", whole[: len(whole) // 2], whole + whole, b"\xff" + whole, b"[" * 5000):
        with pytest.raises(ParkedPayload):
            parse(broken, GROUP)


def test_forwards_nested_without_an_end_are_cut():
    event = json.loads(raw("text"))
    inner = {"from_id": 55, "text": "x", "attachments": []}
    for _ in range(50):
        inner = {**inner, "fwd_messages": [inner]}
    event["object"]["message"]["fwd_messages"] = [inner]
    (message,) = parse(json.dumps(event).encode(), GROUP)
    assert message.text.count("x") == 4


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("podcast", {"id": 4, "owner_id": -5, "title": "Выпуск"}),
        ("video_playlist", {"id": 4, "owner_id": -5, "title": "Выпуск"}),
        ("hologram", {"id": 4}),
        ("narrative", {"id": 4, "owner_id": -5}),
    ],
)
def test_whatever_hangs_on_a_message_is_seen(kind, body):
    event = json.loads(raw("text"))
    message = event["object"]["message"]
    message |= {"text": "", "attachments": [{"type": kind, kind: body}]}
    (found,) = parse(json.dumps(event).encode(), GROUP)
    assert found.external_id
    assert (found.kind, kind) == ("unsupported", found.payload.get("field")) or "Выпуск" in (
        found.text
    )


@pytest.mark.parametrize("kind", ["group_officers_edit", "group_change_settings", "wall_post_new"])
def test_news_of_the_community_are_kept_and_counted(kind):
    body = {"user_id": 710001, "date": 1795340041}
    event = {"type": kind, "object": body, "group_id": int(GROUP), "event_id": "a1"}
    (notice,) = parse(json.dumps(event).encode(), GROUP)
    assert (notice.topic, notice.data) == (kind, body)
