"""Time on a busy machine: by the clock, and by what the processors were used for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.product import TICKS
from bench.world import milliseconds, percentile


@dataclass
class Times:
    """Seconds of several calls: by the clock, of this process, of PostgreSQL for it."""

    walls: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)

    @property
    def wall(self) -> float:
        """The median by the clock, in milliseconds."""
        return percentile(self.walls, 0.5) * 1000

    @property
    def processors(self) -> float:
        """The median of what both processes used, in milliseconds."""
        return sum(percentile(each, 0.5) for each in (self.python, self.postgres)) * 1000

    def cells(self) -> tuple[str, str, str]:
        """Clock p50 / p95 / p99, Python and PostgreSQL p50, in milliseconds."""
        python, postgres = (percentile(each, 0.5) * 1000 for each in (self.python, self.postgres))
        return milliseconds(self.walls), f"{python:.1f}", f"{postgres:.1f}"


def clocked(call: Callable[[], Any], count: int) -> Times:
    """The times of `count` calls."""
    found = Times()
    for _ in range(count):
        began, used, worked = time.perf_counter(), time.process_time(), _backend_time()
        call()
        found.walls.append(time.perf_counter() - began)
        found.python.append(time.process_time() - used)
        found.postgres.append(_backend_time() - worked)
    return found


def _backend_time() -> float:
    """Seconds of processor time of Django's PostgreSQL backend, and of workers that have ended."""
    from django.db import connection

    connection.ensure_connection()
    backend: Any = connection.connection
    place = Path(f"/proc/{backend.info.backend_pid}")
    own = int((place / "schedstat").read_text().split()[0]) / 1e9
    return own + _of_ended(int(_stat(place)[1]))


def _of_ended(pid: int) -> float:
    """Of the processes that this one has started, by its own account."""
    fields = _stat(Path(f"/proc/{pid}"))
    return (int(fields[13]) + int(fields[14])) / TICKS


def _stat(place: Path) -> list[str]:
    return (place / "stat").read_text().rpartition(")")[2].split()
