"""Files on their way into a message: uploaded first, then named in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import aiohttp
from PIL import Image

from channels_connectors import documents
from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment

from .api import Api
from .errors import FILE_REFUSED, FILE_TOO_LARGE, NO_FILE, UNAVAILABLE, refusal
from .library import Library

MAX_FILE_BYTES: Final = 200 * 1024 * 1024
MAX_PHOTO_BYTES: Final = 50 * 1024 * 1024
MOST_FILES: Final = 10
# An upload gets this long at least, and as long as a slow line needs at most.
_UPLOAD_SECONDS: Final = 60
_SLOWEST_BYTES_PER_SECOND: Final = 256 * 1024

_PHOTO_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/gif"})
_VOICE_TYPES: Final = frozenset({"audio/ogg", "application/ogg", "audio/opus"})


class Uploader:
    """Uploads for one chat. Its methods run in a thread."""

    def __init__(self, library: Library, api: Api, peer_id: str) -> None:
        self._library = library
        self._api = api
        self._peer = peer_id

    def upload(self, attachment: OutboundAttachment) -> str:
        """The name of the uploaded file for `messages.send`, as `photo1_2_key`."""
        try:
            size = Path(attachment.path).stat().st_size
        except OSError:
            raise ConnectorError("bad_content", NO_FILE) from None
        if size > MAX_FILE_BYTES:
            raise ConnectorError("bad_content", FILE_TOO_LARGE)
        if attachment.kind in ("image", "sticker") and _is_photo(attachment, size):
            return self._photo(attachment, size)
        is_voice = attachment.kind == "voice" and attachment.mime.split(";")[0] in _VOICE_TYPES
        return self._doc(attachment, size, "audio_message" if is_voice else "doc")

    def _photo(self, attachment: OutboundAttachment, size: int) -> str:
        place = self._library.method("photos.getMessagesUploadServer", {"peer_id": self._peer})
        told = self._post(place, "photo", attachment, size)
        # A picture that cannot be read is told by an empty list.
        if told.get("photo") in (None, "", "[]"):
            raise ConnectorError("bad_content", FILE_REFUSED)
        saved = self._library.method(
            "photos.saveMessagesPhoto",
            {name: told.get(name) for name in ("photo", "server", "hash")},
        )
        return _name("photo", saved[0])

    def _doc(self, attachment: OutboundAttachment, size: int, kind: str) -> str:
        place = self._library.method(
            "docs.getMessagesUploadServer", {"peer_id": self._peer, "type": kind}
        )
        told = self._post(place, "file", attachment, size)
        if not told.get("file"):
            raise ConnectorError("bad_content", FILE_REFUSED, detail=str(told.get("error"))[:100])
        saved = self._library.method(
            "docs.save", {"file": told["file"], "title": attachment.name or "file"}
        )
        inner = str(saved.get("type") or kind)
        return _name("doc", saved[inner])

    def _post(
        self, place: dict[str, Any], field: str, attachment: OutboundAttachment, size: int
    ) -> dict[str, Any]:
        seconds = _UPLOAD_SECONDS + size // _SLOWEST_BYTES_PER_SECOND
        with Path(attachment.path).open("rb") as file:
            form = aiohttp.FormData(quote_fields=False)
            name = attachment.name.replace('"', "'") or "file"
            form.add_field(field, file, filename=name, content_type=attachment.mime or None)
            call = _send(self._api, str(place["upload_url"]), form, seconds)
            told: dict[str, Any] = self._library.upload(call, seconds)
        return told


async def _send(api: Api, url: str, form: aiohttp.FormData, seconds: float) -> Any:
    try:
        return await api.outside("POST", url, _told, seconds, data=form)
    except ConnectorError as error:
        failure = error
    # Nothing is sent to the customer by an upload.
    raise ConnectorError(
        failure.error_class,
        UNAVAILABLE if failure.maybe_sent else failure.words,
        failure.retry_after,
        detail=failure.detail,
    )


async def _told(response: aiohttp.ClientResponse) -> Any:
    raw = await response.read()
    if response.status == 413:
        raise ConnectorError("bad_content", FILE_TOO_LARGE)
    try:
        told = documents.load(raw)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ConnectorError("transient", UNAVAILABLE, detail=f"HTTP {response.status}")
    # Upload servers know errors of the API too, such as a chat that is closed to us.
    if isinstance(told.get("error"), dict):
        raise refusal(told["error"])
    return told


def _is_photo(attachment: OutboundAttachment, size: int) -> bool:
    """Whether VK shows this image; the others go as files, untouched."""
    if size > MAX_PHOTO_BYTES or attachment.mime not in _PHOTO_TYPES:
        return False
    try:
        with Image.open(attachment.path) as image:
            width, height = image.size
            moves = getattr(image, "is_animated", False)
    except (OSError, ValueError, Image.DecompressionBombError):
        return False
    return width + height <= 14_000 and max(width, height) <= 20 * min(width, height) and not moves


def _name(kind: str, saved: dict[str, Any]) -> str:
    key = saved.get("access_key")
    return f"{kind}{saved['owner_id']}_{saved['id']}" + (f"_{key}" if key else "")
