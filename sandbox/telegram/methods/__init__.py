"""The methods of the Bot API that the stand-in plays, by their lower-case names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.world import Bot, World

from . import account, business, changes, files, reactions, sending, updates

Method = Callable[[World, Bot, Parameters], Awaitable[Any]]

METHODS: dict[str, Method] = {
    name.lower(): method
    for module in (account, business, changes, files, reactions, sending, updates)
    for name, method in module.METHODS.items()
}
