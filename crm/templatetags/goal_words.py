"""Plans in words: {{ progress|revenue_words }}: "Plan: 1.2 of 3 mln ₽, 40 %"."""

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
        unit, sign = _unit(progress.goal_revenue)
        done = _short(progress.revenue / unit)
        whole = _short(progress.goal_revenue / unit)
        currency = money.SIGNS.get(progress.currency, progress.currency)
        values = {"done": done, "whole": f"{whole} {sign}{currency}".replace("  ", " ")}
        values["share"] = share(progress.revenue_share)
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


def _unit(amount: Decimal) -> tuple[Decimal, str]:
    gap = "\N{NO-BREAK SPACE}"
    if amount >= MILLION:
        return MILLION, pgettext("of money", "mln") + gap
    if amount >= 100 * THOUSAND:
        return THOUSAND, pgettext("of money", "thous.") + gap
    return Decimal(1), ""


def _short(value: Decimal) -> str:
    locale = "ru" if (get_language() or "").startswith("ru") else "en"
    found: str = format_decimal(value, format="#,##0.#", locale=locale)
    return found
