"""Fetching what a customer sent."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from aiohttp import ClientResponse
from yarl import URL

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, DownloadedFile, Json

from .api import Api
from .errors import NO_OBJECT, Refusal
from .words import FILE_TOO_LARGE, NO_FILE, UNAVAILABLE

_DOWNLOAD_SECONDS: Final = 300
_CHUNK: Final = 64 * 1024
_MOST_REDIRECTS: Final = 3

_Fetched = tuple[str, str, int]


async def download(config: ChannelConfig, reference: Json, limit: int) -> DownloadedFile:
    """Fetch a file of at most `limit` bytes into a temporary one. Raises ConnectorError.

    WhatsApp first tells an address, which is good for five minutes and only with the token.
    """
    media_id = str(reference.get("media_id") or "")
    if not media_id.isascii() or not media_id.isalnum():
        raise ConnectorError("bad_content", NO_FILE)
    async with Api(config) as api:
        url, told_mime = await _address(api, media_id, limit)
        target = _temporary()
        try:
            mime, size = await _follow(api, url, target, limit)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    return DownloadedFile(path=target, mime=told_mime or mime, size=size)


async def _address(api: Api, media_id: str, limit: int) -> tuple[str, str]:
    try:
        told = await api.get(media_id, phone_number_id=api.phone_number_id)
    except Refusal as error:
        if not (error.code == 100 and error.subcode in (0, NO_OBJECT)):
            raise
        failure = ConnectorError("bad_content", NO_FILE, detail=error.detail)
    else:
        if not (url := str(told.get("url") or "")):
            raise ConnectorError("bad_content", NO_FILE)
        if int(told.get("file_size") or 0) > limit:
            raise ConnectorError("bad_content", FILE_TOO_LARGE)
        return url, str(told.get("mime_type") or "").split(";")[0].strip()
    raise failure


async def _follow(api: Api, url: str, target: Path, limit: int) -> tuple[str, int]:
    host = _host(url)
    for _ in range(_MOST_REDIRECTS + 1):
        # The token goes to the host that WhatsApp named and to no other.
        following, mime, size = await _fetch(api, url, target, limit, _host(url) == host)
        if not following:
            return mime, size
        url = following
    raise ConnectorError("bad_content", NO_FILE)


async def _fetch(api: Api, url: str, target: Path, limit: int, with_token: bool) -> _Fetched:
    """(where it is instead, its type, its bytes)."""

    async def read(response: ClientResponse) -> _Fetched:
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

    fetched: _Fetched = await api.outside(
        "GET", url, read, _DOWNLOAD_SECONDS, with_token=with_token
    )
    return fetched


def _host(url: str) -> str:
    try:
        return URL(url).host or ""
    except ValueError:
        raise ConnectorError("bad_content", NO_FILE) from None


def _temporary() -> Path:
    with tempfile.NamedTemporaryFile(prefix="tandem-", delete=False) as file:
        return Path(file.name)
