"""The three PostgreSQL roles.

The log-in role of DATABASE_URL owns the tables and migrates. Everything else runs as APP_ROLE,
which owns nothing and is bound by row-level security even where the log-in role is a superuser.
SYSTEM_ROLE is never logged in as: it owns the few SECURITY DEFINER functions that look across
workspaces, and the policies name it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

APP_ROLE = "tandem_app"
SYSTEM_ROLE = "tandem_system"

_as_owner: ContextVar[bool] = ContextVar("as_owner", default=False)


def stays_owner() -> bool:
    """Whether connections made now keep the log-in role, as migrations need."""
    return _as_owner.get()


@contextmanager
def owner_connections() -> Iterator[None]:
    """Within this block, Django's default connection is the owner's (DDL, TRUNCATE).

    The connection is closed on both sides, so that none changes its role in mid-life; inside
    a transaction that can't be done, and the role is switched and switched back instead.
    """
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
            try:
                yield
            finally:
                cursor.execute(f"SET ROLE {APP_ROLE}")
        return
    _drop_connection()
    token = _as_owner.set(True)
    try:
        yield
    finally:
        _as_owner.reset(token)
        _drop_connection()


@contextmanager
def system_rights() -> Iterator[None]:
    """Within this block of a transaction, what the application may only add to can be changed.

    For erasing a person from what is otherwise kept for ever. Row-level security does not hold
    then: every statement names its workspace.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {SYSTEM_ROLE}")
        yield
        cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")


def _drop_connection() -> None:
    connection.close()
    if getattr(connection, "pool", None):
        connection.close_pool()  # type: ignore[attr-defined]
