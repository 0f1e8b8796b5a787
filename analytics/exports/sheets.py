"""A report's document as sheets of plain cells."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.metrics import METRICS, Metric, Unit
from analytics.pages.funnel import COLUMNS as OF_FUNNEL
from analytics.pages.losses import FAULT_WORDS, SIDE_WORDS
from analytics.pages.words import number, weekday
from analytics.reports.grouping import unknown
from analytics.reports.question import Question
from crm.models import LossReason, Pipeline


@dataclass(frozen=True)
class Column:
    """`unit` is a metric's, "" of texts."""

    label: str
    unit: str = ""


@dataclass(frozen=True)
class Sheet:
    """Values are texts, numbers or None: money in its main unit, durations in seconds, shares as
    fractions."""

    title: str
    columns: list[Column]
    rows: list[list[Any]]


def sheets(
    question: Question, document: dict[str, Any], metrics: Iterable[Metric] = ()
) -> list[Sheet]:
    """The main table first; with `metrics`, only these columns of it."""
    found = [_main(question, document, [one.key for one in metrics])]
    if "ages" in next(iter(document["rows"]), {}):
        found.append(_ages(question, document))
    if document.get("losses"):
        found.append(_losses(question, document))
    if document.get("lost_money"):
        found.append(_lost_money(question, document))
    if document.get("heat"):
        found.append(_heat(document))
    return found


def _main(question: Question, document: dict[str, Any], chosen: list[str]) -> Sheet:
    rows = document["rows"]
    known = {one["key"]: one for one in document["metrics"]}
    there = next(iter(rows), document["total"])
    # Metrics of some reports stand in their rows under names of their own.
    places = {key: OF_FUNNEL.get(key, key) for key in chosen or known}
    places = {key: place for key, place in places.items() if key in known and place in there}
    heads = _heads(question, rows)
    columns = [Column(words) for words, _key in heads]
    columns += [
        Column(
            _with_currency(known[key]["label"], known[key]["unit"], question), known[key]["unit"]
        )
        for key in places
    ]
    table = [
        [*_named(row, heads), *(_plain(row[place]) for place in places.values())]
        for row in _with_pipelines(rows)
    ]
    if all(key in document["total"] for key in places):
        blank = [""] * (len(heads) - 1)
        table.append([_("Total"), *blank, *(_plain(document["total"][key]) for key in places)])
    return Sheet(_("Report"), columns, table)


def _heads(question: Question, rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The columns that name a row: words and key."""
    keys = [one for one in question.grouping.keys if one != "cohort"]
    if rows and all(key in rows[0] for key in keys) and len(keys) > 1:
        return [*((_head(key), key) for key in keys[:-1]), (_head(keys[-1]), "label")]
    if rows and "pipeline" in rows[0] and "stage" in rows[0]:
        return [(_head("pipeline"), "pipeline_name"), (_head("stage"), "label")]
    return [(_head(keys[0] if keys else ""), "label")]


def _head(key: str) -> str:
    heads = {
        "source": _("Source"),
        "medium": _("Medium"),
        "campaign": _("Campaign"),
        "ad": _("Ad"),
        "term": _("Keyword"),
        "day": _("Day"),
        "week": _("Week"),
        "month": _("Month"),
        "weekday": _("Day of the week"),
        "channel": _("Channel"),
        "owner": _("Member"),
        "team": _("Team"),
        "pipeline": _("Pipeline"),
        "stage": _("Stage"),
        "loss_reason": _("Reason"),
    }
    return heads.get(key, _("Name"))


def _named(row: dict[str, Any], heads: list[tuple[str, str]]) -> list[Any]:
    return [row.get(key) if row.get(key) is not None else "" for _words, key in heads]


def _with_pipelines(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not rows or "stage_group" not in rows[0]:
        return rows
    names = {str(one.pk): one.name for one in Pipeline.objects.all()}
    return [{**row, "pipeline_name": names.get(row["pipeline"], "")} for row in rows]


def _ages(question: Question, document: dict[str, Any]) -> Sheet:
    columns = [
        Column(_("Month")),
        Column(_("Months after it"), Unit.COUNT),
        Column(_("Customers"), Unit.COUNT),
        Column(_("Share"), Unit.RATIO),
        Column(_("Orders"), Unit.COUNT),
        Column(_with_currency(_("Revenue"), Unit.MONEY, question), Unit.MONEY),
        Column(_with_currency(_("Margin"), Unit.MONEY, question), Unit.MONEY),
    ]
    rows = [
        [
            row["label"], age["age"], age["customers"], age["share"], age["orders"],
            _plain(age["revenue"]), _plain(age["margin"]),
        ]
        for row in document["rows"]
        for age in row["ages"]
    ]  # fmt: skip
    return Sheet(_("By age"), columns, rows)


def _losses(question: Question, document: dict[str, Any]) -> Sheet:
    columns = [
        Column(_("Reason")),
        Column(_("Deals"), Unit.COUNT),
        Column(_with_currency(_("Amount"), Unit.MONEY, question), Unit.MONEY),
    ]
    rows = [
        [one["label"] or _("No reason given"), one["deals"], _plain(one["amount"])]
        for one in document["losses"]
    ]
    return Sheet(_("Losses"), columns, rows)


def _lost_money(question: Question, document: dict[str, Any]) -> Sheet:
    columns = [
        Column(_("Whose")),
        Column(_("What happened")),
        Column(_("Source")),
        Column(_("Reason")),
        Column(_("Deals"), Unit.COUNT),
        Column(_with_currency(_("Amount"), Unit.MONEY, question), Unit.MONEY),
    ]
    ids = {one["loss_reason"] for one in document["lost_money"] if one["loss_reason"]}
    reasons = {str(one.pk): one.name for one in LossReason.objects.filter(pk__in=ids)}
    rows = [
        [
            str(SIDE_WORDS[one["side"]]), str(FAULT_WORDS[one["fault"]]) if one["fault"] else "",
            one["source"] or unknown("source"), reasons.get(one["loss_reason"], ""),
            one["deals"], _plain(one["money"]),
        ]
        for one in document["lost_money"]
    ]  # fmt: skip
    return Sheet(_("Lost money"), columns, rows)


def _heat(document: dict[str, Any]) -> Sheet:
    columns = [
        Column(_("Day of the week")),
        Column(_("Hour"), Unit.COUNT),
        Column(str(METRICS["inquiries"].label), Unit.COUNT),
    ]
    rows = [[weekday(one["weekday"]), one["hour"], one["inquiries"]] for one in document["heat"]]
    return Sheet(_("By the hour"), columns, rows)


def _with_currency(label: str, unit: str, question: Question) -> str:
    return f"{label}, {question.currency}" if unit == Unit.MONEY else label


def _plain(value: Any) -> float | int | None:
    """A count stays whole."""
    if isinstance(value, int):
        return value
    return number(value)
