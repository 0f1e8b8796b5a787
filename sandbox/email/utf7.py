"""Folder names as IMAP writes them (RFC 3501 5.1.3)."""

from __future__ import annotations

import base64
import re


def encoded(name: str) -> str:
    """In modified UTF-7."""
    escaped = name.replace("&", "&-")
    return re.sub(r"[^\x20-\x7e]+", lambda match: f"&{_base64(match[0])}-", escaped)


def _base64(text: str) -> str:
    packed = base64.b64encode(text.encode("utf-16-be")).decode()
    return packed.rstrip("=").replace("/", ",")
