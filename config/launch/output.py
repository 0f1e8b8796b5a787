"""Readable lines from many processes: each carries the name of who speaks."""

from __future__ import annotations

import os
import sys
from pathlib import Path

WIDTH = 8
COLOURS = (36, 33, 32, 35, 34, 31, 96, 93)


class Output:
    """Writes `name | line` to stdout, coloured on a terminal unless NO_COLOR is set."""

    def __init__(self) -> None:
        self._coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._seen: list[str] = []

    def line(self, name: str, text: str) -> None:
        """One line of one process. A closed pipe behind us is no reason to fall."""
        if name not in self._seen:
            self._seen.append(name)
        prefix = f"{name:<{WIDTH}} |"
        if self._coloured:
            colour = COLOURS[self._seen.index(name) % len(COLOURS)]
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        try:
            print(prefix, text, flush=True)
        except OSError:
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as we live

    def say(self, text: str) -> None:
        """A line of the supervisor itself."""
        self.line("tandem", text)
