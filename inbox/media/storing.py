"""What becomes of a downloaded file: its true type, a picture drawn anew, a place of its own."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from channels_connectors.types import DownloadedFile
from core import files, pictures
from workspaces.storage import absolute, new_path

_SOUNDS: Final = frozenset({"voice", "audio"})
# Containers that hold sound or film: what was sent as sound is sound.
_AS_SOUND: Final = {"video/mp4": "audio/mp4", "video/webm": "audio/webm", "video/ogg": "audio/ogg"}
_DRAWN: Final = frozenset({"image", "sticker"})


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in our store. `path` is relative to MEDIA_ROOT."""

    path: str
    kind: str
    name: str
    mime: str
    size: int
    width: int | None = None
    height: int | None = None


def new_place() -> str:
    """A path for a file of the workspace in scope."""
    return new_path()


def keep(downloaded: DownloadedFile, path: str, *, kind: str, name: str) -> Stored:
    """Move a downloaded file into the store, whatever happens: it is not left behind."""
    source, target = downloaded.path, absolute(path)
    shown = files.clean_name(name or downloaded.name)
    try:
        mime = _mime(source, kind, shown)
        width = height = None
        if kind in _DRAWN and mime.startswith("image/"):
            try:
                width, height = pictures.redraw(source, mime)
            except pictures.NotAPicture:
                kind, mime = "file", files.UNKNOWN_MIME
        elif not _fits(kind, mime):
            kind = "file"
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.move(source, target)
        target.chmod(0o600)
    finally:
        source.unlink(missing_ok=True)
    return Stored(path, kind, shown, mime, target.stat().st_size, width, height)


def discard(path: str) -> None:
    """Remove a stored file that nobody refers to."""
    absolute(path).unlink(missing_ok=True)


def _mime(source: Path, kind: str, name: str) -> str:
    with source.open("rb") as file:
        found = files.sniff(file.read(files.HEAD_BYTES), name)
    return _AS_SOUND.get(found, found) if kind in _SOUNDS else found


def _fits(kind: str, mime: str) -> bool:
    """Whether a file is what it was sent as; stickers may be films or the platform's own."""
    wanted = {"image": "image/", "video": "video/", "voice": "audio/", "audio": "audio/"}
    return mime.startswith(wanted.get(kind, ""))
