"""Files as calls of the Bot API: single ones and albums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from PIL import Image

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, OutboundAttachment

from .api import is_local
from .errors import FILE_TOO_LARGE, NO_FILE
from .models import (
    FSInputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    MessageEntity,
    SendAnimation,
    SendAudio,
    SendDocument,
    SendMediaGroup,
    SendPhoto,
    SendSticker,
    SendVideo,
    SendVoice,
    TelegramMethod,
)
from .steps import Step, Target

MAX_FILE_BYTES: Final = 50 * 1024 * 1024
# A Bot API server of one's own takes and hands out this much.
MAX_LOCAL_FILE_BYTES: Final = 2000 * 1024 * 1024
MAX_PHOTO_BYTES: Final = 10 * 1024 * 1024
ALBUM_SIZE: Final = 10
# An upload gets this long at least, and as long as a slow line needs at most.
_UPLOAD_SECONDS: Final = 60
_SLOWEST_BYTES_PER_SECOND: Final = 256 * 1024

_PHOTO_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
# What Telegram plays itself; the rest goes as a file, untouched.
_PLAYED: Final = {
    "video": frozenset({"video/mp4", "video/quicktime"}),
    "audio": frozenset({"audio/mpeg", "audio/mp3", "audio/mp4", "audio/x-m4a", "audio/m4a"}),
    "voice": frozenset({"audio/ogg", "audio/opus", "audio/mpeg", "audio/mp4", "audio/x-m4a"}),
    "sticker": frozenset({"image/webp", "video/webm", "application/x-tgsticker"}),
}

Formatting = list[MessageEntity] | None
_Sized = tuple[OutboundAttachment, int, str]

_SINGLES: Final[dict[str, tuple[Callable[..., TelegramMethod[Any]], str]]] = {
    "photo": (SendPhoto, "photo"),
    "animation": (SendAnimation, "animation"),
    "video": (SendVideo, "video"),
    "audio": (SendAudio, "audio"),
    "voice": (SendVoice, "voice"),
    "sticker": (SendSticker, "sticker"),
    "document": (SendDocument, "document"),
}
_ALBUM_ITEMS: Final[dict[str, Callable[..., Any]]] = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "audio": InputMediaAudio,
    "document": InputMediaDocument,
}
# Photos and videos share an album; documents and audio go only with their own kind.
_ALBUMS: Final = {"photo": "pictures", "video": "pictures", "audio": "audio", "document": "files"}


def file_limit(config: ChannelConfig) -> int:
    """The most bytes of one file that this channel's server takes."""
    return MAX_LOCAL_FILE_BYTES if is_local(config.settings) else MAX_FILE_BYTES


def takes_caption(attachments: Sequence[OutboundAttachment]) -> bool:
    """Whether a text can go with the first of these files; a sticker has none."""
    return bool(attachments) and attachments[0].kind != "sticker"


def ends_in_album(attachments: Sequence[OutboundAttachment]) -> bool:
    """Whether the last call for these files makes an album, which has no buttons."""
    return bool(attachments) and len(_calls([_sized(file) for file in attachments])[-1]) > 1


def steps(
    attachments: Sequence[OutboundAttachment],
    caption: str = "",
    formatting: Formatting = None,
    *,
    limit: int = MAX_FILE_BYTES,
) -> list[Step]:
    """The calls that send these files of at most `limit` bytes in order, the caption on the first
    of them. Raises ConnectorError."""
    found: list[Step] = []
    for files in _calls([_sized(attachment, limit) for attachment in attachments]):
        text, shape = (caption, formatting) if not found else ("", None)
        found.append(
            _single(files[0], text, shape) if len(files) == 1 else _group(files, text, shape)
        )
    return found


def _calls(sized: list[_Sized]) -> list[list[_Sized]]:
    """The files of each call: as many together as an album holds."""
    found = []
    for album, run in groupby(sized, key=lambda item: _ALBUMS.get(item[2], "")):
        files, size = list(run), ALBUM_SIZE if album else 1
        found += [files[start : start + size] for start in range(0, len(files), size)]
    return found


def _sized(attachment: OutboundAttachment, limit: int = MAX_LOCAL_FILE_BYTES) -> _Sized:
    try:
        size = Path(attachment.path).stat().st_size
    except OSError:
        raise ConnectorError("bad_content", NO_FILE) from None
    if size > limit:
        raise ConnectorError("bad_content", FILE_TOO_LARGE)
    return attachment, size, _kind(attachment, size)


def _kind(attachment: OutboundAttachment, size: int) -> str:
    kind = attachment.kind
    if kind == "image" and attachment.mime == "image/gif":
        return "animation"
    if kind == "image":
        return "photo" if _is_photo(attachment, size) else "document"
    return kind if attachment.mime.partition(";")[0] in _PLAYED.get(kind, ()) else "document"


def _is_photo(attachment: OutboundAttachment, size: int) -> bool:
    """Whether Telegram shows this image; the others go as files, untouched."""
    if size > MAX_PHOTO_BYTES or attachment.mime not in _PHOTO_TYPES:
        return False
    try:
        with Image.open(attachment.path) as image:
            width, height = image.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return False
    return width + height <= 10_000 and max(width, height) <= 20 * min(width, height)


def _single(item: _Sized, caption: str, formatting: Formatting) -> Step:
    attachment, size, kind = item
    method, field = _SINGLES[kind]

    def step(target: Target) -> tuple[TelegramMethod[Any], int]:
        values: dict[str, Any] = {field: _upload(attachment), **target.parameters}
        if kind != "sticker":
            values.update(caption=caption or None, caption_entities=formatting, parse_mode=None)
        return method(**values), _seconds(size)

    return step


def _group(items: list[_Sized], caption: str, formatting: Formatting) -> Step:
    def step(target: Target) -> tuple[TelegramMethod[Any], int]:
        media = [
            _ALBUM_ITEMS[kind](
                media=_upload(attachment),
                parse_mode=None,
                caption=None if number else caption or None,
                caption_entities=None if number else formatting,
            )
            for number, (attachment, _size, kind) in enumerate(items)
        ]
        method = SendMediaGroup(media=media, **target.parameters)
        return method, _seconds(sum(size for _attachment, size, _kind in items))

    return step


def _upload(attachment: OutboundAttachment) -> FSInputFile:
    return FSInputFile(attachment.path, filename=attachment.name or None)


def _seconds(size: int) -> int:
    return _UPLOAD_SECONDS + size // _SLOWEST_BYTES_PER_SECOND
