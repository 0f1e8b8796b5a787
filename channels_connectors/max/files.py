"""Fetching what a customer sent."""

from __future__ import annotations

from typing import Any, Final

from yarl import URL

from channels_connectors.calls import Reader
from channels_connectors.downloads import DOWNLOAD_SECONDS, Download, temporary
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, DownloadedFile, Json

from .api import Api
from .errors import FILE_TOO_LARGE, NO_FILE, UNAVAILABLE, Refusal

# The best first: a smaller one is better than none where the best is too large for us.
_RESOLUTIONS: Final = ("mp4_1080", "mp4_720", "mp4_480", "mp4_360", "mp4_240", "mp4_144")


async def download(config: ChannelConfig, reference: Json, limit: int) -> DownloadedFile:
    """Fetch a file of at most `limit` bytes into a temporary one. Raises ConnectorError."""
    with temporary() as target:
        async with Api(config) as api:

            async def ask(address: str, read: Reader) -> Any:
                return await api.outside("GET", address, read, DOWNLOAD_SECONDS)

            file = Download(target, limit, NO_FILE, FILE_TOO_LARGE, UNAVAILABLE)
            addresses = await _addresses(api, reference)
            for url in addresses[:-1]:
                try:
                    return await file.follow(url, ask)
                except ConnectorError as error:
                    if error.words is not FILE_TOO_LARGE:
                        raise
            return await file.follow(addresses[-1], ask)


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
