"""The example file that a template's picture, video or document is approved by.

It goes by the Resumable Upload API, which names it by a handle:
https://developers.facebook.com/docs/graph-api/guides/upload
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, Json, OutboundAttachment

from .api import Api, credential
from .words import FILE_MISSING, FILE_TOO_LARGE, NO_APP, TEMPLATE_FILE, UNAVAILABLE

_MB: Final = 1024 * 1024
# What a header may be, and up to which size.
_FORMATS: Final = {
    "image/jpeg": ("IMAGE", 5 * _MB),
    "image/png": ("IMAGE", 5 * _MB),
    "video/mp4": ("VIDEO", 16 * _MB),
    "application/pdf": ("DOCUMENT", 100 * _MB),
}
_SECONDS: Final = 60
_SLOWEST_BYTES_PER_SECOND: Final = 256 * 1024


async def header(config: ChannelConfig, file: OutboundAttachment) -> Json:
    """The header of a template with this file as its example. Raises ConnectorError."""
    mime = file.mime.split(";")[0].strip().lower()
    if mime not in _FORMATS:
        raise ConnectorError("bad_content", TEMPLATE_FILE)
    kind, most = _FORMATS[mime]
    size = await asyncio.to_thread(_size, file)
    if size > most:
        raise ConnectorError("bad_content", FILE_TOO_LARGE)
    async with Api(config) as api:
        handle = await _upload(api, await _app(api, config), file, mime, size)
    return {"type": "HEADER", "format": kind, "example": {"header_handle": [handle]}}


async def _app(api: Api, config: ChannelConfig) -> str:
    """The app that the token belongs to: uploads are its own."""
    app = credential(config, "app_id") or str((await api.get("app")).get("id") or "")
    if not app.isdigit():
        raise ConnectorError("bad_content", NO_APP)
    return app


async def _upload(api: Api, app: str, file: OutboundAttachment, mime: str, size: int) -> str:
    about = {"file_name": file.name or "file", "file_length": str(size), "file_type": mime}
    begun = await api.call("POST", f"{app}/uploads", params=about)
    seconds = _SECONDS + size // _SLOWEST_BYTES_PER_SECOND
    with await asyncio.to_thread(Path(file.path).open, "rb") as content:
        told = await api.call(
            "POST",
            str(begun.get("id") or ""),
            seconds,
            data=content,
            headers={**api.for_uploads, "file_offset": "0"},
        )
    if handle := str(told.get("h") or ""):
        return handle
    raise ConnectorError("transient", UNAVAILABLE)


def _size(file: OutboundAttachment) -> int:
    try:
        return Path(file.path).stat().st_size
    except OSError:
        raise ConnectorError("bad_content", FILE_MISSING) from None
