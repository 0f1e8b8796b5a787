"""Files on their way into a message: uploaded first, then named in it by a token.

What may be uploaded as what is MAX's table of file types; the rest goes as a plain file, untouched.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiohttp
from PIL import Image

from channels_connectors import documents
from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment

from .api import Api
from .errors import FILE_REFUSED, FILE_TOO_LARGE, NO_FILE, UNAVAILABLE, refusal
from .people import Fields

_MEGABYTE: Final = 1024 * 1024
MAX_FILE_BYTES: Final = 4 * 1024 * _MEGABYTE
MAX_IMAGE_BYTES: Final = 50 * _MEGABYTE
MAX_VIDEO_BYTES: Final = 250 * _MEGABYTE
MAX_AUDIO_BYTES: Final = 256 * _MEGABYTE
LONGEST_SIDE: Final = 7680
# An upload gets this long at least, and as long as a slow line needs at most.
_UPLOAD_SECONDS: Final = 60
_SLOWEST_BYTES_PER_SECOND: Final = 256 * 1024

_IMAGES: Final = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/tiff", "image/bmp", "image/heic"}
)
_VIDEOS: Final = frozenset(
    {"video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "video/matroska"}
)


class Upload(NamedTuple):
    """A file with what MAX calls its kind: image, video, audio or file."""

    attachment: OutboundAttachment
    kind: str
    size: int


def prepare(attachment: OutboundAttachment) -> Upload:
    """How this file will go. Raises ConnectorError("bad_content")."""
    try:
        size = Path(attachment.path).stat().st_size
    except OSError:
        raise ConnectorError("bad_content", NO_FILE) from None
    if size > MAX_FILE_BYTES:
        raise ConnectorError("bad_content", FILE_TOO_LARGE)
    return Upload(attachment, _kind(attachment, size), size)


async def upload(api: Api, file: Upload) -> Fields:
    """The attachment for a message `{type, payload}`. Raises ConnectorError.

    MAX goes on processing the file for a while: until then it refuses the message.
    """
    place = await api.call("POST", "uploads", type=file.kind)
    told = await _post(api, str(place.get("url") or ""), file)
    if file.kind == "image" and told.get("photos"):
        payload = {"photos": told["photos"]}
    else:
        # Videos and sounds have their token before they are there, files only afterwards.
        payload = {"token": told.get("token") or place.get("token")}
    if not all(payload.values()):
        raise ConnectorError("bad_content", FILE_REFUSED, detail="no token")
    return {"type": file.kind, "payload": payload}


async def _post(api: Api, url: str, file: Upload) -> Fields:
    seconds = _UPLOAD_SECONDS + file.size // _SLOWEST_BYTES_PER_SECOND
    attachment = file.attachment
    try:
        opened = await asyncio.to_thread(Path(attachment.path).open, "rb")
    except OSError:
        raise ConnectorError("bad_content", NO_FILE) from None
    with opened:
        form = aiohttp.FormData(quote_fields=False)
        name = attachment.name.replace('"', "'") or "file"
        form.add_field("data", opened, filename=name, content_type=attachment.mime or None)
        try:
            told: Fields = await api.outside("POST", url, _told, seconds, data=form)
            return told
        except ConnectorError as error:
            failure = error
    # Nothing is sent to the customer by an upload.
    raise ConnectorError(
        failure.error_class,
        UNAVAILABLE if failure.maybe_sent else failure.words,
        failure.retry_after,
        detail=failure.detail,
    )


async def _told(response: aiohttp.ClientResponse) -> Fields:
    raw = await response.read()
    try:
        told: Any = documents.load(raw)
    except ValueError:
        told = None
    if response.status == 200:
        # The servers for videos and sounds answer with a little XML; their token is known.
        return told if isinstance(told, dict) else {}
    if response.status in (400, 415):
        raise ConnectorError("bad_content", FILE_REFUSED, detail=f"HTTP {response.status}")
    raise refusal(response.status, told, response.headers.get("Retry-After", ""))


def _kind(attachment: OutboundAttachment, size: int) -> str:
    mime = attachment.mime.split(";")[0].strip().lower()
    if attachment.kind in ("image", "sticker"):
        fits = size <= MAX_IMAGE_BYTES and mime in _IMAGES and _is_picture(attachment)
        return "image" if fits else "file"
    if attachment.kind == "video":
        return "video" if size <= MAX_VIDEO_BYTES and mime in _VIDEOS else "file"
    if attachment.kind in ("voice", "audio"):
        return "audio" if size <= MAX_AUDIO_BYTES and mime.startswith("audio/") else "file"
    return "file"


def _is_picture(attachment: OutboundAttachment) -> bool:
    try:
        with Image.open(attachment.path) as image:
            return max(image.size) <= LONGEST_SIDE
    except (OSError, ValueError, Image.DecompressionBombError):
        return False
