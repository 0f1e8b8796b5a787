"""Whose conversation a new one is, asked once for all visitors' sockets of a process."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from live.threads import in_thread
from livechat import history
from livechat.widgets import Widget

MOST: Final = 10_000

_Answers = OrderedDict[UUID, asyncio.Task[str | None]]
_known: WeakKeyDictionary[asyncio.AbstractEventLoop, _Answers] = WeakKeyDictionary()


async def owner(widget: Widget, conversation_id: UUID) -> str | None:
    """The external id of the visitor, None when the conversation is not of this widget."""
    answers = _known.setdefault(asyncio.get_running_loop(), OrderedDict())
    answer = answers.get(conversation_id)
    if answer is None or (answer.done() and (answer.cancelled() or answer.exception())):
        answer = asyncio.create_task(in_thread(history.visitor_of, widget, conversation_id))
        answers[conversation_id] = answer
        while len(answers) > MOST:
            answers.popitem(last=False)
    return await asyncio.shield(answer)
