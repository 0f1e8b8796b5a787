"""Whether the company is there, asked once in a while for all visitors of a process."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from live.threads import in_thread
from livechat import history
from livechat.widgets import Widget

FRESH: Final = 2.0  # seconds


class _Board:
    """What one event loop knows, by workspace."""

    def __init__(self) -> None:
        self.answers: dict[UUID, tuple[float, asyncio.Task[bool]]] = {}


_boards: WeakKeyDictionary[asyncio.AbstractEventLoop, _Board] = WeakKeyDictionary()


async def is_online(widget: Widget, not_before: float = 0.0) -> bool:
    """Whether a member is at work, as of a moment ago; after a hint, not before it (monotonic).

    Raises when the database is away.
    """
    answers = _boards.setdefault(asyncio.get_running_loop(), _Board()).answers
    asked_at, answer = answers.get(widget.workspace_id, (0.0, None))
    if answer is None or asked_at < max(not_before, monotonic() - FRESH):
        answer = asyncio.create_task(in_thread(history.is_somebody_here, widget))
        answers[widget.workspace_id] = monotonic(), answer
    return await asyncio.shield(answer)
