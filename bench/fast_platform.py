"""A platform that costs next to nothing: the Bot API's `sendMessage`, journalled, nothing else.

    python -m bench.fast_platform PORT

`GET /journal` tells all calls as [chat, text, when, status]; 200 is a message that has arrived.
`GET /allow?rate=N` answers 429 beyond N messages a second from then on (0: never).
`GET /stumble?rate=N&server=N&before=N&after=N` is for so many of the next calls: too often, error,
a connection that breaks before the message has arrived, or after it.
"""

import asyncio
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httptools
import orjson

START = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
BOT = {"id": 1, "is_bot": True, "first_name": "Bench"}


class World:
    """All that was asked, and how often it may be."""

    def __init__(self) -> None:
        self.journal: list[tuple[str, str, float, int]] = []
        self.rate = 0.0
        self.troubles: list[str] = []
        self._room, self._at = 0.0, 0.0

    def allow(self, rate: float) -> None:
        """At most so many messages a second, and a second's worth at once."""
        self.rate, self._room, self._at = rate, rate, time.monotonic()

    def send(self, body: bytes) -> tuple[int, Any]:
        """A message, or "too often", or an error; no answer at all with the status 0."""
        form = parse_qs(body.decode())
        chat, text = form["chat_id"][0], form["text"][0]
        trouble = self.troubles.pop() if self.troubles else ""
        status = {"rate": 429, "server": 500, "before": 0}.get(trouble, 200)
        if status == 200 and not self._has_room():
            status = 429
        self.journal.append((chat, text, time.time(), status))
        if status != 200:
            said = {"error_code": status, "description": f"Status {status}"}
            return status, {"ok": False, **said, "parameters": {"retry_after": 1}}
        if trouble == "after":
            return 0, None
        place = {"id": int(chat), "type": "private", "first_name": chat}
        message = {"message_id": len(self.journal), "date": int(time.time()), "text": text}
        return 200, {"ok": True, "result": {**message, "from": BOT, "chat": place}}

    def _has_room(self) -> bool:
        if not self.rate:
            return True
        now = time.monotonic()
        self._room = min(self.rate, self._room + (now - self._at) * self.rate)
        self._at = now
        if self._room < 1:
            return False
        self._room -= 1
        return True


class Connection(asyncio.Protocol):
    """One connection; calls on it come one after the other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._parser = httptools.HttpRequestParser(self)
        self._url, self._body = b"", b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._url, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        address = urlsplit(self._url.decode())
        status, answer = 200, {}
        if address.path == "/journal":
            answer = self._world.journal
        elif address.path == "/allow":
            self._world.allow(float(parse_qs(address.query)["rate"][0]))
        elif address.path == "/stumble":
            for kind, count in parse_qs(address.query).items():
                self._world.troubles += [kind] * int(count[0])
        elif address.path.endswith("/sendMessage"):
            status, answer = self._world.send(self._body)
            if not status:
                self._transport.abort()
                return
        else:
            answer = {"ok": True, "result": {}}
        content = orjson.dumps(answer)
        self._transport.write(START % (status, len(content)) + content)


async def serve(port: int) -> None:
    """For ever."""
    world = World()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(world), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
