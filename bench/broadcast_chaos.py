"""A broadcast to 50,000 by four broadcasters through every trouble: kills, restarts of PostgreSQL,
losses of Redis, "too often", errors, answers that never come. Nobody twice, nobody missed.

    .venv/bin/python -m bench.broadcast_chaos [recipients] [kills]

Our list is compared with the platform's journal: ends with an error when anybody got the message
twice, was missed, or stands wrongly in the list. Prints how many are in doubt.
"""

import random
import sys
import time
from collections import Counter
from typing import Any

from bench.broadcast import PLATFORM, fast_platform, journal
from bench.sending import FIRST, PORT, Broadcasters, broadcasters, launch, prepare
from bench.world import row, world

BROADCASTERS = 4
RESTARTS, FLUSHES, STORMS = 3, 3, 12
PATIENCE = 3600
MOST_UNKNOWN = 0.005


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    recipients, kills = (*given, *(50_000, 60)[len(given) :])
    with world(PORT) as environment, fast_platform(environment):
        stage = prepare(recipients)
        with broadcasters(environment, BROADCASTERS) as running:
            began = time.perf_counter()
            broadcast, _ = launch(stage)
            torment(stage, broadcast, running, environment, kills, recipients)
            spent = time.perf_counter() - began
        unknown, arrived = check(stage, broadcast, recipients)
        row("recipients", "kills", "seconds", "a second", "twice", "missed", "in doubt", "of these")
        row(*["---"] * 8)
        row(
            f"{recipients:,}",
            kills,
            f"{spent:,.0f}",
            f"{recipients / spent:,.0f}",
            0,
            0,
            f"{unknown:,} ({unknown / recipients:.2%})",
            f"{arrived:,} had arrived",
        )
        assert unknown <= recipients * MOST_UNKNOWN, "too many are in doubt"


def torment(
    stage: Any,
    broadcast: Any,
    running: Broadcasters,
    environment: Any,
    kills: int,
    recipients: int,
) -> None:
    """Troubles all the way: each at its place between nobody and nine tenths."""
    from core.redis import client

    dice, deadline = random.Random(5), time.monotonic() + PATIENCE
    troubles: list[Any] = [
        *[lambda: running.kill(dice.randrange(BROADCASTERS))] * kills,
        *[environment.restart_database] * RESTARTS,
        *[lambda: client().flushall()] * FLUSHES,
        *[stumble] * STORMS,
    ]
    dice.shuffle(troubles)
    for number, trouble in enumerate(troubles):
        place = recipients * 0.9 * number / len(troubles)
        while settled(stage, broadcast) < place:
            assert time.monotonic() < deadline, stage.totals(broadcast)
            time.sleep(0.2)
        time.sleep(dice.uniform(0, 0.2))
        trouble()
    while status_of(stage, broadcast) != "done":
        assert time.monotonic() < deadline, stage.totals(broadcast)
        time.sleep(0.5)


def stumble() -> None:
    """A storm: too often, errors, connections that break before and after a message's arrival."""
    import httpx

    troubles = {"rate": 30, "server": 10, "before": 1, "after": 3}
    httpx.get(f"{PLATFORM}/stumble", params=troubles, trust_env=False).raise_for_status()


def settled(stage: Any, broadcast: Any) -> int:
    """How many are sent or in doubt; 0 while the database is away."""
    found = patiently(lambda: stage.totals(broadcast)) or {}
    return int(found.get("sent", 0) + found.get("unknown", 0))


def status_of(stage: Any, broadcast: Any) -> str:
    """The broadcast's status; "" while the database is away."""
    found = patiently(lambda: stage.fresh(broadcast))
    return found.status if found else ""


def patiently(ask: Any) -> Any:
    """None when the database does not answer now."""
    from django.db import DatabaseError, InterfaceError, connection

    try:
        return ask()
    except (DatabaseError, InterfaceError):
        connection.close()
        return None


def check(stage: Any, broadcast: Any, recipients: int) -> tuple[int, int]:
    """Our list against what the platform has written down of each call. Returns how many are in
    doubt, and how many of these had arrived."""
    from inbox.models import Message

    arrived = Counter(
        chat
        for chat, text, _, status in journal()
        if status == 200 and text.startswith("Sale for ")
    )
    twice = [chat for chat, count in arrived.items() if count > 1]
    assert not twice, f"{len(twice)} got it twice: {twice[:5]}"
    rows = {one.address: one for one in stage.recipients(broadcast)}
    wanted = {str(FIRST + number) for number in range(recipients)}
    assert wanted <= set(rows), f"{len(wanted - set(rows))} are not on the list"
    rows = {address: one for address, one in rows.items() if address in wanted}
    states = Counter(one.state for one in rows.values())
    assert set(states) <= {"sent", "unknown"}, states
    sent = {address for address, one in rows.items() if one.state == "sent"}
    assert sent <= set(arrived), f"{len(sent - set(arrived))} are said to be sent, never arrived"
    doubtful = set(rows) - sent
    assert set(arrived) - sent <= doubtful
    with stage.acme.scope():
        shown = dict(
            Message.objects.filter(pk__in=[one.pk for one in rows.values()]).values_list(
                "id", "status"
            )
        )
    assert shown == {one.pk: one.state for one in rows.values()}, "the threads tell otherwise"
    return len(doubtful), len(doubtful & set(arrived))


if __name__ == "__main__":
    main()
