"""The models of aiogram that sending needs. Import them from here, not from aiogram.

Importing aiogram builds every one of its 400 models: two seconds and 120 MB in each process. The
models are declared to be built on first use, so we hold that loop back and build only ours; a
tenth of both remains. Where aiogram was imported before, nothing is different.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel


@contextmanager
def _building_later() -> Iterator[None]:
    """Keep aiogram from building; leave in its modules the names that building will look for."""
    original = BaseModel.__dict__["model_rebuild"]
    known: list[tuple[str, dict[str, Any]]] = []

    def remember(cls: type[BaseModel], /, **options: Any) -> None:
        known.append((cls.__module__, options.get("_types_namespace") or {}))

    BaseModel.model_rebuild = classmethod(remember)  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        BaseModel.model_rebuild = original  # type: ignore[method-assign]
    for module, names in known:
        for name, value in names.items():
            vars(sys.modules[module]).setdefault(name, value)


with _building_later():
    from aiogram import Bot
    from aiogram.client.session.base import BaseSession
    from aiogram.methods import (
        Response,
        SendAnimation,
        SendAudio,
        SendContact,
        SendDocument,
        SendLocation,
        SendMediaGroup,
        SendMessage,
        SendPhoto,
        SendSticker,
        SendVenue,
        SendVideo,
        SendVoice,
        TelegramMethod,
    )
    from aiogram.types import (
        FSInputFile,
        InlineKeyboardMarkup,
        InputFile,
        InputMediaAudio,
        InputMediaDocument,
        InputMediaPhoto,
        InputMediaVideo,
        Message,
        MessageEntity,
        ReplyKeyboardMarkup,
        ReplyParameters,
    )

__all__ = [
    "BaseSession",
    "Bot",
    "FSInputFile",
    "InlineKeyboardMarkup",
    "InputFile",
    "InputMediaAudio",
    "InputMediaDocument",
    "InputMediaPhoto",
    "InputMediaVideo",
    "Message",
    "MessageEntity",
    "ReplyKeyboardMarkup",
    "ReplyParameters",
    "Response",
    "SendAnimation",
    "SendAudio",
    "SendContact",
    "SendDocument",
    "SendLocation",
    "SendMediaGroup",
    "SendMessage",
    "SendPhoto",
    "SendSticker",
    "SendVenue",
    "SendVideo",
    "SendVoice",
    "TelegramMethod",
]

# Building is not safe while several threads send, so it is done here, under the import's lock.
for _name in __all__:
    _model = globals()[_name]
    if issubclass(_model, BaseModel) and _model not in {Response, TelegramMethod}:
        _model.model_rebuild()
