"""Fetching what the other system attached."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any, Final

from yarl import URL

from channels_connectors.calls import Reader
from channels_connectors.downloads import Download, temporary
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, DownloadedFile, Json

from .callbacks import calls, check_address
from .words import FILE_TOO_LARGE, NO_FILE, UNAVAILABLE

_SECONDS: Final = 90


async def download(config: ChannelConfig, reference: Json, limit: int) -> DownloadedFile:
    """The bytes that came with the message, or those at its address. Raises ConnectorError."""
    with temporary() as target:
        if "data" in reference:
            return _unpacked(target, str(reference["data"]), limit)
        file = Download(target, limit, NO_FILE, FILE_TOO_LARGE, UNAVAILABLE)

        async def ask(address: str, read: Reader) -> Any:
            # Each stop on the way is checked like the first.
            url = _checked(address)
            async with calls(config, url) as made:
                return await made.call("GET", url.raw_path_qs.lstrip("/"), read, _SECONDS)

        return await file.follow(str(reference.get("url") or ""), ask)


def _unpacked(target: Path, data: str, limit: int) -> DownloadedFile:
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        raise ConnectorError("bad_content", NO_FILE)
    if len(content) > limit:
        raise ConnectorError("bad_content", FILE_TOO_LARGE)
    target.write_bytes(content)
    return DownloadedFile(path=target, size=len(content))


def _checked(url: str) -> URL:
    try:
        return check_address(url)
    except ConnectorError as error:
        failure = error
    # A wrong address of a file says nothing of the channel.
    raise ConnectorError("bad_content", failure.words, detail=failure.detail)
