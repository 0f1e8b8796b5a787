"""A broadcast of 50,000 recipients by the sandbox's bot, as fast as two broadcasters go, with ten
kills and two losses of Redis, while an agent replies all the time on the same channel.

    .venv/bin/python -m bench.broadcast [recipients] [kills]

Prints messages a second, how many are in doubt, and how long replies took to the platform. Ends
with 1 when anybody got the message twice, or was missed. A launch's audience is timed by itself.
"""

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from bench.product import product
from bench.world import ROOT, percentile, row, world
from config.launch import children

PORT = 8310
TOKEN = "7000000010:AAF-bench-broadcast-0123456789abcdefghijk"
FIRST = 800_000_000
REPLIER = 900_000_000
REPLIERS = 100  # more than one chat, since a chat has a rate of its own
BROADCASTERS, FLUSHES = 2, 2
PATIENCE = 3600
EVERY = 0.2  # seconds between replies


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:] if argument != "--send"]
    if "--send" in sys.argv:
        send_for_ever()
        return
    recipients, kills = (*given, *(50_000, 10)[len(given) :])
    platform = f"http://127.0.0.1:{PORT + 1}"
    with (
        world(PORT, SANDBOX_PORT=str(PORT + 1)) as environment,
        product(environment, ("sandbox", "worker", "beat")),
    ):
        import httpx

        http = httpx.Client(base_url=platform, timeout=120, trust_env=False)
        stage = prepare(http, recipients)
        row("recipients", "audience", "a second", "at best", "in doubt", "replies", "p50", "p99")
        row(*["---"] * 8)
        with broadcasters(environment) as running, replies(stage) as sent:
            began = time.perf_counter()
            broadcast, frozen = launch(stage)
            torment(stage, broadcast, running, kills)
            spent = time.perf_counter() - began
        calls = http.get("/journal", params={"kind": "call", "limit": 1_000_000}).json()["entries"]
        said = [(str(call["parameters"].get("text", "")), call["at"]) for call in calls]
        wire = {text: at for text, at in said if text.startswith("reply ")}
        busiest = Counter(int(at) // 5 for text, at in said if text.startswith("Sale"))
        waits = sorted(wire[text] - at for text, at in sent.items() if text in wire)
        unknown = check(stage, broadcast, http, recipients)
        row(
            f"{recipients:,}",
            f"{frozen:.1f} s",
            f"{recipients / spent:,.0f}",
            f"{max(busiest.values()) / 5:,.0f}",
            f"{unknown:,} ({unknown / recipients:.2%})",
            f"{len(waits):,}",
            *(f"{percentile(waits, share) * 1000:.0f} ms" for share in (0.5, 0.99)),
        )


def send_for_ever() -> None:
    """A broadcaster to which the platform names no limit."""
    from dataclasses import replace

    import django

    django.setup()
    from channels_connectors.telegram.connector import TelegramConnector
    from marketing.engine import claims, pace
    from marketing.engine.loop import Broadcaster, be_nice

    known = TelegramConnector.capabilities
    TelegramConnector.capabilities = replace(known, sends_per_second=0, chat_sends_per_second=0)
    claims.SEND_SECONDS, claims.SENDING_LEASE = 8.0, timedelta(seconds=10)
    pace.CALLS = 100_000
    be_nice()
    Broadcaster().run()


def prepare(http: Any, recipients: int) -> Any:
    """A workspace with so many customers of the sandbox's bot."""
    from tests.cast import make_channel, make_conversation
    from tests.marketing.sending import Stage
    from workspaces.actions import create_workspace
    from workspaces.models import User
    from workspaces.scope import workspace_scope

    owner = User.objects.create_user("bench@example.com", name="Bench")
    workspace, member = create_workspace(name="Bench", slug="bench", owner=owner)

    class People:
        marta = member

        def scope(self) -> Any:
            return workspace_scope(workspace.id)

    people: Any = People()
    people.workspace = workspace
    with people.scope():
        channel = make_channel(credentials={"token": TOKEN, "secret_token": "s" * 32})
    stage = Stage.__new__(Stage)
    stage.acme, stage.channel = people, channel
    for start in range(0, recipients, 10_000):
        count = min(10_000, recipients - start)
        stage.add(count, first=FIRST)
    facts = {"messages": recipients, "chats": recipients, "first_customer": FIRST}
    http.post(f"/telegram/{TOKEN}/control/bulk", json=facts).raise_for_status()
    facts = {"messages": REPLIERS, "chats": REPLIERS, "first_customer": REPLIER}
    http.post(f"/telegram/{TOKEN}/control/bulk", json=facts).raise_for_status()
    from marketing.actions import create_segment

    with people.scope():
        stage.segment = create_segment(name="All", conditions={}, by=member)
        stage.talks = [
            make_conversation(channel, chat=str(REPLIER + number)) for number in range(REPLIERS)
        ]
    return stage


def launch(stage: Any) -> tuple[Any, float]:
    """The running broadcast, and the seconds until its audience was complete."""
    began = time.perf_counter()
    broadcast = stage.launch(
        text="Sale for {{name}}",
        exclusions={"field": "name", "op": "eq", "value": "Maria"},
    )
    while not stage.fresh(broadcast).is_frozen:
        time.sleep(0.05)
    return broadcast, time.perf_counter() - began


def torment(stage: Any, broadcast: Any, running: Any, kills: int) -> None:
    """Kill, flush, and wait for the end."""
    from core.redis import client

    dice, deadline = random.Random(5), time.monotonic() + PATIENCE
    for kill in range(kills):
        time.sleep(dice.uniform(0.5, 3))
        running.kill(dice.randrange(BROADCASTERS))
        if FLUSHES and kill % max(1, kills // FLUSHES) == 1:
            client().flushall()
    while stage.fresh(broadcast).status != "done":
        assert time.monotonic() < deadline, stage.totals(broadcast)
        time.sleep(0.2)


def check(stage: Any, broadcast: Any, http: Any, recipients: int) -> int:
    """Our list against what the platform delivered; returns how many are in doubt."""
    rows = {one.address: one.state for one in stage.recipients(broadcast, state__in=STATES)}
    assert len(rows) == recipients, len(rows)
    shown = http.get(f"/telegram/{TOKEN}/control/state").json()["result"]
    arrived = Counter(
        str(chat["chat"]["id"])
        for chat in shown["chats"]
        for message in chat["messages"]
        if message.get("text", "").startswith("Sale for ")
    )
    assert max(arrived.values()) == 1, "somebody got it twice"
    sent = {address for address, state in rows.items() if state == "sent"}
    assert sent <= set(arrived), "said to be sent, never arrived"
    assert set(arrived) <= set(rows)
    return len(rows) - len(sent)


STATES = ("sent", "unknown")


class Broadcasters:
    """Processes that send."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.running = [self._start() for _ in range(BROADCASTERS)]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "bench.broadcast", "--send"],
            cwd=ROOT,
            env={**self._environment, "LOG_LEVEL": "ERROR"},
            preexec_fn=children.hook(),  # noqa: PLW1509  a benchmark that dies leaves nothing
        )

    def kill(self, number: int) -> None:
        self.running[number].kill()
        self.running[number].wait()
        self.running[number] = self._start()


@contextmanager
def broadcasters(environment: dict[str, str]) -> Any:
    """They end with the block."""
    made = Broadcasters(environment)
    try:
        yield made
    finally:
        for process in made.running:
            process.kill()
            process.wait()


@contextmanager
def replies(stage: Any) -> Any:
    """An agent who replies all the time: text -> when it was queued."""
    sent: dict[str, float] = {}
    over = threading.Event()

    def talk() -> None:
        from inbox.actions import send_message

        number = 0
        while not over.wait(EVERY):
            number += 1
            text = f"reply {number}"
            with stage.acme.scope():
                message = send_message(
                    stage.talks[number % REPLIERS], text, by=stage.acme.marta, client_id=uuid4()
                )
            sent[message.text] = time.time()

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield sent
    finally:
        over.set()
        thread.join()
        time.sleep(2)


if __name__ == "__main__":
    main()
