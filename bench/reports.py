"""Server time of each report over a year of a busy company, from rollups.

    .venv/bin/python -m bench.reports [--share 1.0] [--rounds 15] [--every [--only sales,team]]

Whole requests through Django's handler. `--share 1` is a million conversations, five million
messages and a hundred thousand deals; the facts are made by SQL, as the subscription would leave
them, and added up by a rebuild. Goal: 150 ms.
"""

import argparse
import time
from itertools import combinations
from urllib.parse import quote, unquote

import orjson

from bench.clocks import clocked
from bench.world import percentile, row, world
from bench.year import make_year

GOAL = 150  # milliseconds
# What a branch of the tree asks when an advertisement is opened.
ONE_AD = quote(
    orjson.dumps(
        {
            "all": [
                {"field": "source", "op": "eq", "value": "yandex"},
                {"field": "campaign", "op": "eq", "value": "campaign 1/1"},
                {"field": "ad", "op": "eq", "value": "ad 1/1/1"},
            ]
        }
    )
)
# What is told one by one; `--every` asks all there is to ask and tells what misses the goal.
QUESTIONS = (
    ("marketing", "group=source"),
    ("marketing", "group=source,campaign"),
    ("marketing", "group=ad"),
    ("marketing", "group=term"),
    ("marketing", f"group=term&filter={ONE_AD}"),
    ("marketing", "group=day"),
    *(("marketing", f"group=source&model={model}") for model in ("first", "linear")),
    *(("marketing", f"group=ad&model={model}") for model in ("first", "linear")),
    *(("marketing", f"group=day&model={model}") for model in ("first", "linear")),
    ("sales", "group=owner"),
    ("sales", "group=pipeline"),
    ("team", "group=owner"),
    ("inquiries", "group=channel"),
    ("inquiries", "group=day"),
    ("channels", "group=channel"),
    ("overview", "group=day"),
    ("ground", "group=source"),
    ("funnel", ""),
    ("funnel", "base=event"),
    ("cohorts", "group=first_contact"),
    ("cohorts", "group=first_purchase"),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with world(API_REQUESTS_PER_SECOND="0"):
        secret = fill(arguments.share)
        measure(secret, arguments.rounds)
        if arguments.every:
            measure_every(secret, arguments.only, 3)


def fill(share: float) -> str:
    """Make the year and add it up; returns a token that may read it."""
    from workspaces.actions import create_api_token, create_workspace
    from workspaces.models import User
    from workspaces.scope import workspace_scope

    owner = User.objects.create_user("bench@example.com", "bench", name="Bench")
    workspace, member = create_workspace(name="Bench", slug="bench", owner=owner)
    began = time.perf_counter()
    make_year(workspace.id, member.pk, share)
    print(
        f"a year, {share:g} of the full size: made in {time.perf_counter() - began:.0f} s,", end=" "
    )
    _add_up(workspace.id)
    with workspace_scope(workspace.id):
        return create_api_token(name="bench", role="admin").secret


def _add_up(workspace_id):
    from django.db import connection

    from analytics.models import Rollup
    from analytics.rollups.rebuilding import rebuild_rollups
    from core.postgresql.roles import owner_connections
    from workspaces.scope import workspace_scope

    began = time.perf_counter()
    with workspace_scope(workspace_id):
        rebuild_rollups()
        print(f"{Rollup.objects.count():,} rows of rollups", end=" ")
    print(f"in {time.perf_counter() - began:.0f} s\n", flush=True)
    connection.close()
    with owner_connections(), connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    connection.close()


def measure(secret: str, rounds: int) -> None:
    """The most usual questions, each with the processor time of Python and of PostgreSQL."""
    row("report", "p50 / p95 / p99 ms", "Python", "PostgreSQL", f"goal {GOAL} ms")
    row(*["---"] * 5)
    for name, query in QUESTIONS:
        times = _times(secret, name, query, rounds)
        row(
            f"{name} {unquote(query)[:60]}",
            *times.cells(),
            "kept" if times.processors < GOAL else "missed",
        )


def measure_every(secret: str, only: str, rounds: int) -> None:
    """All that can be asked of each report, by what is asked: how long most of it takes, and what
    takes longest."""
    from analytics.reports.catalogue import REPORTS

    row("report", "asked", "questions", "p50 / p95 / worst ms", f"over {GOAL} ms", "the worst")
    row(*["---"] * 6)
    for report in REPORTS.values():
        if only and report.name not in only.split(","):
            continue
        for what, queries in _queries(report).items():
            spent = []
            for query in queries:
                times = _times(secret, report.name, query, rounds)
                spent.append((times.processors, times.wall, query))
            if spent:
                _tell(report.name, what, sorted(spent))


def _tell(name, what, spent):
    """`spent`: milliseconds of the processors and by the clock, and what was asked for them."""
    sums = [one / 1000 for one, _wall, _query in spent]
    p50, p95, worst = (percentile(sums, share) * 1000 for share in (0.5, 0.95, 1.0))
    over = [one for one in spent if one[0] >= GOAL]
    row(
        name,
        what,
        len(spent),
        f"{p50:.0f} / {p95:.0f} / {worst:.0f}",
        len(over) or "",
        unquote(spent[-1][2])[:90],
    )
    for used, wall, query in reversed(over):
        print(f"    {used:.0f} ms, {wall:.0f} by the clock: {name} {unquote(query)}", flush=True)


def _queries(report):
    """What can be asked of a report: of a year, and of half of it beside the other half."""
    from analytics.attribution.weights import DEFAULT, MODELS

    groups = [*report.groups, *(["source,campaign"] if "campaign" in report.groups else [])] or [""]
    models = [model for model in MODELS if model != DEFAULT] if report.divides else []
    some = _conditions() if report.filters else {}
    other = "event" if report.base == "birth" else "birth"
    return {
        "each group": [f"group={group}" for group in groups],
        "beside another period": [
            f"group={group}&compare=previous&from={_days_ago(182)}"
            for group in groups
            if report.compares
        ],
        f"by the date of {other}": [f"group={group}&base={other}" for group in groups]
        if report.bases
        else [],
        "each model": [f"group={group}&model={model}" for group in groups for model in models],
        "another currency": [f"group={group}&currency=USD" for group in groups],
        "two filters": [
            f"group={groups[place % len(groups)]}&filter={_both(*pair)}"
            for place, pair in enumerate(combinations(some.values(), 2))
        ],
        "each filter": [f"group={group}&filter={one}" for group in groups for one in some.values()],
        "a model and a filter": [
            f"group={report.group}&model=linear&filter={one}" for one in some.values() if models
        ],
    }


def _conditions():
    """A filter of each dimension."""
    from analytics.models import Fact
    from analytics.reports.filtering import VOCABULARY
    from workspaces.models import Workspace
    from workspaces.scope import workspace_scope

    with workspace_scope(Workspace.objects.get(slug="bench").pk):
        entered = Fact.objects.filter(kind="stage").first()
        lost = Fact.objects.filter(kind="lost", source="yandex").exclude(term="").first()
        values = {one.name: getattr(lost, one.path or one.name) for one in VOCABULARY.plain}
        values["stage"] = entered.stage_id
    return {
        name: quote(orjson.dumps({"field": name, "op": "eq", "value": str(value)}))
        for name, value in values.items()
    }


def _both(*conditions):
    """Both of them at once."""
    return quote(orjson.dumps({"all": [orjson.loads(unquote(one)) for one in conditions]}))


def _times(secret, name, query, rounds):
    from django.test import Client

    client = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {secret}"})
    url = f"/api/v1/reports/{name}/?from={_days_ago(363)}&{query}"

    def ask():
        response = client.get(url)
        assert response.status_code == 200, response.content

    ask()
    return clocked(ask, rounds)


def _days_ago(days):
    from datetime import timedelta

    from django.utils import timezone

    return (timezone.now() - timedelta(days=days)).date().isoformat()


if __name__ == "__main__":
    main()
