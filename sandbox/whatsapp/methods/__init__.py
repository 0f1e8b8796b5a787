"""The calls of the Graph API that the stand-in plays: (verb, kind of node, resource) -> deed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import accounts, media, messages, numbers, templates, uploads

METHODS: dict[tuple[str, str, str], Callable[..., Any]] = {
    **accounts.METHODS,
    **media.METHODS,
    **messages.METHODS,
    **numbers.METHODS,
    **templates.METHODS,
    **uploads.METHODS,
}
