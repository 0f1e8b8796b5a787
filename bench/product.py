"""The product's processes as `bin/dev` runs them, to be measured and to be killed."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.world import ROOT, await_http
from config.launch import children
from config.launch.dev import PROCESSES

EVERYTHING = ("web", "sorter", "worker", "beat")
TICKS = 100  # of the kernel's clock in a second


class Product:
    """Starts processes by their names in DESIGN's table; all end with `stop`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, *names: str) -> None:
        """Start these processes. The web process answers when this returns."""
        for name in names:
            arguments = {**PROCESSES, "sandbox": [PROCESSES["web"][0], "-m", "sandbox"]}[name]
            self.running[name] = subprocess.Popen(
                arguments,
                cwd=ROOT,
                env={**self.environment, "PYTHONWARNINGS": "ignore"},
                stdout=subprocess.DEVNULL,
                preexec_fn=children.hook(),  # noqa: PLW1509  a benchmark that dies leaves nothing
            )
        if "web" in names:
            await_http(f"http://127.0.0.1:{self.environment['PORT']}/healthz")

    def kill(self, name: str) -> None:
        """SIGKILL, then start it again at once."""
        self.running[name].kill()
        self.running[name].wait()
        self.start(name)

    def stop(self) -> None:
        """Ask all to end, then make them."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def processor_seconds(self) -> dict[str, float]:
        """Processor time by process so far, PostgreSQL's all in one, where the system tells."""
        ids = {process.pid: name for name, process in self.running.items()}
        spent: dict[str, float] = {}
        for place in Path("/proc").glob("[0-9]*"):
            name = ids.get(int(place.name)) or self._server(place)
            if name:
                spent[name] = spent.get(name, 0.0) + spent_by(int(place.name))
        return spent

    def _server(self, place: Path) -> str:
        try:
            inside = (place / "cwd").readlink().is_relative_to(self.environment["TANDEM_DATA"])
            command = (place / "cmdline").read_bytes()
        except OSError:
            return ""
        if not inside:
            return ""
        return "PostgreSQL" if b"postgres" in command else "Valkey"


def spent_by(process_id: int) -> float:
    """Processor seconds that a process has used; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def product(
    environment: Mapping[str, str], names: tuple[str, ...] = EVERYTHING
) -> Iterator[Product]:
    """The running product, ended with the block."""
    made = Product(environment)
    try:
        made.start(*names)
        yield made
    finally:
        made.stop()
