"""Fields that forms of reports share."""

from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.metrics import METRICS, Unit
from crm.forms.fields import AmountField

# How many of a metric's units one of what people type has: shares in per cent, times in minutes.
TYPED: Final[dict[str, Decimal]] = {
    Unit.RATIO: Decimal("0.01"),
    Unit.SECONDS: Decimal(60),
}


def metric_choices() -> list[tuple[str, str]]:
    """All metrics of the registry by their labels, each once."""
    return sorted(
        (
            (one.key, f"{one.label}{unit_words(one.unit)}")
            for one in METRICS.values()
            if one.is_summed
        ),
        key=lambda choice: choice[1].casefold(),
    )


def typed(value: Any, unit: str) -> str:
    """A value of a metric as people type it."""
    if value is None:
        return ""
    number = Decimal(str(value)) / TYPED.get(unit, Decimal(1))
    return f"{number.quantize(Decimal('0.01')).normalize():f}"


def unit_words(unit: Unit) -> str:
    """What people type a metric in, behind a comma: `, %`."""
    words = {Unit.RATIO: "%", Unit.SECONDS: _("min"), Unit.DAYS: _("days")}.get(unit)
    return f", {words}" if words else ""


class NumberField(AmountField):
    """A number as people type it: `1 200,50`."""

    default_error_messages = {"amount": gettext_lazy("Give a number like 12.5.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": True, "max_length": 30, **kwargs})
