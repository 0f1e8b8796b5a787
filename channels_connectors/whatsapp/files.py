"""Fetching what a customer sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from yarl import URL

from channels_connectors.calls import Reader
from channels_connectors.downloads import DOWNLOAD_SECONDS, Download, temporary
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, DownloadedFile, Json

from .api import Api
from .errors import NO_OBJECT, Refusal
from .words import FILE_TOO_LARGE, NO_FILE, UNAVAILABLE


async def download(config: ChannelConfig, reference: Json, limit: int) -> DownloadedFile:
    """Fetch a file of at most `limit` bytes into a temporary one. Raises ConnectorError.

    WhatsApp first tells an address, which is good for five minutes and only with the token.
    """
    media_id = str(reference.get("media_id") or "")
    if not media_id.isascii() or not media_id.isalnum():
        raise ConnectorError("bad_content", NO_FILE)
    async with Api(config) as api:
        url, told_mime = await _address(api, media_id, limit)
        host = _host(url)

        async def ask(address: str, read: Reader) -> Any:
            # The token goes to the host that WhatsApp named and to no other.
            with_token = _host(address) == host
            return await api.outside("GET", address, read, DOWNLOAD_SECONDS, with_token=with_token)

        with temporary() as target:
            file = Download(target, limit, NO_FILE, FILE_TOO_LARGE, UNAVAILABLE)
            found = await file.follow(url, ask)
    return replace(found, mime=told_mime or found.mime)


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


def _host(url: str) -> str:
    try:
        return URL(url).host or ""
    except ValueError:
        raise ConnectorError("bad_content", NO_FILE) from None
