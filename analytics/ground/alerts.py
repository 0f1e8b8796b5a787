"""Watches over metrics in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.metrics import Unit, metric
from analytics.models import AlertFiring, MetricAlert
from analytics.pages.words import value_words
from workspaces.zones import workspace_in_scope


@dataclass(frozen=True)
class Row:
    """One watch: `Leads above 20`."""

    alert: MetricAlert
    metric: str
    condition: str
    source: str
    is_muted: bool


@dataclass(frozen=True)
class Fired:
    """One time that it told something."""

    firing: AlertFiring
    metric: str
    value: str
    limit: str


def rows(found: Iterable[MetricAlert]) -> list[Row]:
    """In the order they are given."""
    now = timezone.now()
    return [
        Row(
            one,
            str(metric(one.metric).label),
            _condition(one),
            (one.filter or {}).get("value", "") if (one.filter or {}).get("value") else "",
            one.muted_until is not None and one.muted_until > now,
        )
        for one in found
    ]


def firing_rows(found: Iterable[AlertFiring]) -> list[Fired]:
    """With their values in the metric's unit."""
    told = []
    for one in found:
        measured = metric(one.alert.metric)
        told.append(
            Fired(
                one,
                str(measured.label),
                shown(one.value, measured.unit),
                shown(one.limit, measured.unit),
            )
        )
    return told


def shown(value: Any, unit: str) -> str:
    """A stored number as its metric is told."""
    if value is None:
        return value_words(None, unit)
    if unit == Unit.MONEY:
        currency = workspace_in_scope().currency
        return value_words({"amount": f"{float(value):.2f}", "currency": currency}, unit)
    return value_words(float(value), unit)


def _condition(one: MetricAlert) -> str:
    if one.condition == MetricAlert.Condition.UNUSUAL:
        share = value_words(float(one.threshold), Unit.RATIO)
        return _("unlike the same weekday by more than %(share)s") % {"share": share}
    limit = shown(one.threshold, metric(one.metric).unit)
    if one.condition == MetricAlert.Condition.ABOVE:
        return _("above %(limit)s") % {"limit": limit}
    return _("below %(limit)s") % {"limit": limit}
