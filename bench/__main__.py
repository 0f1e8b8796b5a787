"""`python -m bench` tells which benchmarks there are; `python -m bench NAME ...` runs one."""

import os
import sys
from importlib import import_module

BENCHMARKS = (
    "webhooks", "sorter_drain", "latency", "lists", "board", "contacts", "segments", "imports",
    "chaos", "footprint", "poller", "broadcast", "broadcast_chaos",
    "facts", "reports",
)  # fmt: skip


def main() -> None:
    """List them, or hand over to one."""
    if len(sys.argv) > 1 and sys.argv[1] in BENCHMARKS:
        # A process of its own: run inside this one, pages were measured at twice their time.
        os.execv(sys.executable, [sys.executable, "-m", f"bench.{sys.argv[1]}", *sys.argv[2:]])
    print("Each on fresh servers of its own; docs/benchmarks.md has the figures.\n")
    for name in BENCHMARKS:
        words = (import_module(f"bench.{name}").__doc__ or "").split("\n\n")[0]
        print(f"  {name:15} {' '.join(words.split())}")


if __name__ == "__main__":
    main()
