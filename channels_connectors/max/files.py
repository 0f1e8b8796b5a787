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
from .errors import FILE_TOO_LARGE, NO_FILE, UNAVAILABLE, Refusal

_DOWNLOAD_SECONDS: Final = 300
_CHUNK: Final = 64 * 1024
_MOST_REDIRECTS: Final = 3
# The best first: a smaller one is better than none where the best is too large for us.
_RESOLUTIONS: Final = ("mp4_1080", "mp4_720", "mp4_480", "mp4_360", "mp4_240", "mp4_144")

_Fetched = tuple[str, str, int]


async def download(config: ChannelConfig, reference: Json, limit: int) -> DownloadedFile:
    """Fetch a file of at most `limit` bytes into a temporary one. Raises ConnectorError."""
    target = _temporary()
    try:
        async with Api(config) as api:
            addresses = await _addresses(api, reference)
            for url in addresses[:-1]:
                try:
                    return await _follow(api, url, target, limit)
                except ConnectorError as error:
                    if error.words is not FILE_TOO_LARGE:
                        raise
            return await _follow(api, addresses[-1], target, limit)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


async def _addresses(api: Api, reference: Json) -> list[str]:
    """Where the file is: one address, or those of a video's resolutions."""
    token = str(reference.get("video") or "")
    found = [str(reference.get("url") or "")]
    if token:
        try:
            told = await api.call("GET", f"videos/{_safe(token)}")
        except Refusal as error:
            if error.is_missing or error.error_class == "recipient_gone":
                raise ConnectorError("bad_content", NO_FILE, detail=error.detail) from None
            raise
        urls = told.get("urls") or {}
        found = [str(urls[name]) for name in _RESOLUTIONS if urls.get(name)]
    if not any(found):
        raise ConnectorError("bad_content", NO_FILE)
    return found


def _safe(token: str) -> str:
    """A token as a part of an address, which it must not leave."""
    return URL.build(path=f"/{token}").raw_path[1:].replace("/", "%2F").replace("..", "")


async def _follow(api: Api, url: str, target: Path, limit: int) -> DownloadedFile:
    for _ in range(_MOST_REDIRECTS + 1):
        following, mime, size = await _fetch(api, url, target, limit)
        if not following:
            return DownloadedFile(path=target, mime=mime, size=size)
        url = following
    raise ConnectorError("bad_content", NO_FILE)


async def _fetch(api: Api, url: str, target: Path, limit: int) -> _Fetched:
    """(where it is instead, its type, its bytes)."""

    async def read(response: ClientResponse) -> _Fetched:
        if response.status in (301, 302, 303, 307, 308):
            return str(response.url.join(URL(response.headers.get("Location", "")))), "", 0
        if response.status in (400, 401, 403, 404, 410):
            raise ConnectorError("bad_content", NO_FILE)
        if response.status != 200:
            raise ConnectorError("transient", UNAVAILABLE, detail=f"HTTP {response.status}")
        if (response.content_length or 0) > limit:
            raise ConnectorError("bad_content", FILE_TOO_LARGE)
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
