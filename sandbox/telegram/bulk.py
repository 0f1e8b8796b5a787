"""Many customers at once, for tests of "nothing lost, nothing doubled" and for benchmarks."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

from .courier import Update
from .parameters import Parameters
from .refusals import bad_request
from .world import Bot, World, now

FIRST_CUSTOMER = 700_000_001
MAX_MESSAGES = 1_000_000
RETRY_SECONDS = 0.2


@dataclass
class Bulk:
    """One flood and how far it is. `ledger` holds `[chat_id, message_id, text]` of each message."""

    messages: int
    deliveries: int = 0
    retries: int = 0
    done: bool = False
    seconds: float = 0.0
    ledger: list[list[Any]] = field(default_factory=list)

    def shown(self, *, ledger: bool) -> dict[str, Any]:
        """For the control API."""
        facts = {name: getattr(self, name) for name in ("messages", "deliveries", "retries")}
        per_second = round(self.deliveries / self.seconds) if self.seconds else 0
        facts |= {"done": self.done, "seconds": round(self.seconds, 3), "per_second": per_second}
        return facts | ({"ledger": self.ledger} if ledger else {})


def prepare(world: World, bot: Bot, parameters: Parameters) -> tuple[Bulk, list[Update]]:
    """Make the messages, and the list of deliveries with its repetitions and its disorder.

    `messages`, `chats`, `duplicates` (each delivered 1 to so many times), `shuffled`, `seed`,
    `text` (the number is added), `first_customer`.
    """
    count = parameters.integer("messages")
    chats = parameters.integer("chats", min(count, 100))
    if not 1 <= count <= MAX_MESSAGES or chats < 1:
        raise bad_request("messages must be from 1 to 1000000, chats at least 1")
    dice = random.Random(parameters.integer("seed", 1))
    first = parameters.integer("first_customer", FIRST_CUSTOMER)
    words = parameters.text("text", "Сообщение")
    bulk, updates = Bulk(count), []
    for number in range(count):
        update = _message(world, bot, first + number % chats, f"{words} {number + 1}")
        bulk.ledger.append([update.key, update.body["message_id"], update.body["text"]])
        updates += [update] * dice.randint(1, max(1, parameters.integer("duplicates", 1)))
    if parameters.boolean("shuffled"):
        dice.shuffle(updates)
    return bulk, updates


def _message(world: World, bot: Bot, person_id: int, text: str) -> Update:
    person = {
        "id": person_id,
        "is_bot": False,
        "first_name": f"Клиент {person_id - FIRST_CUSTOMER + 1}",
    }
    world.people.setdefault(person_id, person)
    body = {
        "message_id": bot.next_message_id(),
        "from": {**person, "language_code": "ru"},
        "chat": world.private_chat(bot, person_id).info,
        "date": now(),
        "text": text,
    }
    return bot.courier.number("message", body, str(person_id))


async def run(bot: Bot, bulk: Bulk, updates: list[Update], connections: int) -> None:
    """Deliver all, each until it is taken, over so many connections at once."""
    started = time.monotonic()
    if not bot.courier.webhook.url:
        for update in updates:
            bot.courier.pending[update.id] = update
        bot.courier.arrived.set()
        bulk.deliveries = len({update.id for update in updates})
    else:
        waiting = iter(updates)

        async def deliver() -> None:
            for update in waiting:
                while (wait := await bot.courier.attempt(update)) is not None:
                    bulk.retries += 1
                    await asyncio.sleep(wait or RETRY_SECONDS)
                bulk.deliveries += 1
                bulk.seconds = time.monotonic() - started

        await asyncio.gather(*(deliver() for _ in range(connections)))
    bulk.seconds = time.monotonic() - started
    bulk.done = True
