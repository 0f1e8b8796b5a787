"""What hangs on a message of VK's: files to fetch, and things that are only pointed at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from channels_connectors.ornaments import Unread
from channels_connectors.types import InboundAttachment

from .people import Fields

SITE: Final = "https://vk.com"


@dataclass(slots=True)
class Found:
    """`shared` are (title, url, type) of what lies on VK, `unknown` types that we cannot show."""

    files: list[InboundAttachment] = field(default_factory=list)
    shared: list[tuple[str, str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    payload: Fields = field(default_factory=dict)
    unread: Unread = field(default_factory=Unread)


def collect(attachments: list[Fields], found: Found) -> None:
    """Add what these attachments hold to `found`."""
    for attachment in attachments:
        if not found.unread.attempt("attachments", attachment, lambda it: _add(it, found), False):
            kind = attachment.get("type") if isinstance(attachment, dict) else ""
            found.unknown.append(str(kind or "attachment")[:50])


def _add(attachment: Fields, found: Found) -> bool:
    kind = str(attachment["type"])
    body, read = attachment.get(kind), _READERS.get(kind)
    if read is None or not isinstance(body, dict):
        return False
    return read(body, found)


def _photo(photo: Fields, found: Found) -> bool:
    sizes = [size for size in photo.get("sizes") or () if size.get("url")]
    if original := photo.get("orig_photo"):
        sizes.append(original)
    if not sizes:
        return False
    largest = max(sizes, key=_area)
    found.files.append(
        _file("image", "photo", photo, largest["url"], "photo.jpg", "image/jpeg", largest)
    )
    return True


def _doc(doc: Fields, found: Found) -> bool:
    if not doc.get("url"):
        return False
    title, extension = str(doc.get("title") or "file"), str(doc.get("ext") or "")
    name = (
        title
        if not extension or title.lower().endswith(f".{extension.lower()}")
        else (f"{title}.{extension}")
    )
    found.files.append(_file("file", "doc", doc, doc["url"], name, "", doc))
    return True


def _audio_message(voice: Fields, found: Found) -> bool:
    url, mp3 = voice.get("link_ogg"), voice.get("link_mp3")
    if not (url or mp3):
        return False
    name, mime = ("voice.ogg", "audio/ogg") if url else ("voice.mp3", "audio/mpeg")
    found.files.append(_file("voice", "audio_message", voice, url or mp3, name, mime, voice))
    if transcript := voice.get("transcript"):
        found.payload["transcript"] = str(transcript)
    return True


def _sticker(sticker: Fields, found: Found) -> bool:
    images = [image for image in sticker.get("images") or () if image.get("url")]
    if not images:
        return False
    # The largest is 512 pixels wide; larger than half of that nobody draws a sticker.
    fitting = [image for image in images if _area(image) <= 256 * 256] or images
    image = max(fitting, key=_area)
    identity = {"owner_id": sticker.get("product_id", 0), "id": sticker.get("sticker_id", 0)}
    found.files.append(
        _file("sticker", "sticker", identity, image["url"], "sticker.png", "image/png", image)
    )
    return True


def _graffiti(graffiti: Fields, found: Found) -> bool:
    if not graffiti.get("url"):
        return False
    found.files.append(
        _file("image", "graffiti", graffiti, graffiti["url"], "graffiti.png", "image/png", graffiti)
    )
    return True


def _gift(gift: Fields, found: Found) -> bool:
    url = gift.get("thumb_256") or gift.get("thumb_96")
    if not url:
        return False
    found.files.append(_file("sticker", "gift", gift, url, "gift.jpg", "image/jpeg", {}))
    return True


def _audio(audio: Fields, found: Found) -> bool:
    title = " — ".join(str(audio[name]) for name in ("artist", "title") if audio.get(name))
    return _share(found, "audio", title, f"{SITE}/audio{_place(audio)}")


def _link(link: Fields, found: Found) -> bool:
    return _share(found, "link", str(link.get("title") or ""), str(link.get("url") or ""))


def _wall(post: Fields, found: Found) -> bool:
    owner = post.get("owner_id", post.get("to_id", post.get("from_id")))
    return _share(found, "wall", _title(post), f"{SITE}/wall{owner}_{post['id']}")


def _wall_reply(comment: Fields, found: Found) -> bool:
    owner, post = comment.get("owner_id"), comment.get("post_id")
    url = f"{SITE}/wall{owner}_{post}?reply={comment['id']}"
    return _share(found, "wall_reply", _title(comment), url)


def _market(item: Fields, found: Found) -> bool:
    price = (item.get("price") or {}).get("text")
    title = ", ".join(str(part) for part in (item.get("title"), price) if part)
    return _share(found, "market", title, f"{SITE}/market{_place(item)}")


def _poll(poll: Fields, found: Found) -> bool:
    return _share(found, "poll", str(poll.get("question") or ""), f"{SITE}/poll{_place(poll)}")


def _article(article: Fields, found: Found) -> bool:
    url = str(article.get("view_url") or article.get("url") or "")
    return _share(found, "article", str(article.get("title") or ""), url)


def _on_site(kind: str, title: str = "title") -> Callable[[Fields, Found], bool]:
    def read(body: Fields, found: Found) -> bool:
        return _share(found, kind, str(body.get(title) or ""), f"{SITE}/{kind}{_place(body)}")

    return read


def _share(found: Found, kind: str, title: str, url: str) -> bool:
    if not url.startswith(("https://", "http://")):
        return False
    found.shared.append((title.strip()[:300] or url, url, kind))
    return True


def _title(post: Fields) -> str:
    first = str(post.get("text") or "").strip().partition("\n")[0]
    return first if len(first) <= 120 else f"{first[:119]}…"


def _place(body: Fields) -> str:
    key = body.get("access_key")
    return f"{body['owner_id']}_{body['id']}" + (f"_{key}" if key else "")


def _area(size: Fields) -> int:
    return int(size.get("width") or 0) * int(size.get("height") or 0)


def _file(
    kind: str, name: str, body: Fields, url: Any, file_name: str, mime: str, facts: Fields
) -> InboundAttachment:
    """VK's address of a file changes; the id, which is the whole first part, stays."""
    if not isinstance(url, str):
        raise TypeError("the address of a file is not a text")
    return InboundAttachment(
        kind=kind,
        reference={"url": url, "id": f"vk-{name}-{body.get('owner_id', 0)}_{body.get('id', 0)}"},
        name=file_name,
        mime=mime,
        size=_count(facts.get("size")),
        width=_count(facts.get("width")),
        height=_count(facts.get("height")),
        duration=_count(facts.get("duration")),
    )


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**53 else None


_READERS: Final[dict[str, Callable[[Fields, Found], bool]]] = {
    "photo": _photo,
    "doc": _doc,
    "audio_message": _audio_message,
    "sticker": _sticker,
    "graffiti": _graffiti,
    "gift": _gift,
    "audio": _audio,
    "link": _link,
    "wall": _wall,
    "wall_reply": _wall_reply,
    "market": _market,
    "market_album": _on_site("market_album"),
    "poll": _poll,
    "article": _article,
    "video": _on_site("video"),
    "video_playlist": _on_site("video_playlist"),
    "story": _on_site("story"),
    "podcast": _on_site("podcast"),
}
