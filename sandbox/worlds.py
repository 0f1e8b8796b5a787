"""What every stand-in with chats remembers besides them: its files, and who listens."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import aiohttp

from .courier import Courier
from .journal import Journal
from .listeners import Listeners


class BaseWorld(Listeners):
    """One platform. With a `folder` it outlives a restart: see `memory`."""

    # Of its file and its folder on the disk.
    name: ClassVar[str]

    def __init__(self, journal: Journal, folder: Path | None) -> None:
        super().__init__()
        self.journal = journal
        self.path = folder and folder / f"{self.name}.json"
        # Without a folder the files live as long as the process.
        self._passing = tempfile.TemporaryDirectory(prefix=f"sandbox-{self.name}-")
        self.files_folder = (folder or Path(self._passing.name)) / f"{self.name}-files"
        self.files_folder.mkdir(parents=True, exist_ok=True)
        self.session: aiohttp.ClientSession | None = None
        # How programs call us: files are named so, however a page was opened that sends them.
        self.base = ""

    def couriers(self) -> Iterable[Courier[Any]]:
        """Of all accounts."""
        raise NotImplementedError

    async def start(self) -> None:
        """Begin to deliver what is waiting."""
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        )
        for courier in self.couriers():
            courier.resume()

    async def stop(self) -> None:
        """Stop delivering."""
        for courier in self.couriers():
            await courier.stop()
        if self.session is not None:
            await self.session.close()
        self._passing.cleanup()

    def keep(self, name: object, data: bytes) -> None:
        """Put a file's bytes on the disk."""
        (self.files_folder / str(name)).write_bytes(data)

    def read(self, file: Any) -> bytes:
        """The bytes of a kept file, known by its `id`."""
        return (self.files_folder / str(file.id)).read_bytes()
