"""The signature, written from the documentation and not from our code: each checks the other."""

from __future__ import annotations

import hashlib
import hmac
import time

WINDOW = 300


def headers_for(secret: str, body: bytes) -> dict[str, str]:
    """The headers that prove a body."""
    now = str(int(time.time()))
    return {"X-Timestamp": now, "X-Signature": _sign(secret, now, body)}


def proves(secret: str, timestamp: str, signature: str, body: bytes) -> bool:
    """Whether the headers prove the body."""
    if not secret or not timestamp.isdigit() or abs(time.time() - int(timestamp)) > WINDOW:
        return False
    return hmac.compare_digest(signature, _sign(secret, timestamp, body))


def _sign(secret: str, timestamp: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return "sha256=" + digest.hexdigest()
