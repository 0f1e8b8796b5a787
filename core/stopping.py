"""Long work of the worker ends soon after the worker is asked to.

What was committed stands, and what was not is still to do: whoever starts next goes on from there.
Between two batches nobody need wait; a statement that takes long is cancelled, which undoes its
transaction alone.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from django.db import OperationalError, connection


class Stopped(Exception):
    """The worker was asked to end."""


_asked: Final = threading.Event()
_lock: Final = threading.Lock()
_running: Final[set[Any]] = set()


def ask(**_kwargs: object) -> None:
    """End what is running, and begin nothing that takes long."""
    _asked.set()
    with _lock:
        for one in _running:
            # One whose server is gone must not keep the others from being cancelled.
            with suppress(psycopg.Error):
                one.cancel_safe(timeout=1)


def is_asked() -> bool:
    """Whether to leave the rest to who starts next."""
    return _asked.is_set()


def check() -> None:
    """Raises `Stopped` when the worker was asked to end."""
    if _asked.is_set():
        raise Stopped


@contextmanager
def stoppable() -> Iterator[None]:
    """Statements of this block are cancelled when the worker is asked to end. Raises `Stopped`."""
    check()
    connection.ensure_connection()
    mine: Any = connection.connection
    with _lock:
        _running.add(mine)
    try:
        with connection.execute_wrapper(_unless_asked):
            yield
    except OperationalError:
        if _asked.is_set():
            raise Stopped from None
        raise
    finally:
        with _lock:
            _running.discard(mine)


def _unless_asked(execute: Any, *arguments: Any) -> Any:
    """A statement that begins right after the others were cancelled."""
    check()
    return execute(*arguments)
