"""A real `bin/dev` in a folder of its own, and a look at what it leaves behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.conf import settings

from config.launch.children import die_with_parent


def free_port() -> int:
    """A port that nothing listens on, with a free one after it."""
    while True:
        with closing(socket.socket()) as first, closing(socket.socket()) as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Launched:
    """`python -m config.launch.dev` with an empty environment but for folder and port."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = {
            **kept,
            "TANDEM_DATA": str(folder),
            "TANDEM_SEED": "none",
            "PORT": str(self.port),
            **environment,
        }
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start and wait until it is ready."""
        assert self.process is None or self.process.poll() is not None, "it runs"
        self.log = (self.folder / "dev.log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.launch.dev"],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            text=True,
            # A test run that is killed leaves nobody behind either.
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )
        ready = wait_until(
            lambda: self.get("/readyz") == 200 or self.process.poll() is not None, 90
        )
        if not ready:
            self.end()
        assert ready, self.said()
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        """Everything printed so far."""
        return (self.folder / "dev.log").read_text()

    def get(self, path: str) -> int:
        """The status of a page; 0 while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command on the same folder."""
        return subprocess.run(
            [sys.executable, "-m", f"config.launch.{module}", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def processes(self) -> dict[int, str]:
        """Process id -> command line of everything that belongs to the folder."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                belongs = f"TANDEM_DATA={self.folder}\0".encode() in (
                    (place / "environ").read_bytes() + b"\0"
                )
                inside = (place / "cwd").readlink().is_relative_to(self.folder)
            except OSError:
                continue
            if int(place.name) != os.getpid() and (
                belongs or inside or str(self.folder) in command
            ):
                found[int(place.name)] = command
        return found

    def find(self, words: str) -> int:
        """The process id of the one whose command line contains the words."""
        found = [pid for pid, command in self.processes().items() if words in command]
        return min(found, default=0)

    def end(self, number: int = signal.SIGINT) -> float:
        """Signal the supervisor and wait for its end; returns the seconds that took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        return time.monotonic() - began
