"""What reports cost ingest: the sorter's pace with and without somebody who counts beside it, how
old today's numbers get meanwhile, and the processor time of counting.

    .venv/bin/python -m bench.facts [--messages 40000] [--people 2000] [--rounds 3]

Facts are written by a worker from the journal, never in the sorter's transaction: what ingest pays
is the processor that the worker takes where both share one, and what PostgreSQL writes more.
Goals: 5 % slower at most, no number older than 15 seconds.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.sorter_drain import channel, drain, fill, postgresql_seconds
from bench.world import ROOT, percentile, process, row, world


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=40_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with world() as environment:
        places = [channel(0)]
        _beside(places, environment, arguments)
        _alone(places, arguments)


def _beside(places: Any, environment: Any, arguments: argparse.Namespace) -> None:
    """Rounds with and without counting, in turn; the first of all warms up."""
    paces: dict[str, list[float]] = {"off": [], "on": []}
    spent: dict[str, list[float]] = {"off": [], "on": []}
    ages: list[float] = []
    names = ["off", *["off", "on"] * arguments.rounds]
    for number, name in enumerate(names):
        fill(places, arguments.messages, arguments.people, number)
        if name == "off":
            found = drain(200)
        else:
            # It has the journal of the round before to read first.
            with _counting(environment, places, ages):
                found = drain(200)
        taken, clock, own, _servers = found
        if number:
            paces[name].append(taken / clock)
            spent[name].append(own / taken * 1e6)
    row("counting", "stored a second, median", "µs of the sorter's processor a message")
    row(*["---"] * 3)
    for name, found in paces.items():
        own = percentile(spent[name], 0.5)
        row(name, f"{percentile(found, 0.5):,.0f}", f"{own:.0f}")
    slower = 1 - percentile(paces["on"], 0.5) / percentile(paces["off"], 0.5)
    row("slower", f"{slower:.1%}", "goal 5 %")
    shares = " / ".join(f"{percentile(ages, share):.1f}" for share in (0.5, 0.95, 1.0))
    row("age of today's numbers, s, p50 / p95 / most", shares, "goal 15 s")
    print()


@contextmanager
def _counting(environment: Any, places: Any, ages: list[float]) -> Iterator[None]:
    """Somebody counts, and has caught up, before the block begins; the ages of its numbers come
    when it has caught up again."""
    with process(["-m", "bench.counting", "count"], environment):
        _until_counted(places)
        watching = subprocess.Popen(
            [sys.executable, "-m", "bench.counting", "watch"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        yield
        _until_counted(places)
        told, _ = watching.communicate("")
        ages += json.loads(told)


def _until_counted(places: Any, seconds: float = 120) -> None:
    from analytics.models import DirtyBucket
    from events.models import SubscriptionCursor, WorkspaceCounter
    from workspaces.scope import workspace_scope

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with workspace_scope(places[0][0]):
            end = WorkspaceCounter.objects.values_list("seq", flat=True).first()
            at = SubscriptionCursor.objects.filter(name="facts").values_list("seq", flat=True)
            if at.first() == end and not DirtyBucket.objects.filter(is_month=False).exists():
                return
        time.sleep(0.2)
    sys.exit("nobody counted")


def _alone(places: Any, arguments: argparse.Namespace) -> None:
    """One after the other: where the processor's time goes."""
    row("what", "events", "seconds", "a second", "µs an event: Python", "PostgreSQL")
    row(*["---"] * 6)
    fill(places, arguments.messages, arguments.people, 2 * arguments.rounds + 1)
    taken, *seconds = drain(200)
    _tell("sorter", taken, *seconds)
    workspace_id = places[0][0]
    _tell("facts", *_count(workspace_id))
    _tell("rollups", *_add_up(workspace_id, taken))


def _count(workspace_id):
    from analytics.facts.subscription import NAME
    from events.subscriptions import catch_up, subscriptions

    mine = next(one for one in subscriptions() if one.name == NAME)
    return _measured(lambda: catch_up(workspace_id, mine))


def _add_up(workspace_id, taken):
    from analytics.rollups.freshness import refresh_workspace

    _, *seconds = _measured(lambda: refresh_workspace(workspace_id))
    return taken, *seconds


def _measured(call):
    """What the call returns, and seconds: by the clock, of Python's processor, of PostgreSQL's."""
    began, own, servers = time.perf_counter(), time.process_time(), postgresql_seconds()
    result = call()
    return (
        result,
        time.perf_counter() - began,
        time.process_time() - own,
        postgresql_seconds() - servers,
    )


def _tell(what, count, seconds, own, servers):
    count = max(1, count)
    row(
        what,
        f"{count:,}",
        f"{seconds:.1f}",
        f"{count / seconds:,.0f}",
        f"{own / count * 1e6:.0f}",
        f"{servers / count * 1e6:.0f}",
    )


if __name__ == "__main__":
    main()
