"""The place in the journal up to which a visitor was told, sealed: a stranger who could read the
plain number would learn how much happens in the company."""

from __future__ import annotations

from core.crypto import decrypt, encrypt


def seal(seq: int) -> str:
    """A cursor for the visitor's browser to keep."""
    return encrypt(seq).decode()


def unseal(cursor: object) -> int | None:
    """The `seq` inside; None for anything that is not a cursor of ours."""
    if not isinstance(cursor, str) or len(cursor) > 200:
        return None
    try:
        seq = decrypt(cursor.encode())
    except ValueError:
        return None
    return seq if isinstance(seq, int) else None
