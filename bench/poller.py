"""What long polling costs when nothing happens: hundreds of bots of the sandbox, read by pollers.

    .venv/bin/python -m bench.poller [channels] [pollers] [seconds]

Memory is the resident size and the proportional one (PSS counts shared pages once), the processor's
share that of one core, both after every channel is being read. Then each bot gets one message, and
the time until all are stored is taken. Ends with 1 when one poller takes 300 MB or a third of a
core, or when a message is missing.
"""

import sys
import time
from pathlib import Path
from typing import Any

import httpx

from bench.product import product, spent_by
from bench.world import row, world

PORT = 8340
MOST_MEGABYTES, MOST_CORE = 300.0, 1 / 3
PATIENCE = 120.0  # seconds
SETTLING = 10.0


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    channels, pollers, seconds = (*given, *(300, 1, 60)[len(given) :])
    platform = f"http://127.0.0.1:{PORT + 1}"
    with (
        world(PORT, SANDBOX_PORT=str(PORT + 1)) as environment,
        product(environment, ("sandbox",)) as running,
    ):
        workspace_id, tokens = connect(channels)
        others = [product(environment, ("poller",)) for _ in range(pollers - 1)]
        running.start("poller")
        entered = [other.__enter__() for other in others]
        try:
            ids = [one.running["poller"].pid for one in (running, *entered)]
            await_reading(workspace_id, channels)
            time.sleep(SETTLING)
            before = [spent_by(process_id) for process_id in ids]
            database = running.processor_seconds().get("PostgreSQL", 0.0)
            time.sleep(seconds)
            shares = [
                (spent_by(process_id) - earlier) / seconds
                for process_id, earlier in zip(ids, before, strict=True)
            ]
            database = running.processor_seconds().get("PostgreSQL", 0.0) - database
            row("poller", "channels", "RSS", "PSS", "of a core", "PostgreSQL, of a core")
            row(*["---"] * 6)
            parts = shared_out(workspace_id)
            heaviest = 0.0
            for number, (process_id, share) in enumerate(zip(ids, shares, strict=True), 1):
                rss, pss = memory_of(process_id)
                heaviest = max(heaviest, rss)
                row(
                    number,
                    " + ".join(map(str, parts)) if number == 1 else "",
                    f"{rss:.0f} MB",
                    f"{pss:.0f} MB",
                    f"{share:.1%}",
                    f"{database / seconds:.1%}" if number == 1 else "",
                )
            stored, took = say_and_wait(platform, workspace_id, tokens)
            print(f"\n{stored} of {channels} messages stored after {took:.1f} s")
        finally:
            for other in others:
                other.__exit__(None, None, None)
    if heaviest >= MOST_MEGABYTES or max(shares) >= MOST_CORE or stored != channels:
        raise SystemExit(1)


def connect(count: int) -> tuple[Any, list[str]]:
    """A workspace with so many polled bots; what connecting would do, without its calls."""
    from channels_connectors.models import Channel
    from workspaces.actions import create_workspace
    from workspaces.models import User
    from workspaces.scope import workspace_scope

    owner = User.objects.create_user("bench@example.com", "bench-bench-bench", name="Bench")
    workspace, _ = create_workspace(name="Bench", slug="bench", owner=owner)
    tokens = [f"{8_000_000_000 + number}:AAF-bench-poller-{number:020}" for number in range(count)]
    with workspace_scope(workspace.id):
        Channel.objects.bulk_create(
            Channel(
                kind="telegram",
                name=f"Bot {number}",
                status="active",
                transport="polling",
                external_id=token.partition(":")[0],
                credentials={"token": token},
            )
            for number, token in enumerate(tokens)
        )
    return workspace.id, tokens


def await_reading(workspace_id: Any, count: int) -> None:
    """Until every channel has a reader."""
    deadline = time.monotonic() + PATIENCE
    while sum(shared_out(workspace_id)) < count:
        assert time.monotonic() < deadline, "Not every channel is read."
        time.sleep(0.2)


def shared_out(workspace_id: Any) -> list[int]:
    """How many channels each poller reads."""
    from django.db.models import Count
    from django.utils import timezone

    from channels_connectors.models import Channel
    from workspaces.scope import workspace_scope

    with workspace_scope(workspace_id):
        held = Channel.objects.filter(poll_lease_until__gt=timezone.now()).order_by()
        counted = held.values("poll_lease_token").annotate(number=Count("pk"))
        return sorted((found["number"] for found in counted), reverse=True)


def say_and_wait(platform: str, workspace_id: Any, tokens: list[str]) -> tuple[int, float]:
    """A message to each bot; how many were stored, and after how many seconds the last."""
    from inbox.models import InboundEnvelope
    from workspaces.scope import workspace_scope

    began = time.monotonic()
    with httpx.Client(base_url=platform, trust_env=False, timeout=30) as http:
        for token in tokens:
            http.post(
                f"/telegram/{token}/control/messages", json={"person": 610_001, "text": "Hello"}
            ).raise_for_status()
    stored = 0
    while stored < len(tokens) and time.monotonic() - began < PATIENCE:
        with workspace_scope(workspace_id):
            stored = InboundEnvelope.objects.count()
        time.sleep(0.05)
    return stored, time.monotonic() - began


def memory_of(process_id: int) -> tuple[float, float]:
    """(resident, proportional) megabytes; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return sizes.get("Rss", 0) / 1024, sizes.get("Pss", 0) / 1024


if __name__ == "__main__":
    main()
