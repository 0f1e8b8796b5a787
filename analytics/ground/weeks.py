"""A digest in words, for its page and the corner of the common ground."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.digest import decisions as deciding
from analytics.facts.money import major
from analytics.ground.alerts import shown
from analytics.ground.refusals import Row, rows, seen_by
from analytics.metrics import METRICS, metric
from analytics.models import Decision, WeeklyDigest
from analytics.pages.deltas import Delta, delta
from analytics.pages.words import span_words, value_words
from analytics.reports.grouping import unknown
from analytics.reports.worth import Worth
from core import money
from workspaces.zones import local_day, workspace_in_scope

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
EFFECTS: Final[dict[str, str | Promise]] = {
    "volume": _("Number of leads"),
    "conversion": _("Conversion"),
    "ticket": _("Average ticket"),
    "other": _("Refunds"),
}
_SCALE: Final = 100


@dataclass(frozen=True)
class Effect:
    """A part of the change; `x` and `width` are of a bar with its zero in the middle, 0 to 100."""

    label: str
    words: str
    tone: str
    x: float
    width: float


@dataclass(frozen=True)
class Measure:
    label: str
    key: str
    now: str
    before: str
    delta: Delta | None
    address: str


@dataclass(frozen=True)
class Decided:
    """A decision with its numbers in words."""

    decision: Decision
    metric: str
    goal: str
    before: str
    now: str
    tone: str
    worth: str
    is_open: bool
    is_overdue: bool


def span_of(digest: WeeklyDigest) -> str:
    """Its days."""
    return span_words(digest.week, digest.week + WEEK - timedelta(days=1))


def signed(minor_units: int, currency: str) -> str:
    """`+318 000 ₽`; in whole units."""
    amount = major(minor_units).quantize(Decimal(1))
    return ("+" if amount > 0 else "") + money.words(amount, currency)


def effects(digest: dict[str, Any], currency: str) -> list[Effect]:
    """Why the revenue changed; refunds only where there were some."""
    found = {name: digest[name] for name in EFFECTS if name != "other" or digest[name]}
    most = max((abs(amount) for amount in found.values()), default=0) or 1
    return [_effect(name, amount, most, currency) for name, amount in found.items()]


def _effect(name: str, amount: int, most: int, currency: str) -> Effect:
    width = abs(amount) / most * _SCALE / 2
    x = _SCALE / 2 - (width if amount < 0 else 0)
    return Effect(
        str(EFFECTS[name]),
        signed(amount, currency),
        "good" if amount > 0 else "danger" if amount < 0 else "",
        round(x, 1),
        round(width, 1),
    )


def source_words(source: str) -> str:
    """A source's name, or that it is unknown."""
    return source or unknown("source")


def measures(digest: WeeklyDigest, behind: Any) -> list[Measure]:
    """Each number beside that of the week before; `behind(key)` is where its rows are."""
    found = []
    for told in digest.data["measures"]:
        one = METRICS.get(told["metric"])
        if one is None:
            continue
        found.append(
            Measure(
                str(one.label),
                one.key,
                value_words(told["now"], one.unit),
                value_words(told["before"], one.unit),
                delta(one, told["now"], told["before"]),
                behind(one.key) if told["now"] is not None else "",
            )
        )
    return found


def disputes(digest: WeeklyDigest, viewer: Any) -> list[Row]:
    """What was disputed when the week was put together, as it stands now; the most expensive
    first, as far as the reader may see it."""
    keys = [told["refusal"] for told in digest.data["disputes"]]
    found = {str(one.pk): one for one in seen_by(viewer).filter(pk__in=keys)}
    return rows(viewer, [found[key] for key in keys if key in found], Worth() if found else None)


def decided(found: Iterable[Decision]) -> list[Decided]:
    """Decisions with what they are held against; open ones with the number of now."""
    return [_decided(one) for one in found]


def _decided(one: Decision) -> Decided:
    measured = metric(one.metric)
    is_open = one.state == Decision.State.OPEN
    value = deciding.value_now(one) if is_open else one.value_after
    if is_open:
        tone = "good" if deciding.is_held(one, value) else "warning"  # type: ignore[arg-type]
    else:
        tone = {"held": "good", "missed": "danger"}.get(one.state, "")
    goal = f"{one.get_condition_display()} {shown(one.threshold, measured.unit)}"
    return Decided(
        one,
        str(measured.label),
        goal,
        shown(one.value_before, measured.unit),
        shown(value, measured.unit),
        tone,
        _worth(one),
        is_open,
        is_open and one.due_on < local_day(timezone.now()),
    )


def _currency() -> str:
    return workspace_in_scope().currency


def _worth(one: Decision) -> str:
    if one.worth is None:
        return ""
    return ("+" if one.worth > 0 else "") + money.words(one.worth, _currency())
