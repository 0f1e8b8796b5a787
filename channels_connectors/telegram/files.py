"""Fetching what a customer sent.

The public Bot API hands out up to 20 MB over HTTP. A server of one's own that runs with `--local`
(the channel's setting `local`) hands out up to 2000 MB and names a path on its own disk: we read
there where the environment says that we share that folder (`TELEGRAM_FILES`), and else ask the
server that stands in front of it, by the path below the bot's folder.
"""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from django.conf import settings

from channels_connectors.downloads import DOWNLOAD_SECONDS, Download, temporary
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, DownloadedFile, Json

from .api import Api
from .errors import FILE_TOO_LARGE, FILE_TOO_LARGE_TO_FETCH, NO_FILE, UNAVAILABLE, says

# 20 MB take a slow line five minutes; a larger file gets more, at this pace.
_SLOWEST_BYTES_PER_SECOND: Final = 256 * 1024
# The token is in the path: 401 and 403 speak of it and not of the file.
_MISSING: Final = frozenset({400, 404, 410})


async def download(config: ChannelConfig, reference: Json, limit: int) -> DownloadedFile:
    """Fetch a file of at most `limit` bytes into a temporary one. Raises ConnectorError."""
    async with Api(config) as api:
        file = await _find(api, str(reference.get("file_id") or ""))
        path = str(file.get("file_path") or "")
        if not path:
            raise ConnectorError("bad_content", NO_FILE)
        size = int(file.get("file_size") or 0)
        if size > limit:
            raise ConnectorError("bad_content", FILE_TOO_LARGE)
        with temporary(Path(path).suffix[:10]) as target:
            if shared := _on_our_disk(api, path):
                size = await asyncio.to_thread(_copy, shared, target, limit)
                found = DownloadedFile(path=target, size=size)
            else:
                saved = Download(target, limit, NO_FILE, FILE_TOO_LARGE, UNAVAILABLE, _MISSING)
                seconds = DOWNLOAD_SECONDS + size // _SLOWEST_BYTES_PER_SECOND
                found = await api.fetch(_below_the_bot(api, path), saved.read, seconds)
    return replace(found, name=Path(path).name)


async def _find(api: Api, file_id: str) -> Json:
    try:
        return cast(Json, await api.call("getFile", {"file_id": file_id}))
    except ConnectorError as error:
        if not says(error, "file is too big"):
            raise
        failure = ConnectorError("bad_content", FILE_TOO_LARGE_TO_FETCH, detail=error.detail)
    raise failure


def _on_our_disk(api: Api, path: str) -> Path | None:
    """The file of a local server that shares its folder with us.

    Only for the server that the environment names, and only below that folder: another one could
    name any file of this machine.
    """
    folder = settings.TELEGRAM_FILES
    if not (folder and api.is_local and api.is_trusted and Path(path).is_absolute()):
        return None
    found = Path(path).resolve()
    inside = found.is_relative_to(Path(folder).resolve())
    return found if inside and found.is_file() else None


def _below_the_bot(api: Api, path: str) -> str:
    """`/var/lib/telegram-bot-api/<token>/photos/file_1.jpg` as the public server names it."""
    if not Path(path).is_absolute():
        return path
    _folder, _token, rest = path.partition(f"/{api.token}/")
    return rest or path.lstrip("/")


def _copy(source: Path, target: Path, limit: int) -> int:
    try:
        size = source.stat().st_size
        if size > limit:
            raise ConnectorError("bad_content", FILE_TOO_LARGE)
        shutil.copyfile(source, target)
    except OSError:
        raise ConnectorError("bad_content", NO_FILE) from None
    return size
