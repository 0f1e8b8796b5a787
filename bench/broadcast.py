"""A broadcast to 20,000 by two broadcasters against a platform that costs next to nothing, while an
agent replies all the time on the same channel.

    .venv/bin/python -m bench.broadcast [recipients [a second]]
    .venv/bin/python -m bench.broadcast --rates
    .venv/bin/python -m bench.broadcast --audience

The second sends at each platform's rate and tells how much of it was reached, also where a platform
allows less than it says. The third freezes an audience of 100,000.

The worker and beat run, as in production; replies are timed from the agent's Enter
and from their commit to the platform. A bare aiohttp client and a bare psycopg writer tell what the
machine can do in the same run. `bench.broadcast_chaos` is the one with the troubles.
"""

import asyncio
import sys
import time
from collections import Counter
from contextlib import contextmanager
from typing import Any

from bench.bare import rows_per_second
from bench.product import product, spent_by
from bench.sending import PORT, TOKEN, Broadcasters, broadcasters, launch, prepare, replies
from bench.world import milliseconds, process, row, world

BROADCASTERS = 2
PLATFORM = f"http://127.0.0.1:{PORT + 1}"
BARE_CALLS = 5_000
AUDIENCE = 100_000
PATIENCE = 1800
# What we send in a second to VK, Telegram, MAX and WhatsApp; and one that allows less than it says.
RATES = ((15, 15), (25, 25), (30, 30), (80, 80), (80, 48))
RATE_SECONDS = 20


def main() -> None:
    if "--rates" in sys.argv:
        rates()
        return
    if "--audience" in sys.argv:
        audience()
        return
    recipients = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    limit = float(sys.argv[2]) if len(sys.argv) > 2 else 0
    with world(PORT) as environment, fast_platform(environment):
        stage = prepare(recipients)
        bare_calls, bare_rows = asyncio.run(post_barely()), rows_per_second(b"x" * 300, 20_000)
        with product(environment, ("worker", "beat")) as running:
            speed(stage, environment, running, recipients, limit, bare_calls, bare_rows)


def audience() -> None:
    """How long launching a broadcast to 100,000 takes, and what memory it needs."""
    from resource import RUSAGE_SELF, getrusage

    with world(PORT):
        from marketing.engine.freezing import freeze_chunk

        stage = prepare(AUDIENCE)
        broadcast = stage.launch(text="Sale for {{name}}")
        began, before, more = time.perf_counter(), getrusage(RUSAGE_SELF).ru_maxrss, True
        while more:
            with stage.acme.scope():
                more = freeze_chunk(broadcast.pk)
        spent, grown = time.perf_counter() - began, getrusage(RUSAGE_SELF).ru_maxrss - before
        row("recipients", "frozen in", "memory grown by")
        row("---", "---", "---")
        row(f"{AUDIENCE:,}", f"{spent:.1f} s", f"{grown / 1024:.0f} MB")


def rates() -> None:
    """Each platform's, one after the other."""
    with world(PORT) as environment, fast_platform(environment):
        stage = prepare(max(ours for ours, _ in RATES) * (RATE_SECONDS + 60))
        row("our rate", "allowed", "sent a second", "of what is allowed", "refused")
        row(*["---"] * 5)
        for ours, allowed in RATES:
            rate(stage, environment, ours, allowed)


@contextmanager
def fast_platform(environment: dict[str, str]) -> Any:
    """The platform's process, until the block ends; yields its id."""
    with process(["-m", "bench.fast_platform", str(PORT + 1)], environment) as process_id:
        time.sleep(0.5)
        yield process_id


