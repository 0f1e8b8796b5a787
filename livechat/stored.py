"""Where visitors' files wait until the inbox takes them into its own store."""

from __future__ import annotations

import os
import re
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

# An upload may be sent for a day; its message may wait for the worker for another.
KEPT: Final = timedelta(days=2)

_NAME: Final = re.compile(r"[0-9a-f]{32}")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def home() -> Path:
    """The folder of all uploads."""
    return Path(settings.MEDIA_ROOT) / "uploads"


def folder(key: str) -> Path:
    """The folder of a channel's uploads. Raises ValueError for what is no channel's key."""
    if not _KEY.fullmatch(key):
        raise ValueError("not a key")
    return home() / key


def place(key: str, name: str) -> Path:
    """Where an upload is, or will be. Raises ValueError for a name that is not one of ours."""
    if not _NAME.fullmatch(name):
        raise ValueError("not the name of an upload")
    return folder(key) / name


def linked(source: Path) -> Path:
    """A second name for the same file in a temporary place, so that it may be moved away.

    Raises FileNotFoundError when there is none.
    """
    handle, name = tempfile.mkstemp(prefix="tandem-", dir=source.parent)
    os.close(handle)
    target = Path(name)
    target.unlink()
    os.link(source, target)
    return target


def forget_old() -> int:
    """Remove what is older than KEPT; returns how many files. What a message took is its own."""
    oldest = time.time() - KEPT.total_seconds()
    number = 0
    for path in home().glob("*/*"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
                number += 1
        except FileNotFoundError:
            continue  # another worker was faster
    return number
