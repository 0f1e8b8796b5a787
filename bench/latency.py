"""From the webhook to the agents' sockets, in milliseconds, at a steady rate.

    .venv/bin/python -m bench.latency [messages a second] [seconds] [sockets ...]

All sockets have the same conversation open, so that each message reaches each of them as a
rendered bubble. The whole product runs; it, the generator and the sockets' other ends share the
cores. Beside them the limit: a bare ASGI app that answers a post and sends one frame to each
socket.
"""

import asyncio
import contextlib
import json
import re
import sys
import time
from collections.abc import Callable

from bench.people import log_in
from bench.product import Product, product
from bench.watcher import Watcher
from bench.webhooks import make_channels, update
from bench.world import await_http, milliseconds, process, row, world

PORT = 8320
SOCKETS = [1, 20, 200]
SOCKETS_OF_ONE_MEMBER = 20
MARK = re.compile(rb"=(\d+)=")


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    rate, seconds = (*given[:2], *(20, 20)[len(given[:2]) :])
    row("what", "sockets", "a second", "p50 / p95 / p99 ms", "accept ms", "web", "frames")
    row(*["---"] * 7)
    with world(PORT) as environment:
        for sockets in given[2:] or SOCKETS:
            with process(["-m", "bench.bare", str(PORT)], environment):
                await_http(f"http://127.0.0.1:{PORT}/")
                bench = Bench({"path": "/", "headers": {}, "update": 0}, rate, seconds)
                asyncio.run(bench.run(sockets, lambda _: ("/", "", None)))
                bench.report("bare ASGI app", sockets)
        (channel,) = make_channels(1)
        with product(environment) as running:
            asyncio.run(Bench(channel, rate, seconds).post(0))
            slug, topic = find_conversation()
            for sockets in given[2:] or SOCKETS:
                measure(running, Bench(channel, rate, seconds), sockets, slug, topic)


def measure(running: Product, bench: "Bench", sockets: int, slug: str, topic: str) -> None:
    """One row of the table."""
    cookies = [
        f"{name}={value}" for name, value in log_in(slug, -(-sockets // SOCKETS_OF_ONE_MEMBER))
    ]

    def place(number: int) -> tuple[str, str, str | None]:
        return f"/ws/live/{slug}/", cookies[number // SOCKETS_OF_ONE_MEMBER], topic

    began = running.processor_seconds()["web"]
    asyncio.run(bench.run(sockets, place))
    spent = running.processor_seconds()["web"] - began
    bench.report("Tandem", sockets, f"{spent / bench.lasted:.0%} of a core")


class Bench:
    """One run."""

    def __init__(self, channel: dict, rate: int, seconds: int) -> None:
        self.channel, self.rate, self.count = channel, rate, rate * seconds
        self.sent_at: dict[int, float] = {}
        self.latencies: list[float] = []
        self.accepts: list[float] = []
        self.frames = self.bytes = self.expected = 0
        self.lasted = 0.0
        self.arrived = asyncio.Event()

    async def run(self, sockets: int, place: Callable[[int], tuple[str, str, str | None]]) -> None:
        """Open so many sockets, each at its place: (path, cookie, topic to follow)."""
        watchers = [await self.follow(*place(number)) for number in range(sockets)]
        await asyncio.sleep(3)  # presence settles
        began = time.perf_counter()
        for number in range(1, self.count + 1):
            await asyncio.sleep(max(0.0, began + number / self.rate - time.perf_counter()))
            await self.post(number)
        self.lasted = time.perf_counter() - began
        self.expected = self.count * sockets
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                while len(self.latencies) < self.expected:
                    self.arrived.clear()
                    await self.arrived.wait()
        for watcher in watchers:
            watcher.transport.close()

    async def follow(self, path: str, cookie: str, topic: str | None) -> Watcher:
        seen: set[int] = set()
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def heard(payload: bytes) -> None:
            now = time.perf_counter()
            if not ready.done():
                if b'"hello"' in payload and topic:
                    since = json.loads(payload)["seq"]
                    watcher.say({"type": "hello", "topics": [topic], "since": since})
                elif b'"replay"' in payload or not topic:
                    ready.set_result(None)
                return
            self.frames += 1
            self.bytes += len(payload)
            for mark in set(map(int, MARK.findall(payload))) - seen:
                seen.add(mark)
                self.latencies.append(now - self.sent_at[mark])
            self.arrived.set()

        watcher = Watcher(f"127.0.0.1:{PORT}", path, cookie, heard)
        await asyncio.get_running_loop().create_connection(lambda: watcher, "127.0.0.1", PORT)
        await ready
        return watcher

    async def post(self, number: int) -> None:
        """Send a message and take its answer."""
        self.channel["update"] += 1
        document = json.loads(update(self.channel["update"], 1))
        document["message"]["text"] = f"={number}= Здравствуйте, есть ли «Ладога» в велюре?"
        body = json.dumps(document).encode()
        lines = [
            f"POST {self.channel['path']} HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            "Connection: close",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in self.channel["headers"].items()),
        ]
        self.sent_at[number] = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        answer = await reader.read()
        writer.close()
        self.accepts.append(time.perf_counter() - self.sent_at[number])
        assert b" 200 " in answer[:20], answer

    def report(self, what: str, sockets: int, web: str = "") -> None:
        """Print the row; AssertionError when a message did not reach a socket."""
        row(
            what,
            sockets,
            self.rate,
            milliseconds(self.latencies),
            milliseconds(self.accepts),
            web,
            f"{self.frames:,} of {self.bytes // max(1, self.frames):,} bytes",
        )
        missing = self.expected - len(self.latencies)
        assert missing == 0, f"{missing} of {self.expected} did not arrive"


def find_conversation() -> tuple[str, str]:
    """(workspace's address, topic) of the conversation that the first message opens."""
    from inbox.models import Conversation
    from workspaces.models import Workspace
    from workspaces.scope import workspace_scope

    workspace = Workspace.objects.get()
    while True:
        with workspace_scope(workspace.id), contextlib.suppress(Conversation.DoesNotExist):
            return workspace.slug, f"conversation:{Conversation.objects.get().pk}"
        time.sleep(0.05)


if __name__ == "__main__":
    main()
