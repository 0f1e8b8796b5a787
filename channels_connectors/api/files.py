"""Fetching what the other system attached."""

from __future__ import annotations

import base64
import binascii
import tempfile
from pathlib import Path
from typing import Final

from aiohttp import ClientResponse
from yarl import URL

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, DownloadedFile, Json

from .callbacks import calls, check_address
from .words import FILE_TOO_LARGE, NO_FILE, UNAVAILABLE

_SECONDS: Final = 90
_CHUNK: Final = 64 * 1024
_MOST_REDIRECTS: Final = 3


async def download(config: ChannelConfig, reference: Json, limit: int) -> DownloadedFile:
    """The bytes that came with the message, or those at its address. Raises ConnectorError."""
    target = _temporary()
    try:
        if "data" in reference:
            return _unpacked(target, str(reference["data"]), limit)
        return await _fetched(config, target, str(reference.get("url") or ""), limit)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


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


async def _fetched(config: ChannelConfig, target: Path, url: str, limit: int) -> DownloadedFile:
    for _ in range(_MOST_REDIRECTS + 1):
        # Each stop on the way is checked like the first.
        address = _checked(url)
        following, mime, size = await _fetch(config, address, target, limit)
        if not following:
            return DownloadedFile(path=target, mime=mime, size=size)
        url = following
    raise ConnectorError("bad_content", NO_FILE)


def _checked(url: str) -> URL:
    try:
        return check_address(url)
    except ConnectorError as error:
        failure = error
    # A wrong address of a file says nothing of the channel.
    raise ConnectorError("bad_content", failure.words, detail=failure.detail)


async def _fetch(config: ChannelConfig, url: URL, target: Path, limit: int) -> tuple[str, str, int]:
    """(where it is instead, its type, its bytes)."""

    async def read(response: ClientResponse) -> tuple[str, str, int]:
        if response.status in (301, 302, 303, 307, 308):
            return str(response.url.join(URL(response.headers.get("Location", "")))), "", 0
        if response.status in (400, 401, 403, 404, 410):
            raise ConnectorError("bad_content", NO_FILE)
        if response.status != 200:
            raise ConnectorError("transient", UNAVAILABLE, detail=f"HTTP {response.status}")
        size = 0
        with target.open("wb") as output:
            async for chunk in response.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise ConnectorError("bad_content", FILE_TOO_LARGE)
                output.write(chunk)
        return "", response.content_type, size

    async with calls(config, url) as made:
        fetched: tuple[str, str, int] = await made.call(
            "GET", url.raw_path_qs.lstrip("/"), read, _SECONDS
        )
    return fetched


def _temporary() -> Path:
    with tempfile.NamedTemporaryFile(prefix="tandem-", delete=False) as file:
        return Path(file.name)
