"""One funnel from money spent to money earned, as both departments read it."""

from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.metrics import Unit, metric
from analytics.pages.asking import Asked
from analytics.pages.words import value_words
from analytics.reports.funnel import funnel
from crm.models import Group, Pipeline

# The drawing's units: a step's width, its height, and where its side bends.
_WIDTH: Final = 200
_HEIGHT: Final = 200
_BEND: Final = 40
# A step with nobody in it is a line all the same.
_THINNEST: Final = 1.0


@dataclass(frozen=True)
class Step:
    """One step; `share` is its part of the leads, `address` where its rows are."""

    label: str
    count: int
    note: str
    share: float
    address: str = ""
    metric: str = ""


@dataclass(frozen=True)
class Flow:
    """The steps, and the outlines of marketing's half and of sales' half."""

    steps: list[Step]
    marketing: str
    sales: str

    @property
    def width(self) -> int:
        return _WIDTH * len(self.steps)


def flow(asked: Asked, total: dict[str, Any], pipeline: Pipeline | None) -> Flow:
    """Leads, accepted leads, the pipeline's further stages in their order, won deals."""
    steps = [
        _step(asked, "leads", _("Leads"), total["leads"], total["leads"],
              _named("cpl", total)),
        _step(asked, "accepted_leads", pgettext("leads", "Accepted"), total["accepted_leads"],
              total["leads"],
              f"{value_words(total['acceptance'], Unit.RATIO)} · "
              f"{value_words(total['accepted_lead_cost'], Unit.MONEY)}"),
    ]  # fmt: skip
    before = int(total["accepted_leads"])
    for row in _stages(asked, pipeline):
        steps.append(
            Step(row["label"], row["reached"], _of_before(row["reached"], before),
                 _share(row["reached"], total["leads"]), _of_stage(asked, row))
        )  # fmt: skip
        before = row["reached"]
    of_before = _of_before(int(total["orders"]), before)
    steps.append(
        _step(asked, "orders", pgettext("leads", "Won"), total["orders"], total["leads"],
              f"{of_before} · {_named('cpo', total)}")
    )  # fmt: skip
    return Flow(steps, *_outlines([step.share for step in steps]))


def _named(key: str, total: dict[str, Any]) -> str:
    """A metric's value behind its name."""
    one = metric(key)
    return f"{one.label} {value_words(total[key], one.unit)}"


def _stages(asked: Asked, pipeline: Pipeline | None) -> list[dict[str, Any]]:
    """Those between taking a lead on and winning it: the first two are leads and accepted ones."""
    if pipeline is None:
        return []
    question = replace(asked.question, agent_id=None)
    rows = [row for row in funnel(question)["rows"] if row["pipeline"] == str(pipeline.pk)]
    return [row for row in rows if row["stage_group"] == Group.ACTIVE][2:]


def _of_stage(asked: Asked, row: dict[str, Any]) -> str:
    """The funnel tells how many ever reached a stage, and which."""
    cell = orjson.dumps({"stage": row["stage"]}).decode()
    address = reverse("reports:rows", args=[asked.slug, "funnel"])
    return f"{address}?{asked.query(metric='reached', cell=cell, group='', columns='')}"


def _step(asked: Asked, key: str, label: str, count: Any, leads: Any, note: str) -> Step:
    return Step(label, count, note, _share(count, leads), asked.behind(key), key)


def _share(count: float, leads: float) -> float:
    return min(1.0, float(count) / float(leads)) if leads else 0.0


def _of_before(count: int, before: int) -> str:
    return value_words(count / before if before else None, Unit.RATIO)


def _outlines(shares: list[float]) -> tuple[str, str]:
    """The first step is marketing's, all others are sales'; each bends into the next."""
    halves = [max(_THINNEST, share * _HEIGHT / 2) for share in shares]
    tops = [(f"{_HEIGHT / 2 - half:.1f}", f"{_HEIGHT / 2 + half:.1f}") for half in halves]
    first, second = tops[0], tops[1]
    turn = _WIDTH - _BEND - 10
    marketing = (
        f"M0 {first[0]}H{turn}C{turn + _BEND} {first[0]} {turn + 10} {second[0]} "
        f"{_WIDTH} {second[0]}V{second[1]}C{turn + 10} {second[1]} {turn + _BEND} {first[1]} "
        f"{turn} {first[1]}H0Z"
    )
    there, back = [f"M{_WIDTH} {second[0]}"], []
    for place in range(1, len(tops) - 1):
        (top, bottom), (lower, upper) = tops[place], tops[place + 1]
        x = _WIDTH * (place + 1) - 50
        there.append(f"H{x}C{x + _BEND} {top} {x + 20} {lower} {x + 60} {lower}")
        back.append(f"H{x + 60}C{x + 20} {upper} {x + _BEND} {bottom} {x} {bottom}")
    end = _WIDTH * len(tops)
    sales = "".join([*there, f"H{end}V{tops[-1][1]}", *reversed(back), f"H{_WIDTH}Z"])
    return marketing, sales
