"""How many rows a filter finds: exactly while that is cheap, else about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from core.postgresql.planner import planned_for_counts

# Beyond it nobody reads the last digits.
EXACT_UP_TO: Final = 20_000
PATIENCE_MILLISECONDS: Final = 400


@dataclass(frozen=True)
class Count:
    """So many rows, or about so many."""

    number: int
    is_exact: bool

    @property
    def words(self) -> str:
        """ "1,284" or "about 120,000"."""
        if self.is_exact:
            return formats.number_format(self.number, force_grouping=True)
        digits = max(0, len(str(self.number)) - 2)
        rounded = self.number // 10**digits * 10**digits
        return _("about %(number)s") % {
            "number": formats.number_format(rounded, force_grouping=True)
        }


def count_rows(found: QuerySet[Any], *, exact_up_to: int = EXACT_UP_TO) -> Count:
    """Count the rows of a query. Of very many, or where it takes long, the planner's estimate."""
    capped = found.order_by().values("pk")[: exact_up_to + 1]
    try:
        with transaction.atomic(), planned_for_counts(), connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = {PATIENCE_MILLISECONDS}")
            number = capped.count()
            cursor.execute("set local statement_timeout = default")
    except OperationalError:
        return Count(_estimate(found), False)
    if number <= exact_up_to:
        return Count(number, True)
    return Count(max(_estimate(found), exact_up_to), False)


def _estimate(found: QuerySet[Any]) -> int:
    plan = orjson.loads(found.order_by().explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])
