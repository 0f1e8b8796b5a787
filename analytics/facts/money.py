"""Money as whole numbers: nothing is lost when it is divided and added up."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from core.money import CENT

PER_UNIT: Final = 100


def minor(amount: Decimal | None) -> int | None:
    """In hundredths."""
    if amount is None:
        return None
    return int(Decimal(amount).quantize(CENT, ROUND_HALF_UP) * PER_UNIT)


def major(amount: int) -> Decimal:
    """From hundredths."""
    return (Decimal(amount) / PER_UNIT).quantize(CENT)
