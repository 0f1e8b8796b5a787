"""Files on their way into a message: uploaded first, then named in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiohttp
from PIL import Image

from channels_connectors import documents
from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment

from .api import Api
from .errors import refusal
from .library import Library
from .words import FILE_REFUSED, FILE_TOO_LARGE, NO_FILE, UNAVAILABLE

MAX_FILE_BYTES: Final = 200 * 1024 * 1024
MAX_PHOTO_BYTES: Final = 50 * 1024 * 1024
MOST_FILES: Final = 10
# An upload gets this long at least, and as long as a slow line needs at most.
_UPLOAD_SECONDS: Final = 60
_SLOWEST_BYTES_PER_SECOND: Final = 256 * 1024

Call = tuple[str, dict[str, Any]]

_PHOTO_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/gif"})
_VOICE_TYPES: Final = frozenset({"audio/ogg", "application/ogg", "audio/opus"})


class _File(NamedTuple):
    """A file on its way; `kind` is photo, doc or audio_message, as VK's upload servers name it."""

    attachment: OutboundAttachment
    size: int
    kind: str


class Uploader:
    """Uploads for one chat. Its methods run in a thread."""

    def __init__(self, library: Library, api: Api, peer_id: str) -> None:
        self._library = library
        self._api = api
        self._peer = peer_id

    def upload(self, attachments: Sequence[OutboundAttachment]) -> list[str]:
        """The names of the uploaded files for `messages.send`, as `photo1_2_key`, in their order.

        Ten files cost two calls of the API, not twenty: an upload server takes several files, and
        the servers of several kinds and all savings are asked for together. Raises ConnectorError.
        """
        files = [_measured(attachment) for attachment in attachments]
        if not files:
            return []
        kinds = list(dict.fromkeys(file.kind for file in files))
        servers = dict(
            zip(kinds, self._together([self._server(kind) for kind in kinds]), strict=True)
        )
        savings = [self._put(file, servers[file.kind]) for file in files]
        return [
            _name(file, saved) for file, saved in zip(files, self._together(savings), strict=True)
        ]

    def _together(self, calls: list[Call]) -> list[Any]:
        if len(calls) == 1:
            return [self._library.method(*calls[0])]
        return list(self._library.wait(self._api.execute(calls)))

    def _server(self, kind: str) -> Call:
        if kind == "photo":
            return "photos.getMessagesUploadServer", {"peer_id": self._peer}
        return "docs.getMessagesUploadServer", {"peer_id": self._peer, "type": kind}

    def _put(self, file: _File, server: dict[str, Any]) -> Call:
        """Upload; returns the call that saves it."""
        if file.kind == "photo":
            told = self._post(server, "photo", file.attachment, file.size)
            # A picture that cannot be read is told by an empty list.
            if told.get("photo") in (None, "", "[]"):
                raise ConnectorError("bad_content", FILE_REFUSED)
            facts = {name: told.get(name) for name in ("photo", "server", "hash")}
            return "photos.saveMessagesPhoto", facts
        told = self._post(server, "file", file.attachment, file.size)
        if not told.get("file"):
            raise ConnectorError("bad_content", FILE_REFUSED, detail=str(told.get("error"))[:100])
        return "docs.save", {"file": told["file"], "title": file.attachment.name or "file"}

    def _post(
        self, place: dict[str, Any], field: str, attachment: OutboundAttachment, size: int
    ) -> dict[str, Any]:
        seconds = _UPLOAD_SECONDS + size // _SLOWEST_BYTES_PER_SECOND
        with Path(attachment.path).open("rb") as file:
            form = aiohttp.FormData(quote_fields=False)
            name = attachment.name.replace('"', "'") or "file"
            form.add_field(field, file, filename=name, content_type=attachment.mime or None)
            call = _send(self._api, str(place["upload_url"]), form, seconds)
            told: dict[str, Any] = self._library.wait(call, seconds)
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


def _measured(attachment: OutboundAttachment) -> _File:
    try:
        size = Path(attachment.path).stat().st_size
    except OSError:
        size = None
    if size is None:
        raise ConnectorError("bad_content", NO_FILE)
    if size > MAX_FILE_BYTES:
        raise ConnectorError("bad_content", FILE_TOO_LARGE)
    if attachment.kind in ("image", "sticker") and _is_photo(attachment, size):
        return _File(attachment, size, "photo")
    is_voice = attachment.kind == "voice" and attachment.mime.split(";")[0] in _VOICE_TYPES
    return _File(attachment, size, "audio_message" if is_voice else "doc")


def _name(file: _File, saved: Any) -> str:
    if file.kind == "photo":
        kind, body = "photo", saved[0]
    else:
        kind, body = "doc", saved[str(saved.get("type") or file.kind)]
    key = body.get("access_key")
    return f"{kind}{body['owner_id']}_{body['id']}" + (f"_{key}" if key else "")
