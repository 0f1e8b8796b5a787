"""What every benchmark needs: servers of its own, processes of the product, percentiles."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from config.launch.postgres import Postgres
from config.launch.servers import Servers

ROOT = Path(__file__).resolve().parent.parent


class Environment(dict[str, str]):
    """What the processes of an installation read; and its servers."""

    def __init__(self, values: Mapping[str, str], servers: Servers) -> None:
        super().__init__(values)
        self._servers = servers

    def restart_database(self) -> None:
        """Stop PostgreSQL, which ends all sessions, and start it again."""
        for server in self._servers.started:
            if isinstance(server, Postgres):
                server.stop()
                server.start()


@contextmanager
def world(port: int = 8300, **more: str) -> Iterator[Environment]:
    """An empty installation on fresh servers (durable commits), Django set up in this process.

    Yields the environment for its processes, with `more`. Everything is gone afterwards.
    """
    folder = Path(tempfile.mkdtemp(prefix="tandem-bench-"))
    folder.chmod(0o711)
    servers = Servers(folder, os.environ)
    try:
        os.environ.update(servers.start())
        os.environ.update(
            TANDEM_DATA=str(folder),
            SECRET_KEY="bench-only",
            FIELD_KEYS=base64.urlsafe_b64encode(b"b" * 32).decode(),
            PORT=str(port),
            PUBLIC_URL=f"http://localhost:{port}",
            DJANGO_SETTINGS_MODULE="config.settings",
            TANDEM_DEVELOPMENT="1",
            # Nobody answers there: what asks the platform must not ask the real one.
            **{"TELEGRAM_API_URL": f"http://127.0.0.1:{port + 1}", **more},
        )
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield Environment(os.environ, servers)
    finally:
        if "django" in sys.modules:
            from django.db import connections

            connections.close_all()
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def process(arguments: Sequence[str], environment: dict[str, str], **more: str) -> Iterator[int]:
    """A process of the product, ended with the block. Yields its id."""
    child = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env={**environment, **more})
    try:
        yield child.pid
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def await_http(url: str, seconds: float = 30, *, ready: bool = False) -> None:
    """Wait until the address answers at all, or, `ready`, with success."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError as error:
            if getattr(error, "code", None) and not ready:
                return
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of the values don't exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def milliseconds(values: Sequence[float]) -> str:
    """p50 / p95 / p99 of seconds, in milliseconds."""
    return " / ".join(f"{percentile(values, share) * 1000:.1f}" for share in (0.5, 0.95, 0.99))


def timed(call, count: int) -> list[float]:
    """Seconds of each of `count` calls."""
    spent = []
    for _ in range(count):
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return spent


def row(*cells: object) -> None:
    """One line of a Markdown table."""
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)
