"""One instance per state folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from config.launch import state


class InstanceRuns(RuntimeError):
    """Somebody else uses the state folder; the text names them."""


class InstanceLock:
    """Held by whoever runs servers on a state folder; the kernel frees it when they die."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "instance.lock"
        self._file: IO[str] | None = None

    def take(self, what: str) -> None:
        """Take the lock or raise InstanceRuns at once."""
        state.make_folder(self._path.parent)
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "another command"
            file.close()
            raise InstanceRuns(
                f"{holder} already uses the state folder {self._path.parent}.\n"
                "Stop it first, or give this instance a folder and a port of its own:\n"
                "  TANDEM_DATA=<folder> PORT=<port> bin/dev"
            ) from None
        file.truncate(0)
        file.write(f"{what} (process {os.getpid()})")
        file.flush()
        self._file = file

    def holder(self) -> str:
        """Who holds the lock, as they named themselves."""
        try:
            return self._path.read_text()
        except OSError:
            return ""

    def release(self) -> None:
        """Free the folder."""
        if self._file is not None:
            self._file.close()
            self._file = None
