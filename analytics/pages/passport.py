"""Whence a number: what it is, how it is counted, of what, and how much is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.metrics import METRICS, Metric, Unit
from analytics.models import Base
from analytics.pages.asking import Asked
from analytics.pages.words import percent, span_words
from workspaces.zones import workspace_in_scope

MODEL_WORDS: Final[dict[str, str | Promise]] = {
    "last_non_direct": gettext_lazy("Last non-direct touch"),
    "first": gettext_lazy("First touch"),
    "last": gettext_lazy("Last touch"),
    "linear": gettext_lazy("Linear"),
    "u_shape": gettext_lazy("U-shape, 40/20/40"),
    "time_decay": gettext_lazy("Time decay, 7 days"),
}
_COVERAGE: Final = ("source", "spend", "amount", "cost", "currency", "vat")


@dataclass(frozen=True)
class Passport:
    """`formula` is in the words of other metrics, where it is made of them; `facts` are pairs of
    words."""

    metric: Metric
    formula: str
    facts: list[tuple[str, str]]
    coverage: list[tuple[str, str]]


def passports(asked: Asked, document: dict[str, Any], metrics: Iterable[Metric]) -> list[Passport]:
    """One for each metric that the page shows."""
    covered = coverage_words(document["coverage"])
    return [
        Passport(one, formula_words(one), _facts(asked, one), covered if one.base != "now" else [])
        for one in metrics
    ]


def formula_words(one: Metric) -> str:
    """What a metric is made of, as people call it; in names of measures where these are no
    metrics."""
    parts = [name for name in (one.numerator, one.denominator) if name]
    if not set(parts) <= set(METRICS) or one.formula != " / ".join(parts):
        return one.formula
    return " ÷ ".join(str(METRICS[name].label) for name in parts)


def base_words(base: str) -> str:
    """What a date base is called."""
    return _("By the date of the lead") if base == Base.BIRTH else _("By the date of the event")


def currency_words(currency: str) -> str:
    """What money is told in, and how it came to that."""
    if currency == workspace_in_scope().currency:
        return currency
    return _("%(currency)s, by the rate of the day") % {"currency": currency}


def coverage_words(coverage: dict[str, Any]) -> list[tuple[str, str]]:
    """How much is known, of what there is."""
    names = {
        "source": _("Leads with a known source"),
        "spend": _("Spend on sources that brought leads"),
        "amount": _("Orders with an amount"),
        "cost": _("Orders with a cost of goods"),
        "currency": _("Orders in the currency of the report"),
        "vat": _("Spend that includes VAT"),
    }
    return [
        (names[key], percent(coverage[key])) for key in _COVERAGE if coverage.get(key) is not None
    ]


def _facts(asked: Asked, one: Metric) -> list[tuple[str, str]]:
    question = asked.question
    base = {
        "now": _("As it is now, whatever the period"),
        "event": base_words(Base.EVENT),
    }.get(one.base) or base_words(question.base)
    facts = [(_("Date base"), base)]
    if one.base != "now":
        facts.append((_("Period"), span_words(question.first, question.last)))
    if one.attributed:
        facts.append((_("Attribution"), str(MODEL_WORDS[question.model])))
    if one.unit == Unit.MONEY:
        facts.append((_("Currency"), currency_words(question.currency)))
    chips = [chip.text for chip in asked.builder.chips()]
    facts.append((_("Filter"), "; ".join(chips) or _("none")))
    if asked.own:
        facts.append((_("Whose"), _("your own numbers")))
    facts.append((_("Version of the definition"), str(one.version)))
    return facts
