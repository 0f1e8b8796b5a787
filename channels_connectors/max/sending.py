"""An outbound message as calls of MAX's API."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, OutboundMessage, SendReceipt

from .api import Api
from .bodies import drafts
from .chats import moment
from .errors import MAYBE_SENT, NO_CHAT, PARTLY_SENT, Refusal
from .people import USER, Fields, number
from .uploads import prepare, upload

# Between the parts of one message: MAX takes two a second in a dialog.
PART_PAUSE: Final = 0.5
# Between the parts we wait out a short "too many requests" ourselves: giving up in the middle would
# leave the customer with half an answer.
LONGEST_WAIT: Final = 20
# How long a message is tried while MAX processes its files, and the pauses in between, in seconds.
READY_SECONDS: Final = 25
READY_PAUSES: Final = (0.3, 0.6, 1.2, 2.5, 5)
# What we made up ourselves is no message that MAX knows.
_NO_MESSAGES: Final = ("button-", "start-", "forward-")


async def send(config: ChannelConfig, message: OutboundMessage) -> SendReceipt:
    """Send all of `message` in order. Raises ConnectorError."""
    recipient = _recipient(message.chat_id)
    planned = drafts(message, [prepare(attachment) for attachment in message.attachments])
    async with Api(config) as api:
        # All files first: until they are there the customer sees nothing.
        bodies = [
            draft.body([await upload(api, file) for file in draft.files]) for draft in planned
        ]
        delivery = _Delivery(api, recipient, message.reply_to)
        for body in bodies:
            await delivery.take(body)
    return delivery.receipt()


class _Delivery:
    """The calls of one message, and what came of them."""

    def __init__(self, api: Api, recipient: dict[str, int], reply_to: str) -> None:
        self._api = api
        self._recipient = recipient
        self._link = _link(reply_to)
        self._sent: list[Fields] = []

    async def take(self, body: Fields) -> None:
        """Make one call. After the first part is out, a failure leaves the outcome unknown."""
        if self._sent:
            await asyncio.sleep(PART_PAUSE)
        try:
            self._sent.append(await self._attempt(body))
        except ConnectorError as error:
            if not self._sent:
                raise
            failure = ConnectorError(
                error.error_class, PARTLY_SENT, maybe_sent=True, detail=error.detail
            )
        else:
            return
        raise failure

    async def _attempt(self, body: Fields) -> Fields:
        """The sent message; waits for its files, and shortly for MAX's rates between the parts."""
        ends = time.monotonic() + READY_SECONDS
        pauses = iter(READY_PAUSES)
        while True:
            try:
                return await self._call(body)
            except Refusal as error:
                pause = self._pause(error, pauses)
                if pause is None or time.monotonic() + pause > ends:
                    raise
                await asyncio.sleep(pause)

    def _pause(self, error: Refusal, pauses: Any) -> float | None:
        """How long to wait before the same call once more; None: it is of no use."""
        if error.is_not_ready:
            return float(next(pauses, READY_PAUSES[-1]))
        wait = error.retry_after
        if self._sent and wait is not None and wait <= LONGEST_WAIT:
            return wait
        if error.is_missing and self._link and not self._sent:
            # The message that we answer is gone; the answer is still worth having.
            self._link = None
            return 0
        return None

    async def _call(self, body: Fields) -> Fields:
        link = {"link": self._link} if self._link and not self._sent else {}
        answer = await self._api.call("POST", "messages", {**body, **link}, **self._recipient)
        try:
            sent: Fields = answer["message"]
            _id(sent), _order(sent), moment(sent["timestamp"])
            return sent
        except (LookupError, TypeError, ValueError, OverflowError) as error:
            failure = type(error).__name__
        # MAX has done it, but we cannot read the ids.
        raise ConnectorError("transient", MAYBE_SENT, maybe_sent=True, detail=failure)

    def receipt(self) -> SendReceipt:
        """The ids of everything that was sent, the first one in front."""
        first = self._sent[0]
        return SendReceipt(
            external_id=_id(first),
            order=_order(first),
            sent_at=moment(first["timestamp"]),
            all_external_ids=tuple(_id(message) for message in self._sent),
        )


def _id(message: Fields) -> str:
    return str(message["body"]["mid"])


def _order(message: Fields) -> int:
    return number(message["body"]["seq"])


def _recipient(chat_id: str) -> dict[str, int]:
    name = "user_id" if chat_id.startswith(USER) else "chat_id"
    try:
        return {name: int(chat_id.removeprefix(USER))}
    except ValueError:
        raise ConnectorError("recipient_gone", NO_CHAT) from None


def _link(external_id: str) -> Fields | None:
    if not external_id or external_id.startswith(_NO_MESSAGES):
        return None
    return {"type": "reply", "mid": external_id}
