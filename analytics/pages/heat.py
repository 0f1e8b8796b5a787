"""When customers turn to us, as a map of hours and days of the week."""

from dataclasses import dataclass
from typing import Any

from analytics.metrics import metric
from analytics.pages.asking import Asked
from analytics.pages.words import value_words, weekday

_LEVELS = 4


@dataclass(frozen=True)
class Hour:
    """`level`: 0 for nothing, then 1 to 4 by quarters of the fullest hour."""

    hour: int
    count: int
    words: str
    level: int
    address: str


@dataclass(frozen=True)
class Day:
    name: str
    hours: list[Hour]


@dataclass(frozen=True)
class Heat:
    hours: list[int]
    days: list[Day]
    busiest: str


def heat(asked: Asked, document: dict[str, Any]) -> Heat:
    """All hours of all days."""
    counts = {(one["weekday"], one["hour"]): one["inquiries"] for one in document["heat"]}
    most = max(counts.values(), default=0)
    one = metric("inquiries")
    days = [
        Day(
            weekday(day),
            [
                Hour(
                    hour,
                    (count := counts.get((day, hour), 0)),
                    value_words(count, one.unit) if count else "",
                    min(_LEVELS, 1 + count * _LEVELS // (most + 1)) if count else 0,
                    asked.behind(one.key, {"weekday": day, "hour": hour}) if count else "",
                )
                for hour in range(24)
            ],
        )
        for day in range(1, 8)
    ]
    return Heat(list(range(24)), days, _busiest(counts))


def _busiest(counts: dict[tuple[int, int], int]) -> str:
    if not counts:
        return ""
    day, hour = max(counts, key=lambda key: counts[key])
    return f"{weekday(day)}, {hour}:00–{hour + 1}:00"
