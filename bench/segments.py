"""Counting a segment of five conditions, exactly, beside a bare count of the contacts.

    .venv/bin/python -m bench segments [1000000]

Conditions over fields, labels, consents, messages, deals and money, earlier broadcasts; all of
them required, any of them enough, some of them excluded. The limit is a second at a million.
"""

import sys
from typing import Any

from bench.clocks import Times, clocked
from bench.contacts import questions
from bench.crowd import Crowd, make_crowd
from bench.world import percentile, row, world

ROUNDS = 5
# Of five conditions each; the last two are excluded where some are.
SEGMENTS = {
    "own fields": ("number > 500", "text = town, 12 %", "date between", "no date", "owner"),
    "one of each": (
        *("number > 500", "no label", "consent", "did not write, 90 days", "has a deal"),
    ),
    "wrote lately": ("wrote, 30 days", "label, 9 %", "consent", "won", "not received"),
    "common": ("text = town, 12 %", "consent", "has a deal", "channel, 50 %", "no label"),
    "money": ("revenue", "consent", "channel, 50 %", "wrote, 30 days", "number > 500"),
    "broadcasts": ("received", "read", "did not write, 90 days", "consent", "no label"),
    "bought": ("bought", "consent", "channel, 50 %", "number > 500", "no e-mail"),
    "silent": ("no channel", "no label", "no date", "no e-mail", "not received"),
}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with world():
        measure(make_crowd(count), count)


def measure(crowd: Crowd, count: int) -> None:
    """Each segment as "all", as "any" and with exclusions."""
    from contacts.models import Contact
    from marketing.actions.segments import count_segment
    from marketing.models import Segment
    from workspaces.scope import workspace_scope

    leaves = {**questions(crowd), **_more()}
    row(f"{count:,} contacts", "found", "p50 / p95 / p99 ms", "Python", "PostgreSQL", "bare counts")
    row(*["---"] * 6)
    with workspace_scope(crowd.workspace_id):
        bare = clocked(Contact.objects.count, ROUNDS * 2)
        row("bare count(*)", f"{Contact.objects.count():,}", *bare.cells(), 1)
        all_times = []
        for name, names in SEGMENTS.items():
            asked = [leaves[each] for each in names]
            for words, document in (
                ("all", {"all": asked}),
                ("any", {"any": asked}),
                ("excluded", {"all": asked[:3], "not": {"any": asked[3:]}}),
            ):
                segment = Segment.objects.create(name=f"{name} {words}", conditions=document)
                times = clocked(lambda segment=segment: count_segment(segment), ROUNDS)
                all_times.append(times)
                share = times.processors / max(bare.processors, 0.001)
                row(f"{name}, {words}", f"{segment.count:,}", *times.cells(), f"{share:.1f}")
    _tell(all_times)


def _tell(found: list[Times]) -> None:
    for words, values in (
        ("by the clock", [times.wall for times in found]),
        ("of the processors", [times.processors for times in found]),
    ):
        shares = " / ".join(f"{percentile(values, share):.0f}" for share in (0.5, 0.95, 0.99))
        row(f"{len(found)} segments, {words}", "", shares, "", "", "")


def _more() -> dict[str, dict[str, Any]]:
    return {
        "wrote, 30 days": {"field": "wrote_at", "op": "last_days", "value": 30},
        "won": {"field": "deal.status", "op": "has", "value": "won"},
        "revenue": {"field": "deals.revenue", "op": "gt", "value": 250_000},
        "received": {"field": "broadcast.received", "op": "has", "value": "spring"},
        "not received": {"field": "broadcast.received", "op": "has_no", "value": "spring"},
        "read": {"field": "broadcast.read", "op": "has", "value": "autumn"},
        "bought": {"field": "broadcast.bought", "op": "has", "value": "spring"},
    }


if __name__ == "__main__":
    main()
