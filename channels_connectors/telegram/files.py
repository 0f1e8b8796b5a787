"""Fetching what a customer sent."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final, cast

from aiohttp import ClientResponse

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, DownloadedFile, Json

from .api import Api
from .errors import FILE_TOO_LARGE, NO_FILE, UNAVAILABLE

# The public Bot API hands out files of up to 20 MB, which takes a slow line five minutes.
_DOWNLOAD_SECONDS: Final = 300
_CHUNK: Final = 64 * 1024


async def download(config: ChannelConfig, reference: Json, limit: int) -> DownloadedFile:
    """Fetch a file of at most `limit` bytes into a temporary one. Raises ConnectorError."""
    async with Api(config) as api:
        file = await api.call("getFile", {"file_id": str(reference.get("file_id") or "")})
        path = str(file.get("file_path") or "")
        if not path:
            raise ConnectorError("bad_content", NO_FILE)
        if int(file.get("file_size") or 0) > limit:
            raise ConnectorError("bad_content", FILE_TOO_LARGE)
        name = Path(path).name
        target = _temporary(Path(path).suffix[:10])
        try:
            mime, size = await _fetch(api, path, target, limit)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    return DownloadedFile(path=target, name=name, mime=mime, size=size)


async def _fetch(api: Api, path: str, target: Path, limit: int) -> tuple[str, int]:
    async def read(response: ClientResponse) -> tuple[str, int]:
        if response.status in (400, 404, 410):
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
        return response.content_type, size

    return cast(tuple[str, int], await api.fetch(path, read, _DOWNLOAD_SECONDS))


def _temporary(suffix: str) -> Path:
    with tempfile.NamedTemporaryFile(prefix="tandem-", suffix=suffix, delete=False) as file:
        return Path(file.name)
