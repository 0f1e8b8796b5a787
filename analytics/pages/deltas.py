"""How much a number has changed against another period, and whether that is good news."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.metrics import Metric, Unit
from analytics.pages.words import MINUS, number, percent, plain


@dataclass(frozen=True)
class Delta:
    """In words, and `good`, `bad` or nothing."""

    words: str
    tone: str = ""


def delta(metric: Metric, value: Any, before: Any) -> Delta | None:
    """Shares differ by percentage points, all else by per cent; None where one is not known or
    was zero. What is so only now has no past."""
    now, then = number(value), number(before)
    if now is None or then is None or metric.base == "now":
        return None
    if metric.unit == Unit.RATIO:
        change = now - then
        points = round(change * 100, 1)
        sign = MINUS if points < 0 else "+" if points > 0 else ""
        words = _("%(points)s pp") % {"points": f"{sign}{plain(abs(points))}"}
    elif then:
        change = (now - then) / abs(then)
        words = percent(change, signed=True)
    else:
        return None
    return Delta(words, _tone(metric, change))


def _tone(metric: Metric, change: float) -> str:
    if not metric.better or abs(change) < 0.005:
        return ""
    return "good" if (change > 0) == (metric.better == "more") else "bad"
