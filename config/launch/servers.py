"""The servers of an instance: named by the environment, or started here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from config.launch.postgres import Postgres
from config.launch.valkey import Valkey


def broker_url(redis_url: str) -> str:
    """The same server as Celery writes it: it has a form of its own for sockets."""
    if not redis_url.startswith("unix://"):
        return redis_url
    place, _, query = redis_url.removeprefix("unix://").partition("?")
    return f"redis+socket://{place}?virtual_host={query.removeprefix('db=') or 0}"


class Servers:
    """Starts what DATABASE_URL and REDIS_URL do not name; use as a context manager."""

    def __init__(self, folder: Path, environ: Mapping[str, str], *, durable: bool = True) -> None:
        self.started: list[Postgres | Valkey] = []
        self._folder = folder
        self._environ = environ
        self._durable = durable

    def start(self) -> dict[str, str]:
        """Start and wait until they answer; returns the addresses. Raises ServerError."""
        addresses = self.begin()
        self.await_ready()
        return addresses

    def begin(self) -> dict[str, str]:
        """Start what is needed; returns DATABASE_URL, REDIS_URL and CELERY_BROKER_URL."""
        database = self._environ.get("DATABASE_URL", "")
        redis = self._environ.get("REDIS_URL", "")
        try:
            if not database:
                postgres = Postgres(self._folder, durable=self._durable)
                self.started.append(postgres)
                postgres.begin()
                database = postgres.url()
            if not redis:
                valkey = Valkey(self._folder)
                self.started.append(valkey)
                valkey.begin()
                redis = valkey.url()
        except BaseException:
            self.stop()
            raise
        broker = self._environ.get("CELERY_BROKER_URL") or broker_url(redis)
        return {"DATABASE_URL": database, "REDIS_URL": redis, "CELERY_BROKER_URL": broker}

    def await_ready(self) -> None:
        """Return when all that was begun answers."""
        try:
            for server in self.started:
                server.await_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what was started here, all at the same time."""
        for server in self.started:
            server.ask_to_stop()
        while self.started:
            self.started.pop().stop()
