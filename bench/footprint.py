"""How long `bin/dev` takes to start and to stop once everything is installed, and how much memory
the whole tree takes.

    .venv/bin/python -m bench.footprint [rounds]

Each round begins with an empty state folder and seeds the demo; a second start on the same folder
follows. Memory is read after a minute of rest: RSS counts what processes share as often as they
share it, PSS counts it once. The limits: an interpreter that does nothing, and one that imports
Django.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.world import ROOT, await_http, percentile, row

PORT = 8340
REST = 60.0  # seconds
MEGABYTE = 1024 * 1024


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    row("what", "seconds", "RSS MB", "PSS MB")
    row("---", "---", "---", "---")
    for name, code in (("bare interpreter", "pass"), ("bare `import django`", "import django")):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        row(name, f"{time.perf_counter() - began:.2f}", "", "")
    times: dict[str, list[float]] = {"first start, with the demo": [], "start": [], "stop": []}
    for number in range(rounds):
        folder = Path(tempfile.mkdtemp(prefix="tandem-bench-"))
        folder.chmod(0o711)
        try:
            times["first start, with the demo"].append(cycle(folder, times["stop"]))
            rest = REST if number == rounds - 1 else 0
            times["start"].append(cycle(folder, times["stop"], rest))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    for name, spent in times.items():
        row(f"{name}, median of {len(spent)}", f"{percentile(spent, 0.5):.1f}", "", "")


def cycle(folder: Path, stops: list[float], rest: float = 0) -> float:
    """Start on the folder, stop again; returns the seconds until it was ready."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "TANDEM_DATA": str(folder),
        "PORT": str(PORT),
    }
    began = time.perf_counter()
    instance = subprocess.Popen(["bin/dev"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        await_http(f"http://127.0.0.1:{PORT}/readyz", 60, ready=True)
        spent = time.perf_counter() - began
        if rest:
            time.sleep(rest)
            weigh(folder)
    finally:
        began = time.perf_counter()
        instance.send_signal(signal.SIGINT)
        instance.wait(60)
        stops.append(time.perf_counter() - began)
    return spent


def weigh(folder: Path) -> None:
    """Print the memory of each process that belongs to the folder, and of all."""
    weights: dict[str, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            environment = (place / "environ").read_bytes()
            ours = f"TANDEM_DATA={folder}\0".encode() in environment
            inside = (place / "cwd").readlink().is_relative_to(folder)
            words = (place / "cmdline").read_bytes().decode().replace("\0", " ")
            lines = (place / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        if not (ours or inside or str(folder) in words) or int(place.name) == os.getpid():
            continue
        sizes = {line.split()[0]: int(line.split()[1]) * 1024 for line in lines[1:]}
        total = weights.setdefault(name_of(words), [0, 0])
        total[0] += sizes["Rss:"]
        total[1] += sizes["Pss:"]
    for name, sizes in sorted(weights.items()):
        row(name, "", *(f"{size / MEGABYTE:.0f}" for size in sizes))
    both = [sum(sizes[kind] for sizes in weights.values()) for kind in (0, 1)]
    row("all", "", *(f"{size / MEGABYTE:.0f}" for size in both))


def name_of(command: str) -> str:
    """A process's name in DESIGN's table."""
    known = {
        "postgres": "PostgreSQL",
        "valkey": "Valkey",
        "tandem web": "web",
        "tandem worker": "worker",
        "tandem beat": "beat",
        "tandem sorter": "sorter",
        "tandem poller": "poller",
        "tandem broadcaster": "broadcaster",
        "sandbox": "sandbox",
        "launch.dev": "supervisor",
    }
    return next((name for words, name in known.items() if words in command), "others")


if __name__ == "__main__":
    main()
