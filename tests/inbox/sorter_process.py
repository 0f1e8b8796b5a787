"""The sorter as a process of its own, to be killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings

from config.launch import children


def database_url() -> str:
    """The test's database as processes are told of it."""
    database: dict[str, Any] = settings.DATABASES["default"]
    user = quote(str(database["USER"]), safe="")
    if database.get("PASSWORD"):
        user += ":" + quote(str(database["PASSWORD"]), safe="")
    query = {"host": database["HOST"], **({"port": database["PORT"]} if database["PORT"] else {})}
    return f"postgresql://{user}@/{database['NAME']}?{urlencode(query)}"


class SorterProcess:
    """Starts, kills, starts again."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "manage.py", "sorter"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL},
            preexec_fn=children.hook(),
        )

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        assert self.child is not None
        self.child.kill()
        self.child.wait()

    def stop(self) -> int:
        """As a deploy does; returns the exit code."""
        assert self.child is not None
        self.child.terminate()
        return self.child.wait(10)


@contextmanager
def sorter_process() -> Iterator[SorterProcess]:
    """A running sorter, ended with the block."""
    process = SorterProcess()
    process.start()
    try:
        yield process
    finally:
        process.kill()
