"""What may be chosen on top of a report, and where each choice leads."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import factors as currencies
from analytics.attribution.weights import MODELS
from analytics.metrics import Unit, metrics_of
from analytics.models import Base
from analytics.pages.asking import Asked
from analytics.pages.passport import MODEL_WORDS, base_words
from analytics.pages.words import sign_of, span_words
from analytics.reports.periods import PERIODS

GROUP_WORDS: Final[dict[str, str | Promise]] = {
    "source": gettext_lazy("By source"),
    "medium": gettext_lazy("By medium"),
    "campaign": gettext_lazy("By campaign"),
    "ad": gettext_lazy("By advertisement"),
    "term": gettext_lazy("By keyword"),
    "day": gettext_lazy("By day"),
    "week": gettext_lazy("By week"),
    "month": gettext_lazy("By month"),
    "weekday": gettext_lazy("By day of the week"),
    "channel": gettext_lazy("By channel"),
    "owner": gettext_lazy("By person"),
    "team": gettext_lazy("By team"),
    "pipeline": gettext_lazy("By pipeline"),
    "stage": gettext_lazy("By stage"),
    "loss_reason": gettext_lazy("By reason of the loss"),
    "first_contact": gettext_lazy("By first contact"),
    "first_purchase": gettext_lazy("By first order"),
}


@dataclass(frozen=True)
class Choice:
    words: str
    address: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Menu:
    """A button and what it offers."""

    name: str
    label: str
    words: str
    choices: list[Choice]


def menus(asked: Asked) -> list[Menu]:
    """Comparison, attribution, date base and grouping, as far as the report knows them."""
    found = [_comparison(asked)] if asked.report.compares else []
    metrics = metrics_of(asked.report.name)
    if any(one.attributed for one in metrics) and asked.report.divides:
        found.append(_models(asked))
    if any(one.base == "birth" for one in metrics) and asked.report.bases:
        found.append(_bases(asked))
    if len(asked.report.groups) > 1:
        found.append(_groups(asked))
    if any(one.unit == Unit.MONEY for one in metrics):
        known = currencies.choices()
        if len(known) > 1:
            found.append(_currencies(asked, known))
    return found


def periods(asked: Asked) -> list[Choice]:
    """The named periods."""
    chosen = asked.parameters.get("period") or asked.report.period
    is_own = "from" in asked.parameters or "to" in asked.parameters
    return [
        Choice(str(words), asked.address(period=name, from_="", to=""),
               not is_own and name == chosen)
        for name, (words, _span) in PERIODS.items()
    ]  # fmt: skip


def period_words(asked: Asked) -> str:
    """The days of the report."""
    return span_words(asked.question.first, asked.question.last)


def _comparison(asked: Asked) -> Menu:
    chosen = asked.parameters.get("compare", "")
    words = _("Not compared")
    if asked.compared is not None:
        span = span_words(asked.compared.first, asked.compared.last)
        words = _("against %(period)s") % {"period": span}
    offered = [
        ("", _("Not compared")),
        ("previous", _("Against the period before")),
        ("year", _("Against the same days a year ago")),
    ]
    choices = [Choice(text, asked.address(compare=key), key == chosen) for key, text in offered]
    return Menu("compare", _("Comparison"), words, choices)


def _models(asked: Asked) -> Menu:
    chosen = asked.question.model
    choices = [
        Choice(str(MODEL_WORDS[model]), asked.address(model=model), model == chosen)
        for model in MODELS
    ]
    return Menu("model", _("Attribution"), str(MODEL_WORDS[chosen]), choices)


def _bases(asked: Asked) -> Menu:
    chosen = asked.question.base
    choices = [
        Choice(base_words(base), asked.address(base=str(base)), base == chosen)
        for base in (Base.BIRTH, Base.EVENT)
    ]
    return Menu("base", _("Date base"), base_words(chosen), choices)


def _currencies(asked: Asked, known: list[str]) -> Menu:
    chosen = asked.question.currency
    choices = [
        Choice(_currency_words(code), asked.address(currency="" if code == known[0] else code),
               code == chosen)
        for code in known
    ]  # fmt: skip
    return Menu("currency", _("Currency"), _currency_words(chosen), choices)


def _currency_words(code: str) -> str:
    sign = sign_of(code)
    return code if sign == code else f"{code}, {sign}"


def _groups(asked: Asked) -> Menu:
    names = ",".join(one.name for one in asked.question.grouping.dimensions)
    choices = [
        Choice(str(GROUP_WORDS[name]), asked.address(group=name, sort=""), name == names)
        for name in asked.report.groups
    ]
    words = next((one.words for one in choices if one.is_chosen), choices[0].words)
    return Menu("group", _("Grouping"), words, choices)


def columns(asked: Asked, shown: list[Any]) -> list[dict[str, Any]]:
    """All metrics of the report, for choosing columns; those shown come first."""
    keys = [one.key for one in shown]
    rest = [one for one in metrics_of(asked.report.name) if one.key not in keys]
    return [{"metric": one, "is_shown": one.key in keys} for one in [*shown, *rest]]
