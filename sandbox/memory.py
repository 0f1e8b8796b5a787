"""The stand-ins' memory on disk, so that a restart keeps the chats."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from .worlds import BaseWorld

SAVE_SECONDS = 2

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
        """Write the world to its file, if it has one."""
        if world.path is None:
            return
        fresh = world.path.with_suffix(".new")
        fresh.write_text(json.dumps(self._write(world), ensure_ascii=False))
        fresh.replace(world.path)
        world.changed = False

    async def save_for_ever(self, world: W) -> None:
        """Save now and then, when something has changed."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            if world.changed:
                self.save(world)
