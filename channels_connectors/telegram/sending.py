"""An outbound message as calls of the Bot API: texts, files, albums, replies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from channels_connectors.errors import ConnectorError
from channels_connectors.splitting import split, utf16_length
from channels_connectors.types import ChannelConfig, Json, OutboundMessage, SendReceipt

from . import media
from .api import Api
from .bot import open_bot
from .errors import EMPTY, FORMATTING, PARTLY_SENT, ChatMovedError
from .models import Bot, Message, MessageEntity, ReplyParameters, SendMessage

TEXT_LIMIT: Final = 4096
CAPTION_LIMIT: Final = 1024
# Between the parts of one message we wait out a short "too many requests" ourselves: giving up in
# the middle would leave the customer with half an answer.
LONGEST_WAIT: Final = 20


async def send(config: ChannelConfig, message: OutboundMessage) -> SendReceipt:
    """Send all of `message` in order. Raises ConnectorError."""
    steps = _steps(message)
    if not steps:
        raise ConnectorError("bad_content", EMPTY)
    async with Api(config) as api:
        delivery = _Delivery(open_bot(config, api), message)
        for step in steps:
            await delivery.take(step)
    return delivery.receipt()


class _Delivery:
    """The calls of one message, and what came of them."""

    def __init__(self, bot: Bot, message: OutboundMessage) -> None:
        self._bot = bot
        self._chat: int | str = _chat(message.chat_id)
        self._moved = False
        self._reply = _reply(message.reply_to)
        self._sent: list[Message] = []

    async def take(self, step: media.Step) -> None:
        """Make one call. After the first part is out, a failure leaves the outcome unknown."""
        try:
            self._sent += await self._attempt(step)
        except ConnectorError as error:
            if not self._sent:
                raise
            failure = ConnectorError(
                error.error_class, PARTLY_SENT, maybe_sent=True, detail=error.detail
            )
        else:
            return
        raise failure

    async def _attempt(self, step: media.Step) -> list[Message]:
        try:
            return await self._call(step)
        except ChatMovedError as moved:
            self._chat, self._moved = _chat(moved.chat_id), True
        except ConnectorError as error:
            wait = error.retry_after
            if not (self._sent and wait is not None and wait <= LONGEST_WAIT):
                raise
            await asyncio.sleep(wait)
        return await self._call(step)

    async def _call(self, step: media.Step) -> list[Message]:
        method, seconds = step(self._chat, None if self._sent else self._reply)
        result = await self._bot(method, request_timeout=seconds)
        return list(result) if isinstance(result, list) else [result]

    def receipt(self) -> SendReceipt:
        """The ids of everything that was sent, the first one in front."""
        first = self._sent[0]
        ids = tuple(f"{message.chat.id}:{message.message_id}" for message in self._sent)
        return SendReceipt(
            external_id=ids[0],
            order=first.message_id,
            sent_at=first.date,
            all_external_ids=ids,
            chat_id=str(self._chat) if self._moved else "",
        )


def _steps(message: OutboundMessage) -> list[media.Step]:
    formatting = _formatting(message.entities)
    if message.text.strip() and _fits_caption(message):
        return media.steps(message.attachments, message.text, formatting)
    texts = [
        _text_step(piece.text, piece.entities)
        for piece in split(message.text, message.entities, TEXT_LIMIT)
    ]
    return [*media.steps(message.attachments), *texts]


def _fits_caption(message: OutboundMessage) -> bool:
    return utf16_length(message.text) <= CAPTION_LIMIT and media.takes_caption(message.attachments)


def _text_step(text: str, entities: list[Json]) -> media.Step:
    def step(chat: int | str, reply: ReplyParameters | None) -> tuple[SendMessage, int]:
        method = SendMessage(
            chat_id=chat,
            text=text,
            entities=_formatting(entities),
            reply_parameters=reply,
            parse_mode=None,
        )
        return method, 30

    return step


def _formatting(entities: Sequence[Json]) -> list[MessageEntity] | None:
    try:
        return [MessageEntity(**entity) for entity in entities] or None
    except (TypeError, ValueError):
        raise ConnectorError("bad_content", FORMATTING) from None


def _chat(chat_id: str) -> int | str:
    return int(chat_id) if chat_id.lstrip("-").isdigit() else chat_id


def _reply(external_id: str) -> ReplyParameters | None:
    number = external_id.rpartition(":")[2]
    if not number.isdigit():
        # Nothing to point at, or a pressed button, which is no message of its own in Telegram.
        return None
    return ReplyParameters(message_id=int(number), allow_sending_without_reply=True)
