"""Attachments: what a program asks for, as the message then shows it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import keyboards
from .refusals import Refusal, wrong
from .world import StoredFile, World

Fields = dict[str, Any]

MOST = 12
# These must be the only attachment of their message.
_ALONE = {"audio", "file", "contact", "sticker"}


def accepted(world: World, wanted: Any, base: str) -> list[Fields] | None:
    """The attachments of a message, for an `attachments` of a body. Raises Refusal."""
    if wanted is None:
        return None
    if not isinstance(wanted, list) or not all(isinstance(one, dict) for one in wanted):
        raise wrong("attachments: array of objects expected")
    if len(wanted) > MOST:
        raise wrong(f"attachments: at most {MOST} are allowed")
    kinds = [str(one.get("type")) for one in wanted]
    if len(kinds) > 1 and (alone := next((kind for kind in kinds if kind in _ALONE), "")):
        raise wrong(f"attachments: {alone} must be the only attachment in message")
    if kinds.count("inline_keyboard") > 1:
        raise wrong("attachments: only one keyboard is allowed")
    found = []
    for one, kind in zip(wanted, kinds, strict=True):
        reader = _READERS.get(kind)
        if reader is None:
            raise wrong(f"attachments: unknown type {kind[:40]}")
        found += reader(world, one, base)
    return found


def described(file: StoredFile, base: str) -> Fields:
    """A kept file as an attachment."""
    payload: Fields = {"url": f"{base}{file.path}", "token": file.token}
    if file.kind == "image":
        return {"type": "image", "payload": {"photo_id": file.id, **payload}}
    if file.kind == "video":
        size = {"width": 1280, "height": 720, "duration": 3}
        payload["url"] = f"{base}/max/watch/{file.id}"
        return {"type": "video", "payload": payload, "thumbnail": None, **size}
    if file.kind == "audio":
        return {"type": "audio", "payload": payload, "transcription": None}
    if file.kind == "sticker":
        payload = {"url": payload["url"], "code": file.token}
        return {"type": "sticker", "payload": payload, "width": 256, "height": 256}
    return {"type": "file", "payload": payload, "filename": file.name, "size": file.size}


def _image(world: World, wanted: Fields, base: str) -> list[Fields]:
    payload = _payload(wanted)
    photos = payload.get("photos")
    tokens = [photo.get("token") for photo in photos.values()] if photos else [payload.get("token")]
    return [_file(world, "image", token, base) for token in tokens]


def _media(kind: str) -> Callable[[World, Fields, str], list[Fields]]:
    def read(world: World, wanted: Fields, base: str) -> list[Fields]:
        return [_file(world, kind, _payload(wanted).get("token"), base)]

    return read


def _file(world: World, kind: str, token: Any, base: str) -> Fields:
    file = world.files.get(str(token))
    if file is None or file.kind != kind:
        raise Refusal(400, "attachment.invalid", f"Invalid {kind} token")
    if file.ready_at > time.time():
        words = f"Key: errors.process.attachment.{kind}.not.processed"
        raise Refusal(400, "attachment.not.ready", words)
    return described(file, base)


def _sticker(world: World, wanted: Fields, base: str) -> list[Fields]:
    return [_file(world, "sticker", _payload(wanted).get("code"), base)]


def _contact(world: World, wanted: Fields, base: str) -> list[Fields]:
    payload = _payload(wanted)
    if not payload.get("name"):
        raise wrong("attachments: contact name is required")
    about: Fields = {"vcf_info": payload.get("vcf_info"), "max_info": None}
    if (user_id := payload.get("contact_id")) in world.people:
        about["max_info"] = world.person(int(user_id))
    return [{"type": "contact", "payload": about}]


def _location(world: World, wanted: Fields, base: str) -> list[Fields]:
    place = [wanted.get(name) for name in ("latitude", "longitude")]
    if not all(isinstance(value, int | float) for value in place):
        raise wrong("attachments: latitude and longitude are required")
    return [{"type": "location", "latitude": place[0], "longitude": place[1]}]


def _keyboard(world: World, wanted: Fields, base: str) -> list[Fields]:
    payload = _payload(wanted)
    keyboards.check(payload)
    return [{"type": "inline_keyboard", "payload": {"buttons": payload["buttons"]}}]


def _share(world: World, wanted: Fields, base: str) -> list[Fields]:
    url = str(_payload(wanted).get("url") or "")
    if not url.startswith("http"):
        raise wrong("attachments: share url is invalid")
    return [{"type": "share", "payload": {"url": url}, "title": url}]


def _payload(wanted: Fields) -> Fields:
    payload = wanted.get("payload")
    if not isinstance(payload, dict):
        raise wrong(f"attachments: payload of {wanted.get('type')} is required")
    return payload


_READERS: dict[str, Callable[[World, Fields, str], list[Fields]]] = {
    "image": _image,
    "video": _media("video"),
    "audio": _media("audio"),
    "file": _media("file"),
    "sticker": _sticker,
    "contact": _contact,
    "location": _location,
    "inline_keyboard": _keyboard,
    "share": _share,
}
