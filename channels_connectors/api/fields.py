"""The other system's JSON, read field by field, with complaints that its developer understands."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, Final

from channels_connectors.types import Json

_MISSING: Final = object()


class Wrong(ValueError):
    """A field is missing or not what it should be. The message names it; for developers."""


class Fields:
    """An object of the body. Methods raise `Wrong`; without a default a field must be there."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise Wrong(f"{place}: not an object")
        self.values: Json = value
        self.place = place

    def wrong(self, name: str, why: str) -> Wrong:
        """A complaint about one field."""
        return Wrong(f"{self.place}.{name}: {why}"[:300])

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.values.get(name) is not None

    def text(self, name: str, default: Any = _MISSING, *, longest: int = 250) -> str:
        """A text; one that must be there must not be empty."""
        value = self.values.get(name)
        if value is None and default is not _MISSING:
            return str(default)
        if not isinstance(value, str):
            raise self.wrong(name, "must be a text")
        if not value and default is _MISSING:
            raise self.wrong(name, "must not be empty")
        if len(value) > longest:
            raise self.wrong(name, f"must have at most {longest} characters")
        return value

    def choice(self, name: str, choices: frozenset[str], default: Any = _MISSING) -> str:
        """One of some words."""
        value = self.text(name, default)
        if value not in choices and value != default:
            raise self.wrong(name, f"must be one of {', '.join(sorted(choices))}")
        return value

    def flag(self, name: str, default: Any = _MISSING) -> bool:
        """true or false."""
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "must be true or false")
        return value

    def number(self, name: str) -> float:
        """A finite number."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(name, "must be a number")
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if not math.isfinite(found):
            raise self.wrong(name, "must be a number")
        return found

    def count(self, name: str) -> int | None:
        """A whole number from 0 on; None where it is absent."""
        value = self.values.get(name)
        if value is None:
            return None
        if type(value) is not int or not 0 <= value < 2**31:
            raise self.wrong(name, "must be a whole number from 0 on")
        return value

    def moment(self, name: str) -> datetime:
        """A time: ISO 8601 with an offset, or seconds of the epoch."""
        value = self.values.get(name)
        try:
            if isinstance(value, str):
                found = datetime.fromisoformat(value)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                found = datetime.fromtimestamp(value, UTC)
            else:
                raise ValueError
            if found.tzinfo is None or not 1970 <= found.year <= 9000:
                raise ValueError
            return found.astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            raise self.wrong(name, "must be a time, such as 2026-11-28T09:30:00Z") from None

    def maybe_moment(self, name: str) -> datetime | None:
        """The same, or None where it is absent."""
        return self.moment(name) if self.has(name) else None

    def document(self, name: str) -> Json:
        """An object of any content; empty where it is absent."""
        value = self.values.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.wrong(name, "must be an object")
        return value

    def part(self, name: str) -> Fields:
        """An object inside of this one."""
        return Fields(self.values.get(name), f"{self.place}.{name}")

    def parts(self, name: str, most: int) -> list[Fields]:
        """Objects in a list; empty where it is absent."""
        return [
            Fields(value, f"{self.place}.{name}[{number}]")
            for number, value in enumerate(self.list(name, most))
        ]

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """Texts in a list."""
        found = self.list(name, most)
        if not all(isinstance(value, str) and 0 < len(value) <= 250 for value in found):
            raise self.wrong(name, "must be a list of texts")
        return tuple(found)

    def list(self, name: str, most: int) -> list[Any]:
        """A list of anything; empty where it is absent."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(name, f"must be a list of at most {most}")
        return value
