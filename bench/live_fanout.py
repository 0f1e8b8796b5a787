"""From the webhook to the agents' sockets, in milliseconds, at a steady rate.

    .venv/bin/python -m bench.live_fanout [sockets] [messages a second] [seconds]

All sockets have the same conversation open, so that each message reaches each of them as a
rendered bubble. Generator, sockets' other ends, web process and sorter share the cores.
"""

import asyncio
import contextlib
import json
import re
import sys
import time
from pathlib import Path

from bench.watcher import Watcher
from bench.webhooks import make_channels, update
from bench.world import await_http, milliseconds, process, row, world

PORT = 8320
SOCKETS_OF_ONE_MEMBER = 20
MARK = re.compile(rb"=(\d+)=")


def main() -> None:
    sockets, rate, seconds = (
        int(value) for value in (sys.argv[1:] + ["200", "20", "20"][len(sys.argv) - 1 :])
    )
    with world(PORT) as environment:
        web, sorter = ["-m", "config.launch.web"], ["manage.py", "sorter"]
        (channel,) = make_channels(1)
        with (
            process(web, environment, TANDEM_DATABASE_POOL="1") as web_id,
            process(sorter, environment),
        ):
            await_http(f"http://127.0.0.1:{PORT}/healthz")
            bench = Bench(channel, sockets, rate, seconds)
            asyncio.run(bench.post(0))
            slug, topic = find_conversation()
            cookies = log_in(slug, -(-sockets // SOCKETS_OF_ONE_MEMBER))
            began = cpu_seconds(web_id)
            asyncio.run(bench.run(slug, topic, cookies))
            bench.report((cpu_seconds(web_id) - began) / bench.lasted)


class Bench:
    """One run."""

    def __init__(self, channel: dict, sockets: int, rate: int, seconds: int) -> None:
        self.channel, self.sockets = channel, sockets
        self.rate, self.count = rate, rate * seconds
        self.complete = asyncio.Event()
        self.sent_at: dict[int, float] = {}
        self.latencies: list[float] = []
        self.accepts: list[float] = []
        self.frames = self.bytes = 0
        self.lasted = self.own_share = 0.0

    async def run(self, slug: str, topic: str, cookies: list[str]) -> None:
        watchers = [
            await self.follow(slug, topic, cookies[number // SOCKETS_OF_ONE_MEMBER])
            for number in range(self.sockets)
        ]
        await asyncio.sleep(3)  # presence settles
        spent, began = time.process_time(), time.perf_counter()
        for number in range(1, self.count + 1):
            await asyncio.sleep(max(0.0, began + number / self.rate - time.perf_counter()))
            await self.post(number)
        self.lasted = time.perf_counter() - began
        self.own_share = (time.process_time() - spent) / self.lasted
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.complete.wait(), 10)
        for watcher in watchers:
            watcher.transport.close()

    async def follow(self, slug: str, topic: str, cookie: str) -> Watcher:
        seen: set[int] = set()
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def heard(payload: bytes) -> None:
            now = time.perf_counter()
            if not ready.done():
                if b'"hello"' in payload:
                    since = json.loads(payload)["seq"]
                    watcher.say({"type": "hello", "topics": [topic], "since": since})
                elif b'"replay"' in payload:
                    ready.set_result(None)
                return
            self.frames += 1
            self.bytes += len(payload)
            for mark in set(map(int, MARK.findall(payload))) - seen:
                seen.add(mark)
                self.latencies.append(now - self.sent_at[mark])
            if len(self.latencies) == self.count * self.sockets:
                self.complete.set()

        watcher = Watcher(f"127.0.0.1:{PORT}", f"/ws/live/{slug}/", cookie, heard)
        await asyncio.get_running_loop().create_connection(lambda: watcher, "127.0.0.1", PORT)
        await ready
        return watcher

    async def post(self, number: int) -> None:
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

    def report(self, web_share: float) -> None:
        row("sockets", "a second", "p50 / p95 / p99 ms", "accept ms", "web", "generator", "frames")
        row(*["---"] * 7)
        row(
            self.sockets,
            self.rate,
            milliseconds(self.latencies),
            milliseconds(self.accepts),
            f"{web_share:.0%} of a core",
            f"{self.own_share:.0%}",
            f"{self.frames:,} of {self.bytes // max(1, self.frames):,} bytes",
        )
        expected = self.count * self.sockets
        assert len(self.latencies) == expected, f"{len(self.latencies)} of {expected} arrived"


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


def log_in(slug: str, count: int) -> list[str]:
    """Cookies of so many members."""
    from django.conf import settings
    from django.test import Client

    from workspaces.actions import add_member
    from workspaces.models import Role, User, Workspace
    from workspaces.scope import workspace_scope

    cookies = []
    for number in range(count):
        user = User.objects.create_user(f"agent{number}@example.com", name=f"Agent {number}")
        with workspace_scope(Workspace.objects.get(slug=slug).id):
            add_member(user=user, role=Role.AGENT)
        client = Client()
        client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={key}")
    return cookies


def cpu_seconds(process_id: int) -> float:
    """Processor time that a process has used, where the system tells."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    main()
