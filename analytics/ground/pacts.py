"""The agreement of both departments in words: what was promised, and what came of it."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from analytics.agreements.keeping import Kept, Month, State
from analytics.agreements.promises import OFFERS
from analytics.metrics import Unit
from analytics.models import Agreement, AgreementPromise
from analytics.pages.asking import Asked
from analytics.pages.words import value_words
from core.money import as_document
from workspaces.zones import workspace_in_scope

# Of the bar: the promise stands here where more is better than enough, and less is.
_FULL: Final = 100.0
TONES: Final = {
    State.KEPT: "good", State.ON_TRACK: "good", State.BROKEN: "danger", State.BEHIND: "warning",
    State.UNTOLD: "",
}  # fmt: skip
WORDS: Final[dict[State, str | Promise]] = {
    State.KEPT: pgettext_lazy("promise", "Kept"),
    State.BROKEN: pgettext_lazy("promise", "Broken"),
    State.ON_TRACK: gettext_lazy("On track"),
    State.BEHIND: gettext_lazy("Behind"),
    State.UNTOLD: gettext_lazy("No data"),
}
# What a side still owes where it promised at least so much.
SHORT: Final[dict[str, Any]] = {
    "leads": ngettext_lazy("%(n)s lead short", "%(n)s leads short", "n"),
    "accepted_leads": ngettext_lazy("%(n)s accepted lead short", "%(n)s accepted leads short", "n"),
    "acceptance": ngettext_lazy("%(n)s accepted lead short", "%(n)s accepted leads short", "n"),
    "sla_share": ngettext_lazy("%(n)s reply in time short", "%(n)s replies in time short", "n"),
    "judged_in_time": ngettext_lazy(
        "%(n)s lead judged in time short", "%(n)s leads judged in time short", "n"
    ),
}


@dataclass(frozen=True)
class Line:
    """A promise of a month: `value` and `limit` in words, `width` and `goal` of a bar of 100."""

    label: str
    key: str
    value: str
    limit: str
    state: str
    words: str
    tone: str
    address: str
    width: float
    goal: float
    due: str = ""


@dataclass(frozen=True)
class Pact:
    """A month with the promises of both sides. `kept` of `told` were."""

    month: Month
    name: str
    marketing: list[Line]
    sales: list[Line]

    @property
    def lines(self) -> list[Line]:
        return [*self.marketing, *self.sales]

    @property
    def kept(self) -> int:
        return sum(line.tone == "good" for line in self.lines)

    @property
    def told(self) -> int:
        return sum(bool(line.tone) for line in self.lines)


def pact(asked: Asked, month: Month) -> Pact:
    """In the order in which they may be promised."""
    lines = [(one.promise.side, _line(asked, month, one)) for one in _ordered(month.promises)]
    return Pact(
        month,
        month_words(month.first),
        [line for side, line in lines if side == Agreement.Side.MARKETING],
        [line for side, line in lines if side == Agreement.Side.SALES],
    )


def month_words(first: Any) -> str:
    """`November 2026`."""
    return str(formats.date_format(first, "F Y"))


def limit_words(promise: AgreementPromise, unit: str) -> str:
    """`at least 650`, `at most 1 300 ₽`."""
    limit = {"limit": threshold_words(promise, unit)}
    if promise.condition == AgreementPromise.Condition.AT_LEAST:
        return _("at least %(limit)s") % limit
    return _("at most %(limit)s") % limit


def threshold_words(promise: AgreementPromise, unit: str) -> str:
    """A threshold as its metric is told."""
    if unit == Unit.MONEY:
        return value_words(as_document(promise.threshold, workspace_in_scope().currency), unit)
    return value_words(float(promise.threshold), unit)


def _ordered(promises: list[Kept]) -> list[Kept]:
    order = list(OFFERS)
    return sorted(promises, key=lambda one: order.index(one.promise.metric))


def _line(asked: Asked, month: Month, one: Kept) -> Line:
    unit = one.metric.unit
    words = str(WORDS[one.state])
    if one.missing:
        words = str(SHORT[one.metric.key] % {"n": one.missing})
    days = {
        "from_": month.first.isoformat(), "to": month.last.isoformat(), "period": "", "base": "",
        "model": "", "filter": "", "currency": "",
    }  # fmt: skip
    opens = one.value is not None and one.metric.opens
    width, goal = _bar(one)
    return Line(
        str(one.metric.label),
        one.metric.key,
        value_words(one.value, unit),
        limit_words(one.promise, unit),
        one.state.value,
        words,
        TONES[one.state],
        asked.behind(one.metric.key, None, **days) if opens else "",
        width,
        goal,
        value_words(round(one.due), unit) if one.due is not None else "",
    )


def _bar(one: Kept) -> tuple[float, float]:
    """How far it has come, and where the promise stands."""
    if one.value is None:
        return 0.0, 0.0
    number = float(one.value["amount"] if isinstance(one.value, dict) else one.value)
    limit = float(one.promise.threshold)
    if one.metric.unit == Unit.RATIO:
        return round(min(1.0, number) * _FULL, 1), round(limit * _FULL, 1)
    most = max(number, limit) * 1.08 or 1.0
    return round(number / most * _FULL, 1), round(limit / most * _FULL, 1)
