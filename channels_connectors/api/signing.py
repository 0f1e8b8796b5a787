"""How each side proves itself: by HMAC-SHA256 of the moment and the body."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

SIGNATURE: Final = "X-Signature"
TIMESTAMP: Final = "X-Timestamp"
# A call that was signed longer ago, or so far ahead, may be somebody's recording.
WINDOW_SECONDS: Final = 300
SHORTEST_SECRET: Final = 16


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`sha256=` and the HMAC of `<timestamp>.<body>` in hex."""
    signed = timestamp.encode() + b"." + body
    return f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def signed_headers(secret: str, timestamp: str, body: bytes) -> dict[str, str]:
    """The two headers that prove a call of ours."""
    return {TIMESTAMP: timestamp, SIGNATURE: signature(secret, timestamp, body)}


def is_signed(secret: str, headers: Mapping[bytes, bytes], body: bytes, now: float) -> bool:
    """Whether a call proves itself, not long before or after `now` (seconds of the epoch)."""
    timestamp = headers.get(TIMESTAMP.lower().encode(), b"")
    given = headers.get(SIGNATURE.lower().encode(), b"")
    if not secret or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    expected = signature(secret, timestamp.decode(), body).encode()
    return hmac.compare_digest(given, expected) and abs(now - int(timestamp)) <= WINDOW_SECONDS
