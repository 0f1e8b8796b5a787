"""What the worker and beat do for reports, alone in a process, and a watch over how old they are.

    .venv/bin/python -m bench.counting count | watch

`count` reads the journal into facts each second, in a flood each few, and adds them up each ten.
`watch` writes down how many messages are stored and how many of them the rollups have, until its
input ends, and then tells the age of the numbers at each moment: seconds since no more than these
were stored.
"""

import json
import select
import sys
import time
from typing import Any

EVERY = 1.0  # seconds between two looks into the journal, as beat has it
ADDED_UP_EVERY = 10.0
WATCHED_EVERY = 0.25


def main() -> None:
    import django

    django.setup()
    {"count": count, "watch": watch}[sys.argv[1]]()


def count() -> None:
    """Until the process is ended."""
    from analytics.facts.subscription import NAME
    from analytics.rollups.freshness import refresh_all
    from events.subscriptions import catch_up, subscriptions
    from events.tasks import is_better_left
    from workspaces.models import Workspace

    mine = next(one for one in subscriptions() if one.name == NAME)
    places = list(Workspace.objects.values_list("pk", flat=True))
    added_up_at = time.monotonic()
    while True:
        began = time.monotonic()
        for workspace_id in places:
            if not is_better_left(workspace_id):
                catch_up(workspace_id, mine)
        if began - added_up_at >= ADDED_UP_EVERY:
            refresh_all()
            added_up_at = began
        time.sleep(max(0.0, EVERY - (time.monotonic() - began)))


def watch() -> None:
    """Prints a list of ages when its input ends."""
    seen: list[tuple[float, int, int]] = []
    while not select.select([sys.stdin], [], [], WATCHED_EVERY)[0]:
        seen.append((time.monotonic(), *_now()))
    print(json.dumps(ages(seen)))


def ages(seen: list[tuple[float, int, int]]) -> list[float]:
    """Of moments with what was stored and what was counted: how old the numbers were."""
    found, place = [], 0
    for moment, _stored, counted in seen:
        while place + 1 < len(seen) and seen[place + 1][1] <= counted:
            place += 1
        found.append(max(0.0, moment - seen[place][0]))
    return found


def _now() -> tuple[int, int]:
    from django.db.models import Sum

    from analytics.models import Rollup
    from inbox.models import Message
    from workspaces.models import Workspace
    from workspaces.scope import workspace_scope

    stored = counted = 0
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            total: Any = Rollup.objects.filter(cube="total", kind="message_in")
            stored += Message.objects.count()
            counted += total.aggregate(Sum("n"))["n__sum"] or 0
    return stored, counted


if __name__ == "__main__":
    main()
