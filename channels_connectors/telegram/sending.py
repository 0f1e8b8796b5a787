"""An outbound message as calls of the Bot API: texts, files, albums, places, cards, replies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel

from channels_connectors.errors import ConnectorError
from channels_connectors.splitting import split, utf16_length
from channels_connectors.types import ChannelConfig, Json, OutboundMessage, SendReceipt

from . import chats, keyboards, media, places
from .api import CAPTION_LIMIT, TEXT_LIMIT, Api
from .bot import open_bot
from .errors import BUTTONS_WITHOUT_TEXT, EMPTY, FORMATTING, PARTLY_SENT, ChatMovedError
from .models import (
    Bot,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
    SendMessage,
)
from .steps import Step, Target

# Between the parts of one message we wait out a short "too many requests" ourselves: giving up in
# the middle would leave the customer with half an answer.
LONGEST_WAIT: Final = 20
TEXT_SECONDS: Final = 30


async def send(config: ChannelConfig, message: OutboundMessage) -> SendReceipt:
    """Send all of `message` in order. Raises ConnectorError."""
    markup = _markup(message)
    steps = _steps(message, config, has_markup=markup is not None)
    if not steps:
        raise ConnectorError("bad_content", EMPTY)
    async with Api(config) as api:
        delivery = _Delivery(open_bot(config, api), message)
        for step in steps:
            await delivery.take(step, markup if step is steps[-1] else None)
    return delivery.receipt()


class _Delivery:
    """The calls of one message, and what came of them."""

    def __init__(self, bot: Bot, message: OutboundMessage) -> None:
        self._bot = bot
        self._place = chats.place(message.chat_id)
        self._moved = False
        self._reply = _reply(message)
        self._sent: list[Message] = []

    async def take(self, step: Step, markup: BaseModel | None) -> None:
        """Make one call. After the first part is out, a failure leaves the outcome unknown."""
        try:
            self._sent += await self._attempt(step, markup)
        except ConnectorError as error:
            if not self._sent:
                raise
            failure = ConnectorError(
                error.error_class, PARTLY_SENT, maybe_sent=True, detail=error.detail
            )
        else:
            return
        raise failure

    async def _attempt(self, step: Step, markup: BaseModel | None) -> list[Message]:
        try:
            return await self._call(step, markup)
        except ChatMovedError as moved:
            # What was answered stays in the old group: its number is another message in the new.
            self._place, self._moved, self._reply = chats.place(moved.chat_id), True, None
        except ConnectorError as error:
            wait = error.retry_after
            if not (self._sent and wait is not None and wait <= LONGEST_WAIT):
                raise
            await asyncio.sleep(wait)
        return await self._call(step, markup)

    async def _call(self, step: Step, markup: BaseModel | None) -> list[Message]:
        reply = None if self._sent else self._reply
        method, seconds = step(Target(self._place, reply, markup))
        result = await self._bot(method, request_timeout=seconds)
        return list(result) if isinstance(result, list) else [result]

    def receipt(self) -> SendReceipt:
        """The ids of everything that was sent, the first one in front."""
        first = self._sent[0]
        ids = tuple(
            self._place._replace(chat=message.chat.id).message_id(message.message_id)
            for message in self._sent
        )
        return SendReceipt(
            external_id=ids[0],
            order=first.message_id,
            sent_at=first.date,
            all_external_ids=ids,
            chat_id=str(self._place.chat) if self._moved else "",
        )


def _steps(message: OutboundMessage, config: ChannelConfig, *, has_markup: bool) -> list[Step]:
    """The calls in order: files, a place, a card, texts. Buttons go under the last of them."""
    formatting = _formatting(message.entities)
    limit = media.file_limit(config)
    cards = places.steps(message.payload)
    keeps_buttons = not has_markup or bool(cards) or not media.ends_in_album(message.attachments)
    if message.text.strip() and keeps_buttons and not cards and _fits_caption(message):
        return media.steps(message.attachments, message.text, formatting, limit=limit)
    texts = [
        _text_step(piece.text, piece.entities)
        for piece in split(message.text, message.entities, TEXT_LIMIT)
    ]
    if not texts and not keeps_buttons:
        raise ConnectorError("bad_content", BUTTONS_WITHOUT_TEXT)
    return [*media.steps(message.attachments, limit=limit), *cards, *texts]


def _fits_caption(message: OutboundMessage) -> bool:
    return utf16_length(message.text) <= CAPTION_LIMIT and media.takes_caption(message.attachments)


def _text_step(text: str, entities: list[Json]) -> Step:
    def step(target: Target) -> tuple[SendMessage, int]:
        method = SendMessage(
            text=text, entities=_formatting(entities), parse_mode=None, **target.parameters
        )
        return method, TEXT_SECONDS

    return step


def _formatting(entities: Sequence[Json]) -> list[MessageEntity] | None:
    try:
        return [MessageEntity(**entity) for entity in entities] or None
    except (TypeError, ValueError):
        raise ConnectorError("bad_content", FORMATTING) from None


def _markup(message: OutboundMessage) -> BaseModel | None:
    found = keyboards.markup(message.payload.get("buttons"))
    if found is None:
        return None
    model: Any = InlineKeyboardMarkup if "inline_keyboard" in found else ReplyKeyboardMarkup
    return model.model_validate(found)  # type: ignore[no-any-return]


def _reply(message: OutboundMessage) -> ReplyParameters | None:
    chat, _colon, number = message.reply_to.rpartition(":")
    if not number.isdecimal():
        # Nothing to point at, or a pressed button, which is no message of its own in Telegram.
        return None
    here, there = chats.place(message.chat_id), chats.place(chat)
    if (here.chat, here.connection) != (there.chat, there.connection):
        return None
    return ReplyParameters(message_id=int(number), allow_sending_without_reply=True)
