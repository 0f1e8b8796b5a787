"""Contents of messages: files kept on disk and described as the Bot API describes them."""

from __future__ import annotations

import io
import secrets
from typing import Any

from PIL import Image, UnidentifiedImageError

from .parameters import Parameters, Upload
from .refusals import Refusal, bad_request
from .world import StoredFile, World

Fields = dict[str, Any]

FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "voice": "voice",
    "video": "videos",
    "audio": "music",
    "animation": "animations",
    "sticker": "stickers",
    "video_note": "video_notes",
}
_SUFFIXES = {"photo": ".jpg", "voice": ".oga", "video": ".mp4", "video_note": ".mp4"}
MAX_PHOTO = 10 * 1024 * 1024


def store(world: World, kind: str, upload: Upload) -> StoredFile:
    """Keep a file."""
    file_id = secrets.token_urlsafe(40)
    dot = upload.name.rfind(".")
    suffix = _SUFFIXES.get(kind) or (upload.name[dot:][:10] if dot > 0 else "")
    safe = "".join(character for character in suffix if character.isalnum() or character == ".")
    kept = StoredFile(
        file_id=file_id,
        unique_id=secrets.token_urlsafe(10),
        path=f"{FOLDERS[kind]}/file_{len(world.files)}{safe}",
        name=upload.name,
        mime=upload.mime or "application/octet-stream",
        size=len(upload.data),
    )
    (world.files_folder / file_id).write_bytes(upload.data)
    world.files[file_id] = kept
    return kept


def read(world: World, file: StoredFile) -> bytes:
    """The bytes of a kept file."""
    return (world.files_folder / file.file_id).read_bytes()


def from_parameters(world: World, parameters: Parameters, kind: str, reference: Any) -> Fields:
    """The content that a call gives as an upload, an `attach://` name or a known file_id."""
    text = str(reference or "")
    name = text.removeprefix("attach://") if text.startswith("attach://") else kind
    upload = parameters.uploads.get(name)
    if upload is not None:
        if not upload.data:
            raise bad_request("file must be non-empty")
        file = store(world, kind, upload)
    elif not text:
        raise bad_request(f"there is no {kind} in the request")
    elif text in world.files:
        file = world.files[text]
    elif text.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    else:
        raise bad_request("wrong remote file identifier specified: Wrong character in the string")
    return described(world, kind, file, parameters)


def described(
    world: World, kind: str, file: StoredFile, parameters: Parameters | None = None
) -> Fields:
    """The message fields for a kept file: `{"photo": [...]}` and so on."""
    known: Fields = {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
    }
    given = parameters or Parameters({}, {})
    if kind == "photo":
        return {"photo": _sizes(world, file, known)}
    known["mime_type"] = file.mime
    if kind in ("document", "audio", "video", "animation"):
        known["file_name"] = file.name
    if kind in ("voice", "audio", "video", "animation", "video_note"):
        known["duration"] = given.integer("duration", 1)
    if kind in ("video", "animation"):
        known |= {"width": given.integer("width", 640), "height": given.integer("height", 360)}
    if kind == "video_note":
        known["length"] = given.integer("length", 240)
    if kind == "sticker":
        del known["mime_type"]
        known |= {"type": "regular", "width": 512, "height": 512, "emoji": "🙂"}
        known |= {
            "is_animated": file.name.endswith(".tgs"),
            "is_video": file.name.endswith(".webm"),
        }
    fields = {kind: known}
    if kind == "animation":
        fields["document"] = {key: known[key] for key in known if key not in ("width", "height")}
    return fields


def _sizes(world: World, file: StoredFile, known: Fields) -> list[Fields]:
    if file.size > MAX_PHOTO:
        raise Refusal(413, "Request Entity Too Large")
    try:
        with Image.open(io.BytesIO(read(world, file))) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    scale = 90 / max(width, height, 90)
    small = {"width": max(1, int(width * scale)), "height": max(1, int(height * scale))}
    return [{**known, **small}, {**known, "width": width, "height": height}]
