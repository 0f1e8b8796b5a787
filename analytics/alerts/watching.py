"""Looks at each alert's metric and tells its member, at most once a day."""

import logging
from datetime import date, timedelta
from statistics import median
from typing import Any, Final

from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from analytics.metrics import Unit, metric
from analytics.models import Base, MetricAlert
from analytics.reports import answer, filtering
from analytics.reports.catalogue import REPORTS
from analytics.reports.grouping import Grouping
from analytics.reports.question import Question
from analytics.rollups import freshness
from core.conditions import parse
from events.notifications import notify
from workspaces.permissions import Verb, can
from workspaces.scope import workspace_scope
from workspaces.zones import local_day, workspace_in_scope

logger = logging.getLogger(__name__)

# Weeks that today is compared with, and of how many there must be numbers.
WEEKS: Final = 8
FEWEST_WEEKS: Final = 4
ABOVE: Final = gettext_noop("%(metric)s: %(value)s today, above %(limit)s.")
BELOW: Final = gettext_noop("%(metric)s: %(value)s today, below %(limit)s.")
UNUSUAL: Final = gettext_noop(
    "%(metric)s: %(value)s yesterday, on this weekday it usually is %(limit)s."
)


def watch_all() -> None:
    """Look at the alerts of all workspaces."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id from workspaces_with_alerts()")
        found = [row[0] for row in cursor.fetchall()]
    for workspace_id in found:
        try:
            with workspace_scope(workspace_id):
                watch()
        except Exception:
            logger.exception("The alerts of workspace %s were not looked at.", workspace_id)


def watch() -> int:
    """Look at the alerts of the workspace in scope; returns how many told something."""
    today = local_day(timezone.now())
    due = MetricAlert.objects.select_for_update(skip_locked=True, of=("self",)).exclude(
        told_on=today
    )
    told = 0
    for alert in due.select_related("membership__user").order_by("id"):
        member = alert.membership
        if not member.is_active or not can(member, Verb.READ_REPORTS):
            continue
        found = _found(alert, today)
        if found is None:
            continue
        words, value, limit = found
        notify(
            [member],
            kind="metric_alert",
            topic=f"metric-alert:{alert.pk}",
            words=words,
            data={
                "metric": str(metric(alert.metric).label),
                "value": _shown(value, alert),
                "limit": _shown(limit, alert),
            },
            level="warning",
            link=_link(),
            by_email=alert.by_email,
        )
        MetricAlert.objects.filter(pk=alert.pk).update(told_on=today)
        told += 1
    return told


def value_of(alert: MetricAlert, day: date) -> float | None:
    """The metric of one day, in its unit; None where there is none."""
    report = REPORTS[alert.report]
    question = Question(
        first=day,
        last=day,
        grouping=Grouping(()),
        currency=workspace_in_scope().currency,
        base=Base.EVENT if report.base == Base.EVENT else report.base,
        condition=parse(alert.filter or {}, filtering.VOCABULARY),
    )
    freshness.refresh(day, day)
    one = metric(alert.metric)
    value: Any = answer.table(question, [one])[1][one.key]
    if isinstance(value, dict):
        value = value["amount"]
    return None if value is None else float(value)


def _found(alert: MetricAlert, today: date) -> tuple[str, float, float] | None:
    """The words, the value and what it is compared with, where there is something to tell."""
    limit = float(alert.threshold)
    if alert.condition == MetricAlert.Condition.UNUSUAL:
        # A day that is not over is unlike any other.
        return _unusual(alert, today - timedelta(days=1), limit)
    value = value_of(alert, today)
    if value is None:
        return None
    if alert.condition == MetricAlert.Condition.ABOVE and value > limit:
        return ABOVE, value, limit
    if alert.condition == MetricAlert.Condition.BELOW and value < limit:
        return BELOW, value, limit
    return None


def _unusual(alert: MetricAlert, day: date, share: float) -> tuple[str, float, float] | None:
    value = value_of(alert, day)
    before = [value_of(alert, day - timedelta(weeks=week + 1)) for week in range(WEEKS)]
    known = [one for one in before if one]
    if value is None or len(known) < FEWEST_WEEKS:
        return None
    usual = median(known)
    return (UNUSUAL, value, usual) if abs(value - usual) > share * abs(usual) else None


def _shown(value: float, alert: MetricAlert) -> str:
    unit = metric(alert.metric).unit
    if unit == Unit.RATIO:
        return f"{value * 100:.1f} %"
    if unit == Unit.MONEY:
        return f"{value:.2f} {workspace_in_scope().currency}"
    return f"{value:g}" if unit == Unit.COUNT else f"{value:.0f}"


def _link() -> str:
    try:
        return reverse("reports:index", args=[workspace_in_scope().slug])
    except NoReverseMatch:
        return ""
