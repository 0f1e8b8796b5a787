"""JSON bodies read so that every text in them can be stored."""

from __future__ import annotations

from typing import Any

import orjson


def load(raw: bytes) -> Any:
    """Parse JSON. Raises ValueError.

    PostgreSQL stores no NUL character, so each becomes U+FFFD: one UTF-16 unit for another, which
    keeps the offsets of entities true.
    """
    document = orjson.loads(raw)
    return _without_nul(document) if b"\\u0000" in raw else document


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value
