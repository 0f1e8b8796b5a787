"""What a Telegram `Message` holds: its kind, its files and what is needed to draw it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from channels_connectors.ornaments import MALFORMED, Unread
from channels_connectors.types import InboundAttachment, names

from .people import Fields, full_name, origin_name, words
from .summaries import summary


class Content(NamedTuple):
    """The kind of a message with its files and payload; `text` where it has none of its own."""

    kind: str
    attachments: tuple[InboundAttachment, ...]
    payload: Fields
    text: str = ""
    entities: list[Fields] = []


def content(message: Fields) -> Content:
    """What this message holds. Content that we do not know is named, never dropped."""
    found, unread = Content("text", (), {}) if "text" in message else _find(message), Unread()
    if origin := message.get("forward_origin"):
        found.payload["forwarded_from"] = unread.attempt("forward_origin", origin, origin_name, "")
    if quote := message.get("quote"):
        found.payload["quote"] = unread.attempt("quote", quote, lambda it: it.get("text") or "", "")
    if message.get("is_from_offline"):
        # A greeting or an away message that the owner's account wrote by itself.
        found.payload["automatic"] = True
    # Offsets stay in UTF-16 units, as Telegram counts.
    given = message.get("entities") or message.get("caption_entities")
    shape = unread.each("entities", given, _entity)
    return found._replace(payload=unread.added_to(found.payload), entities=shape)


def _entity(entity: Fields) -> Fields:
    plain: Fields = {"type": str(entity["type"])}
    for name in ("offset", "length"):
        if (found := count(entity[name])) is None:
            raise ValueError("a place in the text is no number")
        plain[name] = found
    if url := entity.get("url"):
        plain["url"] = url
    elif user := entity.get("user"):
        plain["url"] = f"tg://user?id={user['id']}"
    return plain


def _find(message: Fields) -> Content:
    field = next((name for name in _READERS if name in message), "")
    if field:
        with suppress(*MALFORMED):
            return _READERS[field](message[field], message)
    field = field or next((name for name in message if name not in _ENVELOPE), "")
    unread = Unread()
    if field in _SERVICES:
        facts = unread.attempt(field, message[field], lambda _: _service(field, message), Fields())
        return Content("system", (), unread.added_to({"event": field, **facts}))
    if not field:
        return Content("unsupported", (), {"field": ""})
    payload = {"field": field, "raw": message[field]}
    words = unread.attempt(field, message[field], lambda it: summary(field, it), "")
    return Content("unsupported", (), payload, words)


def _file(kind: str, file: Fields, name: str = "", mime: str = "") -> InboundAttachment:
    return InboundAttachment(
        kind=kind,
        reference={"file_id": file["file_id"], "file_unique_id": file.get("file_unique_id", "")},
        name=words(file.get("file_name")) or name,
        mime=words(file.get("mime_type")) or mime,
        size=count(file.get("file_size")),
        width=count(file.get("width")),
        height=count(file.get("height")),
        duration=count(file.get("duration")),
    )


def count(value: object) -> int | None:
    """A size, a length or a place, where that is what is told."""
    return value if type(value) is int and 0 <= value < 2**53 else None


def _photo(sizes: list[Fields], _: Fields) -> Content:
    # Telegram lists the sizes from the smallest to the largest and makes all of them JPEG.
    return Content("image", (_file("image", sizes[-1], "photo.jpg", "image/jpeg"),), {})


def _simple(kind: str, name: str, mime: str) -> Callable[[Fields, Fields], Content]:
    def read(file: Fields, _: Fields) -> Content:
        return Content(kind, (_file(kind, file, name, mime),), {})

    return read


def _live_photo(file: Fields, message: Fields) -> Content:
    """A photo that moves: the moving part is a video without a name."""
    attachment = _file("video", file, "live-photo.mp4", "video/mp4")
    return Content("video", (attachment,), {"live_photo": True})


def _animation(file: Fields, _: Fields) -> Content:
    attachment = _file("video", file, "animation.mp4", "video/mp4")
    return Content("video", (attachment,), {"animation": True})


def _video_note(file: Fields, _: Fields) -> Content:
    attachment = _file("video", file, "video-note.mp4", "video/mp4")
    return Content("video", (attachment,), {"round": True})


def _sticker(file: Fields, _: Fields) -> Content:
    if file.get("is_animated"):
        name, mime = "sticker.tgs", "application/x-tgsticker"
    elif file.get("is_video"):
        name, mime = "sticker.webm", "video/webm"
    else:
        name, mime = "sticker.webp", "image/webp"
    payload = {"emoji": file.get("emoji") or ""}
    return Content("sticker", (_file("sticker", file, name, mime),), payload)


def _location(place: Fields, _: Fields) -> Content:
    payload: Fields = {name: float(place[name]) for name in ("latitude", "longitude")}
    if period := place.get("live_period"):
        payload["live_seconds"] = period
    return Content("location", (), payload)


def _venue(venue: Fields, message: Fields) -> Content:
    found = _location(venue["location"], message)
    found.payload.update(title=venue.get("title") or "", address=venue.get("address") or "")
    return found


def _contact(card: Fields, message: Fields) -> Content:
    user_id = card.get("user_id")
    payload = {
        "phone": str(card["phone_number"]),
        "name": full_name(card),
        # Anyone can forward a card; only one's own number is proven by Telegram.
        "is_sender": user_id is not None and user_id == (message.get("from") or {}).get("id"),
    }
    if user_id is not None:
        payload["user_id"] = str(user_id)
    return Content("contact", (), payload)


def _service(name: str, message: Fields) -> Fields:
    value = message[name]
    if name == "new_chat_members":
        return {"names": [full_name(user) for user in value]}
    if name == "left_chat_member":
        return {"names": [full_name(value)]}
    if name == "new_chat_title":
        return {"title": value}
    if name in ("migrate_to_chat_id", "migrate_from_chat_id"):
        return {"chat_id": str(value)}
    if name in ("forum_topic_created", "forum_topic_edited"):
        return {"title": value.get("name") or ""}
    if name == "pinned_message":
        return {"external_id": f"{message['chat']['id']}:{value['message_id']}"}
    if name == "web_app_data":
        return {"data": value.get("data") or "", "button": value.get("button_text") or ""}
    if name == "successful_payment":
        # In the smallest units of the currency, as Telegram gives it.
        return {"amount": value.get("total_amount"), "currency": value.get("currency") or ""}
    return {}


# Animations come with `document` filled as well, venues with `location`: the more telling go first.
_READERS: dict[str, Callable[..., Content]] = {
    "live_photo": _live_photo,
    "photo": _photo,
    "voice": _simple("voice", "voice.ogg", "audio/ogg"),
    "video": _simple("video", "video.mp4", "video/mp4"),
    "animation": _animation,
    "document": _simple("file", "", ""),
    "sticker": _sticker,
    "video_note": _video_note,
    "audio": _simple("audio", "audio.mp3", "audio/mpeg"),
    "venue": _venue,
    "location": _location,
    "contact": _contact,
}

_SERVICES = names(
    """
    new_chat_members left_chat_member new_chat_title new_chat_photo delete_chat_photo
    group_chat_created supergroup_chat_created channel_chat_created migrate_to_chat_id
    migrate_from_chat_id pinned_message message_auto_delete_timer_changed chat_owner_left
    chat_owner_changed connected_website write_access_allowed web_app_data successful_payment
    refunded_payment boost_added chat_background_set forum_topic_created forum_topic_edited
    forum_topic_closed forum_topic_reopened general_forum_topic_hidden
    general_forum_topic_unhidden proximity_alert_triggered video_chat_scheduled video_chat_started
    video_chat_ended video_chat_participants_invited
    """
)

_ENVELOPE = names(
    """
    message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count
    sender_business_bot sender_tag date guest_query_id business_connection_id chat forward_origin
    forward_from forward_from_chat forward_from_message_id forward_signature forward_sender_name
    forward_date is_topic_message is_automatic_forward reply_to_message external_reply quote
    reply_to_story reply_to_checklist_task_id reply_to_poll_option_id via_bot
    guest_bot_caller_user guest_bot_caller_chat edit_date has_protected_content is_from_offline
    is_paid_post media_group_id author_signature paid_star_count entities link_preview_options
    suggested_post_info effect_id caption caption_entities show_caption_above_media
    has_media_spoiler reply_markup ephemeral_message_id receiver_user
    new_chat_member new_chat_participant left_chat_participant
    """
)
