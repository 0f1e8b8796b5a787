"""The way of updates to the addresses that are subscribed.

Each update is posted until the answer is 200; a failure is repeated after growing delays. Updates
of one chat go in order here, which MAX does not promise.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.courier import Courier as BaseCourier
from sandbox.courier import post

if TYPE_CHECKING:
    from .world import Bot, World

ANSWER_SECONDS = 30

Update = dict[str, Any]


@dataclass
class Subscription:
    """An address with its secret; `update_types` None = all. `time` in milliseconds."""

    url: str
    secret: str
    update_types: list[str] | None
    time: int
    version: str | None = None
    last: int = 0
    pending: dict[str, tuple[Update, str]] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As GET /subscriptions tells it."""
        return {
            "url": self.url,
            "time": self.time,
            "update_types": self.update_types,
            "version": self.version,
        }


class Courier(BaseCourier[tuple[Subscription, str]]):
    """Delivers the updates of one bot: each by its subscription and its number there."""

    def __init__(self, bot: Bot, world: World) -> None:
        super().__init__()
        self.subscriptions: dict[str, Subscription] = {}
        self._bot = bot
        self._world = world

    def push(self, update: Update, key: str) -> None:
        """A new update, for those who asked for its type. Those of one `key` keep their order."""
        for subscription in self.subscriptions.values():
            types = subscription.update_types
            if types is None or update["update_type"] in types:
                subscription.last += 1
                number = str(subscription.last)
                subscription.pending[number] = (update, key)
                self._start(subscription, number, key)

    def resume(self) -> None:
        """Deliver what is pending, after a start."""
        for subscription in self.subscriptions.values():
            for number, (_update, key) in list(subscription.pending.items()):
                self._start(subscription, number, key)

    def _start(self, subscription: Subscription, number: str, key: str) -> None:
        shuffled = self._bot.faults.shuffle
        self.start((subscription, number), (subscription.url, key), shuffled=shuffled)

    async def deliver(self, item: tuple[Subscription, str]) -> None:
        """Post an update until the answer is 200 or the subscription ends."""
        subscription, number = item
        attempt = 0
        while number in subscription.pending:
            if self.subscriptions.get(subscription.url) is None:
                return
            update, _key = subscription.pending[number]
            if await self._post(subscription, update, attempt) == 200:
                if self._bot.faults.deliver_twice:
                    await self._post(subscription, update, attempt + 1)
                subscription.pending.pop(number, None)
                return
            await self.rest(attempt)
            attempt += 1

    async def _post(self, subscription: Subscription, update: Update, attempt: int) -> int:
        """The HTTP status; 0 when nobody answered."""
        # The secret may have been changed since.
        known = self.subscriptions.get(subscription.url, subscription)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if known.secret:
            headers["X-Max-Bot-Api-Secret"] = known.secret
        body = json.dumps(update, ensure_ascii=False).encode()
        status, _answer = await post(
            self._world.session, subscription.url, body, headers, seconds=ANSWER_SECONDS
        )
        self._world.journal.write(
            "delivery",
            bot=self._bot.id,
            update_type=update["update_type"],
            attempt=attempt + 1,
            status=status,
        )
        return status
