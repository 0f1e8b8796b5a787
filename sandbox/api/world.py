"""What the other systems remember: who they are to us, their chats, their troubles."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.journal import Journal
from sandbox.listeners import Listeners

Fields = dict[str, Any]

# rate: 429 · server: 500 · gone: 404 · auth: 401 · refused: 422 with words · redirect: 302
ANSWERS = {"rate": 429, "server": 500, "gone": 404, "auth": 401, "refused": 422, "redirect": 302}
KINDS = (*ANSWERS, "timeout_before", "timeout_after")

logger = logging.getLogger(__name__)


@dataclass
class Fault:
    """One trouble for the next `count` events, or for all until cleared when it is None.

    An answer of ANSWERS, with `retry_after` seconds or `words` where it has them; timeout_before:
    hang, nothing done · timeout_after: done, then hang, each for `seconds`. `events` are names with
    commas, or empty for all.
    """

    kind: str
    count: int | None = 1
    events: str = "message"
    retry_after: int = 0
    words: str = ""
    seconds: float = 90


@dataclass
class System:
    """One other system. `hook` is our address for it; `chats` hold messages by their ids."""

    name: str
    secret: str = ""
    hook: str = ""
    last: int = 0
    chats: dict[str, dict[str, Fields]] = field(default_factory=dict)
    # What was done for which Idempotency-Key.
    done: dict[str, Fields] = field(default_factory=dict)
    events: list[Fields] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def token(self) -> str:
        """What pages know it by."""
        return self.name

    def take(self, event: str) -> Fault | None:
        """The fault for this event, used up by one."""
        for fault in self.faults:
            if not fault.events or event in fault.events.split(","):
                if fault.count is not None:
                    fault.count -= 1
                    self.faults = [kept for kept in self.faults if kept.count != 0]
                return fault
        return None

    def number(self) -> int:
        """The next number of a message."""
        self.last += 1
        return self.last


class World(Listeners):
    """All other systems."""

    def __init__(self, journal: Journal, folder: Path | None) -> None:
        super().__init__()
        self.journal = journal
        self.systems: dict[str, System] = {}
        self.session: aiohttp.ClientSession | None = None
        self._path = folder and folder / "api.json"

    async def start(self) -> None:
        """Remember, and be ready to post."""
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        if self._path is None or not self._path.exists():
            return
        try:
            for kept in json.loads(self._path.read_text()):
                self.systems[kept["name"]] = System(**kept)
        except (ValueError, LookupError, TypeError) as error:
            logger.warning("The other systems begin anew: their memory cannot be read (%s).", error)

    async def stop(self) -> None:
        """Keep what was said."""
        if self.session is not None:
            await self.session.close()
        if self._path is not None:
            kept = [
                {**asdict(system), "faults": [], "events": []} for system in self.systems.values()
            ]
            self._path.write_text(json.dumps(kept, ensure_ascii=False))

    def system(self, name: str) -> System:
        """A system by its name, made at its first use."""
        return self.systems.setdefault(name, System(name))


API_WORLD: web.AppKey[World] = web.AppKey("api_world", World)
