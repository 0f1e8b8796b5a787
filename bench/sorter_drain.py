"""How fast the sorter works off a backlog, alone on its core: messages a second.

.venv/bin/python -m bench.sorter_drain [--messages 20000] [--workspaces 1] [--people 2000]
                                       [--batch 200] [--profile]
"""

import argparse
import cProfile
import os
import pstats
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg

from bench.product import spent_by
from bench.world import row, world

Place = tuple[UUID, UUID]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--workspaces", type=int, default=1)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    with world():
        places = [channel(number) for number in range(arguments.workspaces)]
        row("round", "messages", "a second", "processor, µs a message: sorter", "PostgreSQL")
        row("---", "---", "---", "---", "---")
        for number in range(arguments.rounds):
            fill(places, arguments.messages, arguments.people, number)
            profiler = cProfile.Profile()
            if arguments.profile and number == arguments.rounds - 1:
                profiler.enable()
            taken, *seconds = drain(arguments.batch)
            profiler.disable()
            own, servers = (f"{spent / taken * 1e6:.0f}" for spent in seconds[1:])
            row(str(number + 1), f"{taken:,}", f"{taken / seconds[0]:,.0f}", own, servers)
        if arguments.profile:
            pstats.Stats(profiler).sort_stats("tottime").print_stats(40)


def channel(number: int) -> Place:
    """A workspace with a Telegram channel that no platform stands behind."""
    from channels_connectors.models import Channel
    from workspaces.actions import create_workspace
    from workspaces.models import User
    from workspaces.scope import workspace_scope

    owner = User.objects.create_user(f"owner{number}@example.com", None, name="Owner")
    workspace, _ = create_workspace(name=f"Bench {number}", slug=f"bench-{number}", owner=owner)
    with workspace_scope(workspace.id):
        made = Channel.objects.create(
            kind="telegram",
            name="Bench",
            status="active",
            credentials={"token": "1:A", "secret_token": "s"},
        )
    return workspace.id, made.id


def fill(places: list[Place], messages: int, people: int, number: int) -> None:
    """Envelopes as the letterbox would leave them."""
    from core.postgresql.connections import connection_parameters

    with (
        psycopg.connect(**connection_parameters()) as connection,
        connection.transaction(),
        connection.cursor() as cursor,
    ):
        cursor.executemany(
            "insert into inbox_inboundenvelope (id, workspace_id, channel_id, dedup_key, raw,"
            " received_at, created_at, state, attempts, error)"
            " values (%s, %s, %s, %s, %s, now(), now(), 'new', 0, '')",
            envelopes(places, messages, people, number),
        )


def envelopes(places: list[Place], messages: int, people: int, number: int) -> Iterator[Any]:
    from core.ids import uuid7

    now = int(datetime.now(UTC).timestamp())
    for index in range(messages):
        place = places[index % len(places)]
        key = number * messages + index
        yield uuid7(), *place, str(key), body(key, (index * 7919) % people + 1, now)


def body(key: int, person: int, now: int) -> bytes:
    """Telegram's update for a short text, about 350 bytes."""
    who = {"id": 1000 + person, "first_name": "Customer", "last_name": f"Number {person}"}
    message = {
        "message_id": key + 1,
        "from": {**who, "is_bot": False, "language_code": "ru", "username": f"customer{person}"},
        "chat": {**who, "type": "private", "username": f"customer{person}"},
        "date": now,
        "text": f"Message {key}: is it in stock? I would like two of them by Friday.",
    }
    return orjson.dumps({"update_id": key, "message": message})


def drain(size: int) -> tuple[int, float, float, float]:
    """Sort all of it on the product's own connection. Returns how many, and the seconds that it
    took by the clock, of our processor and of PostgreSQL's."""
    from inbox.sorter import batch, loop

    batch.LIMIT = loop.LIMIT = size  # type: ignore[misc]
    batch.sort.__kwdefaults__["limit"] = size
    sorter = loop.Sorter()
    with loop.connect() as connection:
        before = (time.perf_counter(), time.process_time(), postgresql_seconds())
        taken = sorter.drain(connection)
        after = (time.perf_counter(), time.process_time(), postgresql_seconds())
    sorter.messenger.close()
    clock, own, servers = (end - start for start, end in zip(before, after, strict=True))
    return taken, clock, own, servers


def postgresql_seconds() -> float:
    """Processor time of all PostgreSQL's processes of this run."""
    folder, spent = os.environ["TANDEM_DATA"], 0.0
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            inside = (place / "cwd").readlink().is_relative_to(folder)
            if inside and b"postgres" in (place / "cmdline").read_bytes():
                spent += spent_by(int(place.name))
    return spent


if __name__ == "__main__":
    main()
