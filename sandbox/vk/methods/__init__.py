"""The methods of VK's API that the stand-in plays, by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import changes, groups, messages, uploads, users

METHODS: dict[str, Callable[..., Any]] = {
    **changes.METHODS,
    **groups.METHODS,
    **messages.METHODS,
    **uploads.METHODS,
    **users.METHODS,
}
