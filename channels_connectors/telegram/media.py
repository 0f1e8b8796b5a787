"""Files as calls of the Bot API: single ones and albums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from PIL import Image

from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment

from .errors import FILE_TOO_LARGE, NO_FILE
from .models import (
    FSInputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    MessageEntity,
    ReplyParameters,
    SendAudio,
    SendDocument,
    SendMediaGroup,
    SendPhoto,
    SendSticker,
    SendVideo,
    SendVoice,
    TelegramMethod,
)

MAX_FILE_BYTES: Final = 50 * 1024 * 1024
MAX_PHOTO_BYTES: Final = 10 * 1024 * 1024
ALBUM_SIZE: Final = 10
# An upload gets this long at least, and as long as a slow line needs at most.
_UPLOAD_SECONDS: Final = 60
_SLOWEST_BYTES_PER_SECOND: Final = 256 * 1024

_PHOTO_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})

Formatting = list[MessageEntity] | None
# A call for one chat, with its time limit in seconds. Made anew for each try: a group may move.
Step = Callable[[int | str, ReplyParameters | None], tuple[TelegramMethod[Any], int]]
_Sized = tuple[OutboundAttachment, int, str]

_SINGLES: Final[dict[str, tuple[Callable[..., TelegramMethod[Any]], str]]] = {
    "photo": (SendPhoto, "photo"),
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


def takes_caption(attachments: Sequence[OutboundAttachment]) -> bool:
    """Whether a text can go with the first of these files; a sticker has none."""
    return bool(attachments) and attachments[0].kind != "sticker"


def steps(
    attachments: Sequence[OutboundAttachment], caption: str = "", formatting: Formatting = None
) -> list[Step]:
    """The calls that send these files in order, the caption on the first of them."""
    found: list[Step] = []
    sized = [_sized(attachment) for attachment in attachments]
    for _album, run in groupby(sized, key=lambda item: _ALBUMS.get(item[2], "")):
        files = list(run)
        for start in range(0, len(files), ALBUM_SIZE if _album else 1):
            chunk = files[start : start + (ALBUM_SIZE if _album else 1)]
            text, shape = (caption, formatting) if not found else ("", None)
            found.append(
                _single(chunk[0], text, shape) if len(chunk) == 1 else _group(chunk, text, shape)
            )
    return found


def _sized(attachment: OutboundAttachment) -> _Sized:
    try:
        size = Path(attachment.path).stat().st_size
    except OSError:
        raise ConnectorError("bad_content", NO_FILE) from None
    if size > MAX_FILE_BYTES:
        raise ConnectorError("bad_content", FILE_TOO_LARGE)
    return attachment, size, _kind(attachment, size)


def _kind(attachment: OutboundAttachment, size: int) -> str:
    if attachment.kind == "image":
        return "photo" if _is_photo(attachment, size) else "document"
    return attachment.kind if attachment.kind in _SINGLES else "document"


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

    def step(chat: int | str, reply: ReplyParameters | None) -> tuple[TelegramMethod[Any], int]:
        values: dict[str, Any] = {"chat_id": chat, field: _upload(attachment)}
        if kind != "sticker":
            values.update(caption=caption or None, caption_entities=formatting, parse_mode=None)
        return method(reply_parameters=reply, **values), _seconds(size)

    return step


def _group(items: list[_Sized], caption: str, formatting: Formatting) -> Step:
    def step(chat: int | str, reply: ReplyParameters | None) -> tuple[TelegramMethod[Any], int]:
        media = [
            _ALBUM_ITEMS[kind](
                media=_upload(attachment),
                parse_mode=None,
                caption=None if number else caption or None,
                caption_entities=None if number else formatting,
            )
            for number, (attachment, _size, kind) in enumerate(items)
        ]
        method = SendMediaGroup(chat_id=chat, media=media, reply_parameters=reply)
        return method, _seconds(sum(size for _attachment, size, _kind in items))

    return step


def _upload(attachment: OutboundAttachment) -> FSInputFile:
    return FSInputFile(attachment.path, filename=attachment.name or None)


def _seconds(size: int) -> int:
    return _UPLOAD_SECONDS + size // _SLOWEST_BYTES_PER_SECOND
