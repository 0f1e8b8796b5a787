"""The way of webhooks to the addresses that a program named.

An address is confirmed once, by a challenge that it must return. Then each body is posted with a
signature by the app's secret until the answer is 200; a failure is repeated after growing delays.
News of one chat goes in order here, which Meta does not promise.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import secrets
import time
from typing import TYPE_CHECKING, Any

import aiohttp

from sandbox.courier import Courier as BaseCourier
from sandbox.courier import post

from .refusals import Refusal

if TYPE_CHECKING:
    from .world import Account, World

ANSWER_SECONDS = 10
BATCH_SECONDS = 0.3

Change = dict[str, Any]


class Courier(BaseCourier[tuple[str, ...]]):
    """Delivers the changes of one account: one by its name, or several in one body."""

    def __init__(self, account: Account, world: World) -> None:
        super().__init__()
        # What waits: {name: (change, chat)}; it outlives a restart.
        self.pending: dict[str, tuple[Change, str]] = {}
        self._account = account
        self._world = world
        self._batch: list[str] = []

    async def confirm(self, url: str, verify_token: str) -> None:
        """Ask an address for the challenge. Raises Refusal when it does not return it."""
        assert self._world.session is not None
        challenge = str(secrets.randbelow(10**10))
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": verify_token,
            "hub.challenge": challenge,
        }
        try:
            async with self._world.session.get(
                url, params=query, timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)
            ) as response:
                status, body = response.status, await response.text()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            status, body = 0, ""
        self._note("confirmation", 1, status)
        if status != 200 or body != challenge:
            words = (
                f"Callback verification failed with the following errors: HTTP Status = {status}"
            )
            raise Refusal(2200, words)

    def push(self, change: Change, chat: str) -> None:
        """A new change, on its way as soon as there is an address for it."""
        name = secrets.token_hex(12)
        self.pending[name] = (change, chat)
        if self._address(change):
            self._start(name, chat)

    def later(self, seconds: float, deed: Any) -> None:
        """Do something in a while, unless the sandbox stops before."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            deed()

        self.run(wait())

    def resume(self) -> None:
        """Deliver what is pending: after a start, or when an address was named."""
        for name, (change, chat) in list(self.pending.items()):
            if self._address(change):
                self._start(name, chat)

    def _address(self, change: Change) -> str:
        """A number's own address goes first, but hears only of its messages."""
        account = self._account
        of_number = "metadata" in change["value"]
        own = account.number_callback if of_number else ""
        return own or account.account_callback or account.app_callback

    def _start(self, name: str, chat: str) -> None:
        faults = self._account.faults
        if faults.batch:
            self._batch.append(name)
            if len(self._batch) == 1:
                self.run(self._batched())
            return
        self.start((name,), chat, shuffled=faults.shuffle)

    async def _batched(self) -> None:
        await asyncio.sleep(BATCH_SECONDS)
        names, self._batch = self._batch, []
        if self._account.faults.shuffle:
            random.shuffle(names)
        await self.deliver(tuple(names))

    async def deliver(self, item: tuple[str, ...]) -> None:
        """Post these changes together until the answer is 200."""
        attempt = 0
        while changes := [self.pending[name][0] for name in item if name in self.pending]:
            address = self._address(changes[0])
            status = await self._post(address, changes, attempt) if address else 0
            if status == 200:
                if self._account.faults.deliver_twice:
                    await self._post(address, changes, attempt + 1)
                for name in item:
                    self.pending.pop(name, None)
                return
            await self.rest(attempt)
            attempt += 1

    async def _post(self, address: str, changes: list[Change], attempt: int) -> int:
        """The HTTP status; 0 when nobody answered."""
        body = self.body(changes)
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": self.signature(body)}
        status, _answer = await post(
            self._world.session, address, body, headers, seconds=ANSWER_SECONDS
        )
        self._note(",".join(change["field"] for change in changes), attempt + 1, status)
        return status

    def body(self, changes: list[Change]) -> bytes:
        """What is posted for these changes, an entry each."""
        entries = []
        for change in changes:
            entry: dict[str, Any] = {"id": self._account.waba_id}
            if "metadata" not in change["value"]:
                entry["time"] = int(time.time())
            entries.append({**entry, "changes": [change]})
        document = {"object": "whatsapp_business_account", "entry": entries}
        # Meta escapes everything beyond ASCII.
        return json.dumps(document).encode()

    def signature(self, body: bytes) -> str:
        """The header that proves where a body comes from."""
        digest = hmac.new(self._account.app_secret.encode(), body, hashlib.sha256).hexdigest()
        return f"sha256={digest}"

    def _note(self, event: str, attempt: int, status: int) -> None:
        self._world.journal.write(
            "delivery",
            phone=self._account.phone_number_id,
            event=event,
            attempt=attempt,
            status=status,
        )
