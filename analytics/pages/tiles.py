"""The numbers on top of a page."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.metrics import Metric, Unit
from analytics.pages.asking import Asked
from analytics.pages.deltas import Delta, delta
from analytics.pages.layout import tiles as chosen
from analytics.pages.table import known
from analytics.pages.words import value_words


@dataclass(frozen=True)
class Tile:
    metric: Metric
    words: str
    address: str
    delta: Delta | None = None
    note: str = ""


def tiles(asked: Asked, document: dict[str, Any]) -> list[Tile]:
    """Of a document's total, beside that of the other period."""
    total = document["total"]
    before = (document.get("previous") or {}).get("total")
    return [
        Tile(
            one,
            value_words(known(one, total[one.key]), one.unit),
            asked.behind(one.key) if one.opens and known(one, total[one.key]) is not None else "",
            delta(one, total[one.key], before[one.key]) if before else None,
            _ripeness(total) if one.key == "romi" else "",
        )
        for one in chosen(asked)
    ]


def _ripeness(total: dict[str, Any]) -> str:
    ripe = total.get("ripeness")
    if ripe is None:
        return ""
    return _("ripe: %(share)s") % {"share": value_words(ripe, Unit.RATIO)}
