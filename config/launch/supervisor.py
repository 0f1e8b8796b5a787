"""Runs the processes of an instance: starts, restarts, prefixes their lines, stops them in time.

Single-threaded on purpose: a fork with other threads around may deadlock in the child.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.launch import children
from config.launch.forking import Forked
from config.launch.output import Output

FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
# A process that lived this long (seconds) is not in a crash loop.
HEALTHY_AFTER = 30.0
# uvicorn ends with the signal that stopped it.
CLEAN = {0, -signal.SIGTERM, -signal.SIGINT}


@dataclass
class Child:
    """One named process and its history."""

    name: str
    arguments: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_copy: bool = False
    process: subprocess.Popen[bytes] | Forked | None = None
    started_at: float = 0.0
    wait: float = FIRST_WAIT
    restart_at: float = 0.0
    rest: bytes = b""

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Owns the children. Call `turn` again and again; it returns quickly."""

    def __init__(self, folder: Path, environment: Mapping[str, str], output: Output) -> None:
        self.children: list[Child] = []
        self.stopping = False
        self._folder = folder
        self._environment = environment
        self._output = output
        self._selector = selectors.DefaultSelector()

    def add(
        self, name: str, arguments: list[str], *, is_copy: bool = False, **environment: str
    ) -> None:
        """Start a process and keep it running; as a copy of this one when asked to."""
        child = Child(name, arguments, environment, is_copy)
        self.children.append(child)
        self._start(child)

    def turn(self, seconds: float = 0.5) -> None:
        """Pass lines on for up to `seconds`, then restart what has died."""
        self._read(seconds)
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, now)
            if child.process is None and now >= child.restart_at and not self.stopping:
                self._start(child)

    def stop(self, seconds: float) -> list[str]:
        """End all children together; returns the names of those that had to be killed."""
        self.stopping = True
        for child in self.children:
            if child.process is not None and child.is_running:
                child.process.terminate()
        deadline = time.monotonic() + seconds
        while any(child.is_running for child in self.children) and time.monotonic() < deadline:
            self._read(0.05)
        killed = []
        for child in self.children:
            if child.process is None:
                continue
            if child.is_running:
                killed.append(child.name)
            # Also what the process may have left in its group, such as a worker's pool.
            children.end_group(child.process.pid)
            child.process.wait()
        self._read(0)
        return killed

    def _start(self, child: Child) -> None:
        if child.is_copy:
            child.process = Forked(child.name, child.arguments, child.environment)
        else:
            child.process = subprocess.Popen(
                child.arguments,
                cwd=self._folder,
                env={**self._environment, **child.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                preexec_fn=children.hook(),
            )
        child.started_at = time.monotonic()
        child.rest = b""
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _bury(self, child: Child, now: float) -> None:
        assert child.process is not None
        code = child.process.returncode
        children.end_group(child.process.pid)
        if now - child.started_at > HEALTHY_AFTER:
            child.wait = FIRST_WAIT
        child.process, child.restart_at = None, now + child.wait
        ended = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        if not self.stopping:
            self._output.say(f"{child.name} {ended}, starts again in {child.wait:g} s")
        child.wait = min(child.wait * 2, LONGEST_WAIT)

    def _read(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        deadline = time.monotonic() + seconds
        while True:
            for key, _ in self._selector.select(max(0.0, deadline - time.monotonic())):
                self._pass_on(key.data, key.fileobj)  # type: ignore[arg-type]
            died = any(child.process and not child.is_running for child in self.children)
            if time.monotonic() >= deadline or (died and not self.stopping):
                return
            if not self._selector.get_map():
                return

    def _pass_on(self, child: Child, pipe: IO[bytes]) -> None:
        piece = pipe.read(65536) or b""
        *lines, child.rest = (child.rest + piece).split(b"\n")
        if not piece and child.rest:
            lines, child.rest = [*lines, child.rest], b""
        for line in lines:
            if line.strip():
                self._output.line(child.name, line.decode(errors="replace").rstrip())
        if not piece:
            self._selector.unregister(pipe)
            pipe.close()
