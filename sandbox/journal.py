"""What was asked of the stand-ins and what they answered, for ledgers and for the curious."""

from __future__ import annotations

import json
import time
from collections import deque
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web

KEPT = 50_000


class Journal:
    """The last entries in memory and all of them as JSON Lines in a file. No tokens in it."""

    def __init__(self, path: Path | None) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._number = 0
        self._file: TextIO | None = path.open("a", encoding="utf-8", buffering=1) if path else None

    def write(self, kind: str, **facts: Any) -> None:
        """Add an entry: `call` (somebody called us) or `delivery` (we called a webhook)."""
        self._number += 1
        entry = {"number": self._number, "at": round(time.time(), 3), "kind": kind, **facts}
        self._entries.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def read(self, after: int, limit: int, wanted: dict[str, str]) -> list[dict[str, Any]]:
        """Entries after a number whose facts have the wanted values."""
        found = []
        for entry in self._entries:
            if entry["number"] <= after:
                continue
            if all(str(entry.get(name)) == value for name, value in wanted.items()):
                found.append(entry)
                if len(found) == limit:
                    break
        return found

    def clear(self) -> None:
        """Forget the entries in memory; numbers go on."""
        self._entries.clear()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def journal_routes(journal: Journal) -> list[web.RouteDef]:
    """`GET /journal?after=&limit=&bot=&method=...` and `DELETE /journal`."""

    async def read(request: web.Request) -> web.Response:
        wanted = dict(request.query)
        after = int(wanted.pop("after", 0))
        limit = int(wanted.pop("limit", 10_000))
        entries = journal.read(after, limit, wanted)
        return web.json_response({"entries": entries})

    async def clear(request: web.Request) -> web.Response:
        journal.clear()
        return web.Response(status=204)

    return [web.get("/journal", read), web.delete("/journal", clear)]
