"""Fetching what a customer sent."""

from __future__ import annotations

from typing import Any

from channels_connectors.calls import Reader
from channels_connectors.downloads import DOWNLOAD_SECONDS, Download, temporary
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, DownloadedFile, Json

from .api import Api
from .words import FILE_TOO_LARGE, NO_FILE, UNAVAILABLE


async def download(config: ChannelConfig, reference: Json, limit: int) -> DownloadedFile:
    """Fetch a file of at most `limit` bytes into a temporary one. Raises ConnectorError."""
    url = str(reference.get("url") or "")
    if not url:
        raise ConnectorError("bad_content", NO_FILE)
    with temporary() as target:
        async with Api(config) as api:

            async def ask(address: str, read: Reader) -> Any:
                return await api.outside("GET", address, read, DOWNLOAD_SECONDS)

            file = Download(target, limit, NO_FILE, FILE_TOO_LARGE, UNAVAILABLE)
            return await file.follow(url, ask)
