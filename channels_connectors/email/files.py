"""The files of a letter, out of the letter that was kept."""

from __future__ import annotations

import html
import tempfile
from pathlib import Path
from typing import Final

from channels_connectors.errors import ConnectorError, ParkedPayload
from channels_connectors.types import DownloadedFile, Json

from .bodies import load, read
from .envelopes import unpack
from .errors import FILE_TOO_LARGE, NO_FILE
from .payloads import WHOLE

_PAGE: Final = '<!doctype html><meta charset="utf-8">\n'


def extract(kept: bytes, reference: Json, limit: int) -> DownloadedFile:
    """A file of at most `limit` bytes as a temporary one. Raises ConnectorError."""
    try:
        body = read(load(unpack(kept).raw))
    except ParkedPayload:
        body = None
    if body is None:
        raise ConnectorError("bad_content", NO_FILE)
    if reference.get("part") == WHOLE:
        return _written(page_of(body.html, body.text).encode(), "letter.html", "text/html", limit)
    file = next((one for one in body.files if one.number == reference.get("part")), None)
    if file is None:
        raise ConnectorError("bad_content", NO_FILE)
    return _written(file.content(), file.name, file.mime, limit)


def page_of(page: str, text: str) -> str:
    """The letter as one page. It is hostile: whoever shows it cleans it first."""
    return _PAGE + (page or f"<pre>{html.escape(text)}</pre>")


def _written(content: bytes, name: str, mime: str, limit: int) -> DownloadedFile:
    if len(content) > limit:
        raise ConnectorError("bad_content", FILE_TOO_LARGE)
    with tempfile.NamedTemporaryFile(prefix="tandem-", delete=False) as file:
        file.write(content)
    return DownloadedFile(Path(file.name), name, mime, len(content))
