"""One websocket, on plain ASGI: limits, JSON frames, an end with a code."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

LARGEST_FRAME = 64 * 1024  # bytes
MESSAGES_PER_SECOND = 20
CLOSING_TAKES = 5.0  # seconds at most; a peer that reads nothing would hold it for ever

# Close codes of ours; the browser's <live-source> knows them.
NOT_LOGGED_IN = 4401
NOT_A_MEMBER = 4404
TOO_SLOW = 4008
TOO_MANY = 4029
NONSENSE = 4400
TRY_LATER = 1013


class Closed(Exception):
    """The socket must end with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Socket:
    """An ASGI application for one connection. Subclasses say what to do when it is open."""

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self._ending: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._allowance = float(MESSAGES_PER_SECOND)
        self._counted_at = time.monotonic()

    @classmethod
    async def application(cls, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI entry point."""
        await cls(scope, receive, send).run()

    async def run(self) -> None:
        """Live from the handshake to the end."""
        await self._receive()  # websocket.connect
        try:
            await self.arrive()
            code = await self._work()
        except Closed as closed:
            code = closed.code
        except OSError:  # the server's way to say that the connection is lost
            code = None
        finally:
            await self.depart()
        if code is not None:
            await self._close(code)

    async def arrive(self) -> None:
        """Check who is there and accept. `Closed` refuses; before accepting, with HTTP 403."""
        await self.accept()

    async def hear(self, message: dict[str, Any]) -> None:
        """A message from the other side."""

    async def work(self) -> None:
        """What runs beside listening, until the end."""
        await asyncio.Event().wait()

    async def depart(self) -> None:
        """The connection is gone, or about to be."""

    async def accept(self) -> None:
        """Complete the handshake."""
        await self._send({"type": "websocket.accept"})

    async def send(self, frame: dict[str, Any]) -> None:
        """Send one JSON frame; waits while the other side does not read."""
        await self.send_text(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))

    async def send_text(self, text: str) -> None:
        """Send a frame that is JSON already."""
        await self._send({"type": "websocket.send", "text": text})

    def end(self, code: int) -> None:
        """Close soon, from wherever this is called in the event loop."""
        if not self._ending.done():
            self._ending.set_result(code)

    def header(self, name: bytes) -> str:
        """A header of the handshake, or ""."""
        return next(
            (value.decode("latin-1") for key, value in self.scope["headers"] if key == name), ""
        )

    def comes_from_our_pages(self) -> bool:
        """Whether the Origin is this site's. Programs send none and carry no ambient log-in."""
        origin = self.header(b"origin")
        if not origin or origin in settings.CSRF_TRUSTED_ORIGINS:
            return True
        parts = urlsplit(origin)
        host, _ = split_domain_port(parts.netloc)
        return parts.netloc == self.header(b"host") and validate_host(host, settings.ALLOWED_HOSTS)

    async def _work(self) -> int | None:
        """The code to close with; None when the other side has closed."""
        tasks: set[asyncio.Future[Any]] = {
            asyncio.ensure_future(self._listen()),
            asyncio.ensure_future(self.work()),
            self._ending,
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self._ending in done:
                return self._ending.result()
            for task in done:
                task.result()
            return None
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            self._count()
            text = event.get("text") or ""
            if len(text.encode()) > LARGEST_FRAME:
                raise Closed(1009)
            try:
                message = json.loads(text)
            except ValueError:
                raise Closed(NONSENSE) from None
            if not isinstance(message, dict):
                raise Closed(NONSENSE)
            await self.hear(message)

    def _count(self) -> None:
        now = time.monotonic()
        refill = (now - self._counted_at) * MESSAGES_PER_SECOND
        self._allowance = min(MESSAGES_PER_SECOND, self._allowance + refill) - 1
        self._counted_at = now
        if self._allowance < 0:
            raise Closed(TOO_MANY)

    async def _close(self, code: int) -> None:
        with suppress(TimeoutError, OSError, RuntimeError):
            async with asyncio.timeout(CLOSING_TAKES):
                await self._send({"type": "websocket.close", "code": code})
