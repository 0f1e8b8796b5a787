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
from .words import FILE_TOO_LARGE, NO_FILE, UNAVAILABLE

_DOWNLOAD_SECONDS: Final = 300
_CHUNK: Final = 64 * 1024
# A document's address leads to the server that has it.
_MOST_REDIRECTS: Final = 3

_Fetched = tuple[str, str, int]


async def download(config: ChannelConfig, reference: Json, limit: int) -> DownloadedFile:
    """Fetch a file of at most `limit` bytes into a temporary one. Raises ConnectorError."""
    url = str(reference.get("url") or "")
    if not url:
        raise ConnectorError("bad_content", NO_FILE)
    target = _temporary()
    try:
        async with Api(config) as api:
            for _ in range(_MOST_REDIRECTS + 1):
                following, mime, size = await _fetch(api, url, target, limit)
                if not following:
                    return DownloadedFile(path=target, mime=mime, size=size)
                url = following
        raise ConnectorError("bad_content", NO_FILE)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


async def _fetch(api: Api, url: str, target: Path, limit: int) -> _Fetched:
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

    fetched: _Fetched = await api.outside("GET", url, read, _DOWNLOAD_SECONDS)
    return fetched


def _temporary() -> Path:
    with tempfile.NamedTemporaryFile(prefix="tandem-", delete=False) as file:
        return Path(file.name)
