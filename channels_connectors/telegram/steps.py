"""One call that sends, before its chat is final."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic import BaseModel

from .chats import Place
from .models import ReplyParameters, TelegramMethod


class Target(NamedTuple):
    """Where a call goes, what it answers, and the buttons that stand under it."""

    place: Place
    reply: ReplyParameters | None = None
    markup: BaseModel | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """For the methods of aiogram; an album takes no `reply_markup`."""
        found = {**self.place.parameters, "reply_parameters": self.reply}
        return found if self.markup is None else {**found, "reply_markup": self.markup}


# A call for one target, with its time limit in seconds. Made anew for each try: a group may move.
Step = Callable[[Target], tuple[TelegramMethod[Any], int]]
