"""The stand-ins' memory on disk, so that a restart keeps the chats.

The whole memory is written each time. While programs are served that happens in slices between
their calls, and the larger it has grown the more seldom: it never takes more than a small part of
the time. A slice is true by itself; what changes between slices is written whole at the end.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from .worlds import BaseWorld

SAVE_SECONDS = 2
# Between two times of writing the sandbox rests so many times as long as it wrote.
REST = 20
SLICE_SECONDS = 0.005
# Lists of chats lie so deep: {bots: [{chats: [...]}]}.
_DEPTH = 4

W = TypeVar("W", bound=BaseWorld)
Kept = dict[str, Any]

logger = logging.getLogger(__name__)


class Memory(Generic[W]):
    """How a platform's world becomes JSON (`write`) and comes back from it (`read`)."""

    def __init__(self, write: Callable[[W], Kept], read: Callable[[W, Kept], None]) -> None:
        self._write = write
        self._read = read

    def load(self, world: W) -> None:
        """Fill the world from its file, if it has one. A broken file is left aside, not fatal."""
        if world.path is None or not world.path.exists():
            return
        try:
            self._read(world, json.loads(world.path.read_text()))
        except (ValueError, LookupError, TypeError) as error:
            logger.warning(
                "The sandbox begins anew: its memory of %s cannot be read (%s).", world.name, error
            )

    def save(self, world: W) -> None:
        """Write the world to its file, if it has one, in one go."""
        if world.path is not None:
            fresh = world.path.with_suffix(".new")
            with fresh.open("w") as file:
                file.writelines(pieces(self._write(world), _DEPTH))
            _replace(world, fresh)

    async def save_in_slices(self, world: W) -> float:
        """The same between calls; returns the seconds that it took of the processor."""
        if world.path is None:
            return 0.0
        # Of what changes from now on this file may know nothing.
        world.changed = False
        fresh = world.path.with_suffix(".slices")
        spent, began = 0.0, time.perf_counter()
        with fresh.open("w") as file:
            for piece in pieces(self._write(world), _DEPTH):
                file.write(piece)
                if (slice_seconds := time.perf_counter() - began) > SLICE_SECONDS:
                    spent += slice_seconds
                    await asyncio.sleep(0)
                    began = time.perf_counter()
        fresh.replace(world.path)
        return spent + time.perf_counter() - began

    async def save_for_ever(self, world: W) -> None:
        """Save now and then, when something has changed."""
        spent = 0.0
        while True:
            await asyncio.sleep(max(SAVE_SECONDS, spent * REST))
            if world.changed:
                spent = await self.save_in_slices(world)


def pieces(value: Any, depth: int) -> Iterator[str]:
    """JSON bit by bit: members of objects and lists down to `depth` one after the other. What
    changes meanwhile is told as it is when its turn comes; an iterator becomes a list."""
    if depth and isinstance(value, dict):
        for number, (name, member) in enumerate(list(value.items())):
            yield f"{',' if number else '{'}{json.dumps(str(name), ensure_ascii=False)}:"
            yield from pieces(member, depth - 1)
        yield "}" if value else "{}"
    elif depth and isinstance(value, list | Iterator):
        yield "["
        for number, member in enumerate(list(value) if isinstance(value, list) else value):
            if number:
                yield ","
            yield from pieces(member, depth - 1)
        yield "]"
    else:
        yield json.dumps(value, ensure_ascii=False)


def _replace(world: BaseWorld, fresh: Path) -> None:
    assert world.path is not None
    fresh.replace(world.path)
    world.changed = False