def speed(
    stage: Any,
    environment: dict[str, str],
    running: Any,
    recipients: int,
    limit: float,
    bare_calls: float,
    bare_rows: float,
) -> None:
    """So many a second, 0: no limit; and a reply five times a second."""
    await_worker(stage)
    with broadcasters(environment, BROADCASTERS, limit) as sending, replies(stage) as sent:
        broadcast, frozen = launch(stage)
        await_sent(stage, broadcast, recipients // 20)
        done, before = sent_of(stage, broadcast), costs(running, sending)
        began = time.perf_counter()
        await_sent(stage, broadcast, recipients * 9 // 10)
        spent, after = time.perf_counter() - began, costs(running, sending)
        count = sent_of(stage, broadcast) - done
        await_end(stage, broadcast)
    said = journal()
    arrived = Counter(chat for chat, text, _, _ in said if text.startswith("Sale"))
    assert len(arrived) == recipients == sent_of(stage, broadcast), len(arrived)
    assert max(arrived.values()) == 1, "somebody got it twice"
    busiest = Counter(int(at) // 5 for _, text, at, _ in said if text.startswith("Sale"))
    wire = {text: at for _, text, at, _ in said if text.startswith("reply ")}
    assert set(sent) <= set(wire), "a reply is missing"
    row("recipients", "audience", "a second", "best 5 s")
    row(*["---"] * 4)
    row(
        f"{recipients:,}",
        f"{frozen:.1f} s",
        f"{count / spent:,.0f}",
        f"{max(busiest.values()) / 5:,.0f}",
    )
    print()
    row(f"{len(sent):,} replies to the wire", "p50 / p95 / p99 ms")
    row("---", "---")
    row("from Enter", milliseconds([wire[text] - asked for text, (asked, _) in sent.items()]))
    row("from its commit", milliseconds([wire[text] - at for text, (_, at) in sent.items()]))
    print()
    row("bare", "a second", "ours is")
    row(*["---"] * 3)
    row(
        "aiohttp client to the same platform",
        f"{bare_calls:,.0f}",
        share(count / spent, bare_calls),
    )
    row("psycopg writer", f"{bare_rows:,.0f}", share(count / spent, bare_rows))
    print()
    row("processor time of a message", "ms")
    row("---", "---")
    for name in after:
        row(name, f"{(after[name] - before.get(name, 0)) / count * 1000:.2f}")


def rate(stage: Any, environment: dict[str, str], ours: float, allowed: float) -> None:
    """So many a second, where the platform allows so many."""
    import httpx

    httpx.get(f"{PLATFORM}/allow", params={"rate": allowed}, trust_env=False)
    from core.redis import client

    client().flushall()
    # Redis has been up for long: a bucket that is just born is nearly empty.
    client().set("ratelimit:born", str(int((time.time() - 3600) * 1000)))
    with broadcasters(environment, BROADCASTERS, ours):
        broadcast, _ = launch(stage)
        await_sent(stage, broadcast, 2 * round(ours))
        first = len(journal())
        time.sleep(RATE_SECONDS)
        last = len(journal())
    stop(stage, broadcast)
    calls = journal()[first:last]
    took = calls[-1][2] - calls[0][2]
    reached = sum(status == 200 for *_, status in calls) / took
    refused = sum(status == 429 for *_, status in calls)
    row(f"{ours:g}", f"{allowed:g}", f"{reached:.1f}", share(reached, allowed), f"{refused:,}")


async def post_barely() -> float:
    """Calls a second of a client that does nothing else."""
    import aiohttp

    form = {"chat_id": "700000000", "text": "bare"}

    async def post(session: aiohttp.ClientSession, count: int) -> None:
        for _ in range(count):
            async with session.post(f"{PLATFORM}/bot{TOKEN}/sendMessage", data=form) as answer:
                assert (await answer.json())["ok"]

    async with aiohttp.ClientSession() as session:
        began = time.perf_counter()
        await asyncio.gather(*(post(session, BARE_CALLS // 8) for _ in range(8)))
        return BARE_CALLS / (time.perf_counter() - began)


def journal() -> list[Any]:
    """All calls of the platform: [chat, text, when, status]."""
    import httpx

    calls: list[Any] = httpx.get(f"{PLATFORM}/journal", timeout=60, trust_env=False).json()
    return calls


def costs(running: Any, sending: Broadcasters) -> dict[str, float]:
    """Processor seconds so far, by process."""
    found: dict[str, float] = running.processor_seconds()
    found["broadcasters"] = sum(spent_by(one.pid) for one in sending.running)
    return found


def sent_of(stage: Any, broadcast: Any) -> int:
    """How many got it by now."""
    return int(stage.totals(broadcast).get("sent", 0))


def await_worker(stage: Any) -> None:
    """Until it has sent a first reply: starting takes it seconds."""
    with replies(stage):
        deadline = time.monotonic() + PATIENCE
        while not any(text.startswith("reply") for _, text, _, _ in journal()):
            assert time.monotonic() < deadline, "the worker sends nothing"
            time.sleep(0.5)


def await_sent(stage: Any, broadcast: Any, count: int) -> None:
    """Until so many got it."""
    deadline = time.monotonic() + PATIENCE
    while sent_of(stage, broadcast) < count:
        assert time.monotonic() < deadline, stage.totals(broadcast)
        time.sleep(1)


def await_end(stage: Any, broadcast: Any) -> None:
    """Until it is done."""
    deadline = time.monotonic() + PATIENCE
    while stage.fresh(broadcast).status != "done":
        assert time.monotonic() < deadline, stage.totals(broadcast)
        time.sleep(0.25)


def stop(stage: Any, broadcast: Any) -> None:
    """Leave out the rest."""
    from marketing.actions import stop_broadcast

    with stage.acme.scope():
        stop_broadcast(broadcast, by=stage.acme.marta)


def share(part: float, whole: float) -> str:
    """In percent."""
    return f"{part / whole:.0%}"


if __name__ == "__main__":
    main()
