"""Months of customers as a staircase: who bought at each age, and what they have brought."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_date

from analytics.metrics import Unit
from analytics.pages.asking import Asked
from analytics.pages.words import label_words, number, value_words
from workspaces.zones import local_day

# What a step of the staircase says: the key in a row's ages and its unit.
SHOWN: Final[dict[str, tuple[str, str]]] = {
    "share": ("share", Unit.RATIO),
    "revenue": ("revenue", Unit.MONEY),
    "margin": ("margin", Unit.MONEY),
}
_MOST_AGES: Final = 24
_LEVELS: Final = 4


@dataclass(frozen=True)
class Step:
    """A month and an age. `is_open`: the month is not over."""

    words: str
    level: int
    address: str
    is_open: bool


@dataclass(frozen=True)
class Cohort:
    label: str
    contacts: str
    contacts_address: str
    orders: str
    orders_address: str
    ltv: str
    steps: list[Step]


def cohorts(asked: Asked, document: dict[str, Any], show: str) -> dict[str, Any]:
    """`show` is one of SHOWN."""
    today = local_day(timezone.now())
    ages = min(_MOST_AGES, max((_age(row, today) for row in document["rows"]), default=0) + 1)
    made = [_values(row, show, today, ages) for row in document["rows"]]
    most = max((value for values in made for value, _is_open in values if value), default=0)
    rows = [
        _cohort(asked, row, values, show, most)
        for row, values in zip(document["rows"], made, strict=True)
    ]
    return {"cohorts": rows, "ages": list(range(ages)), "show": show}


def _values(
    row: dict[str, Any], show: str, today: Any, ages: int
) -> list[tuple[float | None, bool]]:
    """A value for each age that the cohort has come to. Sums go on where nothing was bought."""
    key, _unit = SHOWN[show]
    known = {one["age"]: number(one[key]) for one in row["ages"]}
    until = min(_age(row, today), ages - 1)
    found, last = [], 0.0
    for age in range(until + 1):
        if show == "share":
            last = known.get(age) or 0.0
        else:
            last = known.get(age, last) or 0.0
        found.append((last, age == until))
    return found


def _cohort(
    asked: Asked,
    row: dict[str, Any],
    values: list[tuple[float | None, bool]],
    show: str,
    most: float,
) -> Cohort:
    _key, unit = SHOWN[show]
    bought = {one["age"] for one in row["ages"] if one["customers"]}
    steps = []
    for age, (value, is_open) in enumerate(values):
        told: Any = value
        if unit == Unit.MONEY:
            told = {"amount": f"{value:.2f}", "currency": asked.question.currency}
        cell = {"cohort": row["cohort"], "age": age}
        level = min(_LEVELS, 1 + int(value * _LEVELS / (most * 1.0001))) if value else 0
        address = asked.behind("cohort_customers", cell) if age in bought else ""
        steps.append(Step(value_words(told, unit, bare=True), level, address, is_open))
    cohort = {"cohort": row["cohort"]}
    return Cohort(
        label_words(f"{row['cohort']}-01", "month"),
        value_words(row["contacts"], Unit.COUNT),
        asked.behind("cohort_contacts", cohort),
        value_words(row["orders"], Unit.COUNT),
        asked.behind("cohort_orders", cohort) if row["orders"] else "",
        value_words(row["ltv"], Unit.MONEY, bare=True),
        steps,
    )


def _age(row: dict[str, Any], today: Any) -> int:
    begun = parse_date(f"{row['cohort']}-01")
    assert begun is not None
    return int((today.year - begun.year) * 12 + today.month - begun.month)
