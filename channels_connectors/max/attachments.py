"""What hangs on a message of MAX's: files to fetch, and what is drawn from the payload."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from channels_connectors.ornaments import Unread
from channels_connectors.types import InboundAttachment

from . import buttons, vcards
from .people import Fields, full_name, number


@dataclass(slots=True)
class Found:
    """`kind` is that of a place or a contact, `shared` are (title, url) of shown links, `unknown`
    the types that we cannot show."""

    files: list[InboundAttachment] = field(default_factory=list)
    kind: str = ""
    shared: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    payload: Fields = field(default_factory=dict)
    unread: Unread = field(default_factory=Unread)


def collect(attachments: Any, author: Fields | None, found: Found) -> None:
    """Add what these attachments, sent by `author`, hold to `found`."""

    def add(attachment: Fields) -> bool:
        read = _READERS.get(str(attachment["type"]))
        return read is not None and read(attachment, author, found)

    def add_all(attachments: Any) -> None:
        for attachment in attachments or ():
            if not found.unread.attempt("attachments", attachment, add, False):
                kind = attachment.get("type") if isinstance(attachment, dict) else ""
                found.unknown.append(str(kind or "attachment")[:50])

    found.unread.attempt("attachments", attachments, add_all, None)


def _image(attachment: Fields, _: Fields | None, found: Found) -> bool:
    about = attachment["payload"]
    reference = _reference("image", about, about.get("photo_id"))
    found.files.append(_file("image", reference, attachment, "photo.jpg", "image/jpeg"))
    return True


def _video(attachment: Fields, _: Fields | None, found: Found) -> bool:
    about = attachment["payload"]
    # Its `url` is a page to watch it on; the files are asked for by the token.
    reference = {"video": str(about["token"]), "id": f"max-video-{about['token']}"}
    found.files.append(_file("video", reference, attachment, "video.mp4", "video/mp4"))
    return True


def _audio(attachment: Fields, _: Fields | None, found: Found) -> bool:
    reference = _reference("audio", attachment["payload"])
    found.files.append(_file("audio", reference, attachment, "audio.mp3", "audio/mpeg"))
    if transcript := attachment.get("transcription"):
        found.payload["transcript"] = str(transcript)
    return True


def _document(attachment: Fields, _: Fields | None, found: Found) -> bool:
    reference = _reference("file", attachment["payload"])
    name = str(attachment.get("filename") or "file")
    found.files.append(_file("file", reference, attachment, name, ""))
    return True


def _sticker(attachment: Fields, _: Fields | None, found: Found) -> bool:
    about = attachment["payload"]
    reference = _reference("sticker", about, about.get("code"))
    found.files.append(_file("sticker", reference, attachment, "sticker.webp", "image/webp"))
    return True


def _contact(attachment: Fields, author: Fields | None, found: Found) -> bool:
    about = attachment["payload"]
    user = about.get("max_info") or {}
    card = vcards.read(str(about.get("vcf_info") or ""))
    user_id = user.get("user_id")
    found.payload |= {
        "phone": card.get("phone", ""),
        "name": full_name(user) or card.get("name", ""),
        # Anyone can pass on a card; only one's own is proven by MAX.
        "is_sender": user_id is not None and user_id == (author or {}).get("user_id"),
    }
    if user_id is not None:
        found.payload["user_id"] = str(number(user_id))
    if mail := card.get("email"):
        found.payload["email"] = mail
    found.kind = found.kind or "contact"
    return True


def _location(attachment: Fields, _: Fields | None, found: Found) -> bool:
    found.payload |= {
        "latitude": float(attachment["latitude"]),
        "longitude": float(attachment["longitude"]),
    }
    found.kind = found.kind or "location"
    return True


def _share(attachment: Fields, _: Fields | None, found: Found) -> bool:
    about = attachment.get("payload") or {}
    url, title = str(about.get("url") or ""), str(attachment.get("title") or "").strip()
    if not url.startswith(("https://", "http://")):
        return False
    told = {
        "url": url,
        "title": title,
        "description": str(attachment.get("description") or ""),
        "image_url": str(attachment.get("image_url") or ""),
    }
    found.payload["share"] = {name: value for name, value in told.items() if value}
    found.shared.append((title[:300] or url, url))
    return True


def _keyboard(attachment: Fields, _: Fields | None, found: Found) -> bool:
    about = attachment.get("payload") or {}
    found.payload["buttons"] = buttons.read(about.get("buttons") or attachment.get("buttons"))
    return True


def _data(attachment: Fields, _: Fields | None, found: Found) -> bool:
    found.payload["button"] = str(attachment["data"])
    return True


def _reference(kind: str, about: Fields, identity: Any = None) -> Fields:
    """MAX's address of a file changes; the id, which is the whole first part, stays."""
    url, token = about["url"], about.get("token")
    if not isinstance(url, str):
        raise TypeError("the address of a file is not a text")
    known = identity if identity is not None else token
    return {"url": url, "id": f"max-{kind}-{known if known is not None else url}"}


def _file(kind: str, reference: Fields, facts: Fields, name: str, mime: str) -> InboundAttachment:
    return InboundAttachment(
        kind=kind,
        reference=reference,
        name=name,
        mime=mime,
        size=_count(facts.get("size")),
        width=_count(facts.get("width")),
        height=_count(facts.get("height")),
        duration=_count(facts.get("duration")),
    )


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**53 else None


_READERS: Final[dict[str, Callable[[Fields, Fields | None, Found], bool]]] = {
    "image": _image,
    "video": _video,
    "audio": _audio,
    "file": _document,
    "sticker": _sticker,
    "contact": _contact,
    "location": _location,
    "share": _share,
    "inline_keyboard": _keyboard,
    "reply_keyboard": _keyboard,
    "data": _data,
}
