"""An answer for a stored file: as what, and which part of it."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from core.files import UNKNOWN_MIME

# What a browser may show by itself. No SVG, no HTML, no PDF: those run scripts or look like pages.
SHOWN: Final = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "video/mp4",
        "video/webm",
        "video/quicktime",
        "audio/mpeg",
        "audio/mp4",
        "audio/ogg",
        "audio/webm",
        "audio/wav",
        "audio/x-wav",
    }
)
PIECE: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def respond(request: HttpRequest, path: Path, mime: str, name: str) -> HttpResponseBase:
    """A file that never changes, whole or the part that was asked for. Raises `Http404`."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise Http404 from None
    etag = f'"{path.name}"'
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = _part(request, path, size)
    shown = mime in SHOWN
    response.headers["Content-Type"] = mime if shown else UNKNOWN_MIME
    response.headers["Content-Disposition"] = (
        content_disposition_header(not shown, name) or "attachment"
    )
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def attachment(content: bytes, name: str, mime: str) -> HttpResponse:
    """A file that was made for this answer."""
    response = HttpResponse(content, content_type=mime)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _part(request: HttpRequest, path: Path, size: int) -> HttpResponseBase:
    start, end = 0, size
    status = 200
    if (asked := _RANGE.fullmatch(request.headers.get("Range", ""))) and any(asked.groups()):
        start, end = _bounds(asked[1], asked[2], size)
        if start >= end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        status = 206
    content = _pieces(path, start, end) if request.method != "HEAD" else ()
    response = StreamingHttpResponse(content, status=status)
    response.headers["Content-Length"] = str(end - start)
    if status == 206:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """From a Range header to a half-open interval; empty when it lies outside."""
    if not first:
        return max(0, size - int(last)), size if int(last) else 0
    return int(first), min(int(last) + 1, size) if last else size


async def _pieces(path: Path, start: int, end: int) -> AsyncIterator[bytes]:
    """Asynchronous, so that the server sends piece by piece instead of holding the whole file."""
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, start)
        while start < end:
            piece = await asyncio.to_thread(file.read, min(PIECE, end - start))
            if not piece:
                return
            start += len(piece)
            yield piece
    finally:
        file.close()
