"""Parts of a delivery without which it still says what it says.

A message whose place, button or formatting cannot be read is shown without it: nothing that the
customer wrote is hidden for it. What could not be read goes along as it came.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

T = TypeVar("T")

# What reading a document of another form than expected raises.
MALFORMED: Final = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    OSError,
    RecursionError,
)


class Unread:
    """The parts of one message that could not be read, by their names."""

    def __init__(self) -> None:
        self.parts: dict[str, list[Any]] = {}

    def attempt(self, name: str, part: Any, read: Callable[[Any], T], otherwise: T) -> T:
        """What `read` makes of a part; `otherwise` where it is malformed, and then it is kept."""
        try:
            return read(part)
        except MALFORMED:
            self.parts.setdefault(name, []).append(part)
            return otherwise

    def each(self, name: str, parts: Any, read: Callable[[Any], T]) -> list[T]:
        """What `read` makes of each of several parts; malformed ones are left out, and kept."""
        nothing: list[T] = []

        def read_all(parts: Any) -> list[T]:
            if not isinstance(parts, list):
                raise TypeError("not a list")
            told = [self.attempt(name, part, lambda it: [read(it)], nothing) for part in parts]
            return [found for single in told for found in single]

        return self.attempt(name, parts, read_all, nothing) if parts else []

    def added_to(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A message's payload with them under `unread`, beside those that are there."""
        parts = {**payload.get("unread", {}), **self.parts}
        return {**payload, "unread": parts} if parts else payload
