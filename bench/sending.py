"""What benchmarks of broadcasts need: customers, broadcasters, and an agent who replies."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from bench.world import ROOT
from config.launch import children

PORT = int(os.environ.get("PORT", "8310"))
TOKEN = "7000000010:AAF-bench-broadcast-0123456789abcdefghijk"
FIRST = 800_000_000
REPLIER = 900_000_000
REPLIERS = 100  # more than one chat, since a chat has a rate of its own
EVERY = 0.2  # seconds between replies


def prepare(recipients: int) -> Any:
    """A workspace with so many customers of a bot."""
    from marketing.actions import create_segment
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
        stage.add(min(10_000, recipients - start), first=FIRST)
    with people.scope():
        stage.segment = create_segment(name="All", conditions={}, by=member)
        stage.talks = [
            make_conversation(channel, chat=str(REPLIER + number)) for number in range(REPLIERS)
        ]
    settle_statistics()
    return stage


def settle_statistics() -> None:
    """What autovacuum would have done by itself before so many customers had come."""
    from django.db import connection

    from core.postgresql.roles import owner_connections

    with owner_connections(), connection.cursor() as cursor:
        cursor.execute("analyze")


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


def send_for_ever(rate: float) -> None:
    """A broadcaster to which the platform names this rate; 0: no limit at all."""
    from dataclasses import replace

    import django

    django.setup()
    from channels_connectors.telegram.connector import TelegramConnector
    from core.warming import settle
    from marketing.engine import claims, pace
    from marketing.engine.loop import Broadcaster, be_nice

    known = TelegramConnector.capabilities
    TelegramConnector.capabilities = replace(known, sends_per_second=rate, chat_sends_per_second=0)
    # Dead processes' leases end soon, so that a run ends soon.
    claims.SEND_SECONDS, claims.SENDING_LEASE = 20.0, timedelta(seconds=25)
    if not rate:
        # Troubles are many on purpose; going slowly after each would only make a run long.
        pace.CALLS, pace.CUT, pace.NEXT = 100_000, 0.9, 1.0
    be_nice()
    settle()
    Broadcaster().run()


class Broadcasters:
    """Processes that send."""

    def __init__(self, environment: dict[str, str], count: int, rate: float = 0) -> None:
        self._environment, self._rate = environment, rate
        self.running = [self._start() for _ in range(count)]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "bench.sending", str(self._rate)],
            cwd=ROOT,
            env={**self._environment, "LOG_LEVEL": "ERROR"},
            preexec_fn=children.hook(),  # noqa: PLW1509  a benchmark that dies leaves nothing
        )

    def kill(self, number: int) -> None:
        """SIGKILL, then start it again at once."""
        self.running[number].kill()
        self.running[number].wait()
        self.running[number] = self._start()


@contextmanager
def broadcasters(environment: dict[str, str], count: int, rate: float = 0) -> Iterator[Any]:
    """They end with the block."""
    made = Broadcasters(environment, count, rate)
    try:
        yield made
    finally:
        for process in made.running:
            process.kill()
            process.wait()


@contextmanager
def replies(stage: Any) -> Iterator[dict[str, tuple[float, float]]]:
    """An agent who replies all the time: text -> when they pressed Enter, when it was committed."""
    sent: dict[str, tuple[float, float]] = {}
    over = threading.Event()

    def talk() -> None:
        from django.db import transaction

        from inbox.actions import send_message

        number = 0
        while not over.wait(EVERY):
            number += 1
            text, asked = f"reply {uuid4()}", time.time()
            committed: list[float] = []
            with stage.acme.scope():
                # The first to be called: what wakes the worker comes after it.
                transaction.on_commit(lambda moments=committed: moments.append(time.time()))
                send_message(
                    stage.talks[number % REPLIERS], text, by=stage.acme.marta, client_id=uuid4()
                )
            sent[text] = (asked, committed[0])

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield sent
    finally:
        over.set()
        thread.join()
        time.sleep(2)


if __name__ == "__main__":
    send_for_ever(float(sys.argv[1]))
