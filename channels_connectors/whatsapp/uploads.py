"""Files on their way into a message: uploaded first, then named in it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final, NamedTuple

import aiohttp
from PIL import Image

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Json, OutboundAttachment

from .api import Api
from .words import FILE_MISSING, FILE_REFUSED, FILE_TOO_LARGE, UNAVAILABLE

_MB: Final = 1024 * 1024
MAX_FILE_BYTES: Final = 100 * _MB
CAPTIONED: Final = frozenset({"image", "video", "document"})
# An upload gets this long at least, and as long as a slow line needs at most.
_UPLOAD_SECONDS: Final = 60
_SLOWEST_BYTES_PER_SECOND: Final = 256 * 1024

# What WhatsApp shows as more than a document, and up to which size.
# https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media
_SHOWN: Final[dict[str, tuple[frozenset[str], int]]] = {
    "image": (frozenset({"image/jpeg", "image/png"}), 5 * _MB),
    "video": (frozenset({"video/mp4", "video/3gpp"}), 16 * _MB),
    "audio": (
        frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
        16 * _MB,
    ),
    "sticker": (frozenset({"image/webp"}), 500 * 1024),
}
_SAME_TYPES: Final = {
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "application/ogg": "audio/ogg",
    "audio/opus": "audio/ogg",
    "image/jpg": "image/jpeg",
    "video/3gp": "video/3gpp",
}
_LARGEST_STILL_STICKER: Final = 100 * 1024
_STICKER_SIDE: Final = 512


class Media(NamedTuple):
    """An uploaded file: the type of message that shows it and what that message says of it."""

    kind: str
    body: Json


async def upload(api: Api, attachment: OutboundAttachment) -> Media:
    """Put a file on WhatsApp's servers, where it stays for 30 days. Raises ConnectorError."""
    size = await asyncio.to_thread(_size, attachment)
    if size > MAX_FILE_BYTES:
        raise ConnectorError("bad_content", FILE_TOO_LARGE)
    if not size:
        raise ConnectorError("bad_content", FILE_REFUSED)
    mime = attachment.mime.split(";")[0].strip().lower()
    mime = _SAME_TYPES.get(mime, mime) or "application/octet-stream"
    kind = await asyncio.to_thread(_kind, attachment, mime, size)
    body: Json = {"id": await _post(api, attachment, mime, size)}
    if kind == "document":
        body["filename"] = attachment.name or "file"
    if kind == "audio" and attachment.kind == "voice" and mime == "audio/ogg":
        body["voice"] = True
    return Media(kind, body)


def _size(attachment: OutboundAttachment) -> int:
    try:
        return Path(attachment.path).stat().st_size
    except OSError:
        raise ConnectorError("bad_content", FILE_MISSING) from None


def _kind(attachment: OutboundAttachment, mime: str, size: int) -> str:
    """The type of message; what WhatsApp would not show goes as a document, untouched."""
    wanted = "audio" if attachment.kind == "voice" else attachment.kind
    if wanted == "sticker" and not _is_sticker(attachment, mime, size):
        wanted = "image"
    types, most = _SHOWN.get(wanted, (frozenset(), 0))
    return wanted if mime in types and size <= most else "document"


def _is_sticker(attachment: OutboundAttachment, mime: str, size: int) -> bool:
    if mime != "image/webp":
        return False
    try:
        with Image.open(attachment.path) as image:
            moves = getattr(image, "is_animated", False)
            fits = image.size == (_STICKER_SIDE, _STICKER_SIDE)
    except (OSError, ValueError, Image.DecompressionBombError):
        return False
    return fits and (moves or size <= _LARGEST_STILL_STICKER)


async def _post(api: Api, attachment: OutboundAttachment, mime: str, size: int) -> str:
    seconds = _UPLOAD_SECONDS + size // _SLOWEST_BYTES_PER_SECOND
    with await asyncio.to_thread(Path(attachment.path).open, "rb") as file:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", mime)
        name = attachment.name.replace('"', "'").replace("\n", " ").replace("\r", " ") or "file"
        form.add_field("file", file, filename=name, content_type=mime)
        try:
            told = await api.call("POST", f"{api.phone_number_id}/media", seconds, data=form)
        except ConnectorError as error:
            failure = error
        else:
            if media_id := str(told.get("id") or ""):
                return media_id
            failure = ConnectorError("transient", UNAVAILABLE)
    # Nothing is sent to the customer by an upload.
    raise ConnectorError(
        failure.error_class,
        UNAVAILABLE if failure.maybe_sent else failure.words,
        failure.retry_after,
        detail=failure.detail,
    )
