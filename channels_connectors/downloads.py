"""Fetching what a customer sent: an answer of HTTP into a temporary file of a bounded size."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientResponse
from yarl import URL

from .calls import Reader
from .errors import ConnectorError
from .types import DownloadedFile, Words

DOWNLOAD_SECONDS: Final = 300
# An address often leads to the server that has the file.
MOST_REDIRECTS: Final = 3

_CHUNK: Final = 64 * 1024
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MISSING: Final = frozenset({400, 401, 403, 404, 410})

# Asks an address and answers with what the reader made of it.
Ask = Callable[[str, Reader], Awaitable[Any]]


@contextmanager
def temporary(suffix: str = "") -> Iterator[Path]:
    """An empty file that stays, unless the block fails."""
    with tempfile.NamedTemporaryFile(prefix="tandem-", suffix=suffix, delete=False) as file:
        target = Path(file.name)
    try:
        yield target
    except BaseException:
        target.unlink(missing_ok=True)
        raise


@dataclass(frozen=True, slots=True)
class Download:
    """Writes answers of at most `limit` bytes into `target`, and says with a platform's words why
    it could not: there is no such file (an answer among `missing`), it is too large, or its server
    is unavailable."""

    target: Path
    limit: int
    no_file: Words
    too_large: Words
    unavailable: Words
    missing: frozenset[int] = _MISSING

    async def follow(self, url: str, ask: Ask) -> DownloadedFile:
        """The file at this address or where that leads. Raises ConnectorError."""
        for _ in range(MOST_REDIRECTS + 1):
            found: str | DownloadedFile = await ask(url, self._step)
            if isinstance(found, DownloadedFile):
                return found
            url = found
        raise ConnectorError("bad_content", self.no_file)

    async def read(self, response: ClientResponse) -> DownloadedFile:
        """The file of this very answer. Raises ConnectorError."""
        if response.status in self.missing:
            raise ConnectorError("bad_content", self.no_file)
        if response.status != 200:
            raise ConnectorError("transient", self.unavailable, detail=f"HTTP {response.status}")
        # Told sizes are not believed, but a file that calls itself too large need not travel.
        size = response.content_length or 0
        if size <= self.limit:
            size = await self._written(response)
        if size > self.limit:
            raise ConnectorError("bad_content", self.too_large)
        return DownloadedFile(path=self.target, mime=response.content_type, size=size)

    async def _step(self, response: ClientResponse) -> str | DownloadedFile:
        if response.status not in _REDIRECTS:
            return await self.read(response)
        try:
            return str(response.url.join(URL(response.headers.get("Location", ""))))
        except ValueError:
            raise ConnectorError("bad_content", self.no_file) from None

    async def _written(self, response: ClientResponse) -> int:
        """How many bytes came: one piece more than the limit at most."""
        size = 0
        with self.target.open("wb") as output:
            async for chunk in response.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size > self.limit:
                    break
                output.write(chunk)
        return size
