"""Plans in words: {{ progress|plan_words }}: "Plan: ₽800K of ₽3M, 26%"."""

from decimal import Decimal
from typing import Any, Final

from babel.numbers import format_decimal
from django import template
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core import money
from crm.goals import Progress

register = template.Library()

MILLION: Final = Decimal(10**6)
THOUSAND: Final = Decimal(10**3)


@register.filter
def plan_words(progress: Progress) -> str:
    """How far the plan is; of money where it is of money, else of a number of deals."""
    if progress.goal_revenue:
        done, whole = _amounts(progress.revenue, progress.goal_revenue, progress.currency)
        values = {"done": done, "whole": whole, "share": share(progress.revenue_share)}
        return _("Plan: %(done)s of %(whole)s, %(share)s") % values
    values = {
        "done": str(progress.won),
        "whole": str(progress.goal_count or 0),
        "share": share(progress.count_share),
    }
    return _("Plan: %(done)s of %(whole)s deals, %(share)s") % values


@register.filter
def share(value: float | None) -> str:
    """A fraction in percent; a dash where there is none."""
    if value is None:
        return "—"
    gap = "\N{NO-BREAK SPACE}" if (get_language() or "").startswith("ru") else ""
    return f"{int(value * 100)}{gap}%"


@register.filter
def percent(value: float | None) -> int:
    """A fraction for a meter, from 0 to 100."""
    return max(0, min(100, int((value or 0) * 100)))


@register.filter
def plan_share(progress: Progress | None) -> float | None:
    """Of money where the plan is of money, else of a number of deals."""
    if progress is None:
        return None
    return progress.revenue_share if progress.goal_revenue else progress.count_share


@register.filter
def in_money(amount: Any, currency: str) -> str:
    """An amount without its kopecks."""
    return money.words(Decimal(amount).quantize(Decimal(1)), currency)


def _amounts(done: Decimal, whole: Decimal, currency: str) -> tuple[str, str]:
    """Two amounts beside each other: `1,2` and `3 млн ₽`, `₽800K` and `₽3M`."""
    sign = money.SIGNS.get(currency, currency)
    if not (get_language() or "").startswith("ru"):
        return _english(done, sign), _english(whole, sign)
    unit, name = _unit(whole, 100 * THOUSAND)
    words = "\N{NO-BREAK SPACE}".join(filter(None, [_short(whole / unit, "ru"), name, sign]))
    return _short(done / unit, "ru"), words


def _english(amount: Decimal, sign: str) -> str:
    unit, name = _unit(abs(amount), 10 * THOUSAND)
    minus = "\N{MINUS SIGN}" if amount < 0 else ""
    gap = "\N{NO-BREAK SPACE}" if sign.isalpha() else ""
    return f"{minus}{sign}{gap}{_short(abs(amount) / unit, 'en')}{name}"


def _unit(amount: Decimal, thousands_from: Decimal) -> tuple[Decimal, str]:
    if amount >= MILLION:
        return MILLION, pgettext("of money", "M")
    if amount >= thousands_from:
        return THOUSAND, pgettext("of money", "K")
    return Decimal(1), ""


def _short(value: Decimal, locale: str) -> str:
    found: str = format_decimal(value, format="#,##0.#", locale=locale)
    return found
