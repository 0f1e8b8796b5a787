"""What counting costs beside sorting: processor time of the facts' subscription for each message.

.venv/bin/python -m bench.facts [--messages 20000] [--people 2000]

Facts are written by a worker from the journal, never in the sorter's transaction: what ingest pays
is the processor that the worker takes where both share one, and what PostgreSQL writes more.
"""

import argparse
import time

from bench.sorter_drain import channel, drain, fill, postgresql_seconds
from bench.world import row, world


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=2_000)
    arguments = parser.parse_args()
    with world():
        places = [channel(0)]
        row("what", "events", "seconds", "a second", "µs an event: Python", "PostgreSQL")
        row(*["---"] * 6)
        fill(places, arguments.messages, arguments.people, 0)
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
