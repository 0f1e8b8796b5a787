"""Identifiers of every row: UUIDv7, made in the application."""

import uuid

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    """A time-ordered UUID, monotonic within this process. It leaks its time: never a secret."""
    return _uuid7()
