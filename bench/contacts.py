"""Server time of the table of contacts with any two conditions at once.

    .venv/bin/python -m bench contacts [1000000]

Whole requests through Django's handler, the first page each: middleware, queries, template. The
count beside it comes in a request of its own and is an estimate where counting takes long. The
limit is 100 ms at a million.
"""

import itertools
import json
import sys
from typing import Any

from bench.clocks import Times, clocked
from bench.crowd import Crowd, make_crowd
from bench.world import percentile, row, world

ROUNDS = 5
SLOWEST = 12
LIMIT = 100  # ms


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with world():
        measure(make_crowd(count), count)


def measure(crowd: Crowd, count: int) -> None:
    """The table bare, by each condition, by any two, searched and sorted."""
    from django.test import Client

    from core.warming import settle
    from workspaces.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(
        User.objects.get(email="bench@example.com"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )

    def page(parameters: dict[str, str], rounds: int = ROUNDS) -> tuple[int, Times]:
        shown = client.get(f"/w/{crowd.slug}/contacts/", parameters)
        assert shown.status_code == 200, (parameters, shown.status_code)
        times = clocked(lambda: client.get(f"/w/{crowd.slug}/contacts/", parameters), rounds)
        return shown.content.decode().count('name="ids"'), times

    def counting(parameters: dict[str, str]) -> tuple[str, str]:
        address = f"/w/{crowd.slug}/contacts/count/"
        words = client.get(address, parameters).json()["words"]
        return f"{clocked(lambda: client.get(address, parameters), 3).wall:.0f}", words

    page({})
    # As a web process does once it is warm: a full collection would stop one request in a hundred.
    settle()
    heads = ("rows", "page p50 / p95 / p99 ms", "Python", "PostgreSQL")
    row(f"{count:,} contacts", *heads, "count, ms", "count")
    row(*["---"] * 7)
    leaves = questions(crowd)
    for name in (None, *leaves):
        asked = {"filter": asking(leaves[name])} if name else {}
        rows, times = page(asked)
        row(name or "no condition", rows, *times.cells(), *counting(asked))
    for words in ("Громов 777", "client77777", "921007", "Анна"):
        rows, times = page({"q": words})
        row(f"search {words}", rows, *times.cells(), *counting({"q": words}))
    for sort in ("name", "-name", "-updated"):
        rows, times = page({"sort": sort, "filter": asking(leaves["label, 9 %"])})
        row(f"label, 9 %, sorted {sort}", rows, *times.cells(), "", "")
    pairs = {
        f"{one} + {other}": page({"filter": asking(leaves[one], leaves[other])}, 3)
        for one, other in itertools.combinations(leaves, 2)
    }
    _tell(pairs)


def _tell(pairs: dict[str, tuple[int, Times]]) -> None:
    slowest = sorted(pairs.items(), key=lambda pair: pair[1][1].processors, reverse=True)
    for name, (rows, times) in slowest[:SLOWEST]:
        row(name, rows, *times.cells(), "", "")
    for words, values in (
        ("by the clock", [times.wall for _, times in pairs.values()]),
        ("of the processors", [times.processors for _, times in pairs.values()]),
    ):
        shares = " / ".join(f"{percentile(values, share):.1f}" for share in (0.5, 0.95, 0.99))
        over = sum(value > LIMIT for value in values)
        row(
            f"any two of {len(pairs)} pairs, {words}",
            "",
            shares,
            "",
            "",
            "",
            f"{over} over {LIMIT}",
        )


def asking(*leaves: dict[str, Any]) -> str:
    """A document as the page's address has it."""
    return json.dumps({"all": list(leaves)})


def questions(crowd: Crowd) -> dict[str, dict[str, Any]]:
    """One of each kind, of what many, some and few contacts fulfil."""

    def leaf(name: str, operator: str, value: object) -> dict[str, Any]:
        return {"field": name, "op": operator, "value": value}

    return {
        "name contains, rare": leaf("name", "contains", "ов 777"),
        "name contains, 10 %": leaf("name", "contains", "Анна"),
        "phone begins": leaf("phone", "starts_with", "+7921000"),
        "no e-mail": leaf("email", "set", False),
        "label, 1 %": leaf("labels", "has", "rare"),
        "label, 9 %": leaf("labels", "has", "common"),
        "no label": leaf("labels", "set", False),
        "owner": leaf("owner", "eq", str(crowd.owner)),
        "owner, 0.2 %": leaf("owner", "eq", str(crowd.other_owner)),
        "created, 7 days": leaf("created_at", "last_days", 7),
        "created before": leaf("created_at", "before", "2026-02-01"),
        "text = town, 12 %": leaf("fields.city", "eq", "Омск"),
        "text = village, 0.1 %": leaf("fields.city", "eq", "Посёлок 7"),
        "number = 7": leaf("fields.visits", "eq", 7),
        "number > 500": leaf("fields.visits", "gt", 500),
        "date between": leaf("fields.born", "between", ["1990-01-01", "1990-12-31"]),
        "no date": leaf("fields.born", "set", False),
        "list = gold, 2.5 %": leaf("fields.tier", "eq", "gold"),
        "yes or no, 2 %": leaf("fields.vip", "eq", True),
        "channel, 50 %": leaf("channel", "has", str(crowd.channel)),
        "channel, 2 %": leaf("channel", "has", str(crowd.rare_channel)),
        "no channel": leaf("channel", "set", False),
        "consent": leaf("consent.marketing", "eq", "granted"),
        "consent withdrawn": leaf("consent.marketing", "eq", "withdrawn"),
        "wrote, 3 days": leaf("wrote_at", "last_days", 3),
        "did not write, 90 days": leaf("wrote_at", "not_last_days", 90),
        "has a deal": leaf("has_deal", "eq", True),
    }


if __name__ == "__main__":
    main()
