"""Secrets that we hand out: random, shown once, stored as a hash."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """32 random bytes, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """SHA-256 in hex. Enough for secrets of 256 random bits; not for passwords."""
    return hashlib.sha256(token.encode()).hexdigest()


def equal(left: str | bytes, right: str | bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(
        left.encode() if isinstance(left, str) else left,
        right.encode() if isinstance(right, str) else right,
    )
