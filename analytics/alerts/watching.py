"""Looks at each alert's metric and tells its member, at most once a day."""

import logging
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Final

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from analytics.metrics import Unit, metric
from analytics.models import AlertFiring, MetricAlert
from analytics.pages.words import value_words
from analytics.reports.measuring import measure
from core.money import CENT, as_document
from events import types
from events.journal import SYSTEM, record
from events.notifications import notify
from inbox.actions import send_message
from inbox.models import Conversation
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
        Q(told_on=today) | Q(muted_until__gt=timezone.now())
    )
    told = 0
    people = ("membership__user", "conversation__channel")
    for alert in due.select_related(*people).order_by("id"):
        member = alert.membership
        if not member.is_active or not can(member, Verb.READ_REPORTS):
            continue
        found = _found(alert, today)
        if found is None:
            continue
        words, value, limit = found
        data = _told(alert, value, limit, member.user.language or _language())
        notify(
            [member],
            kind="metric_alert",
            topic=f"metric-alert:{alert.pk}",
            words=words,
            data=data,
            level="warning",
            link=_link(alert),
            by_email=alert.by_email,
        )
        MetricAlert.objects.filter(pk=alert.pk).update(told_on=today)
        _keep(alert, today, value, limit, words)
        told += 1
    return told


def _told(alert: MetricAlert, value: float, limit: float, language: str) -> dict[str, str]:
    """The metric and its numbers in words."""
    one = metric(alert.metric)
    with translation.override(language):
        numbers = [
            as_document(Decimal(str(number)).quantize(CENT), workspace_in_scope().currency)
            if one.unit == Unit.MONEY
            else number
            for number in (value, limit)
        ]
        shown, beyond = (value_words(number, one.unit) for number in numbers)
        return {"metric": str(one.label), "value": shown, "limit": beyond}


def _keep(
    alert: MetricAlert,
    today: date,
    value: float,
    limit: float,
    words: str,
) -> None:
    """Put it into the history, and into the chat that is to be told as well."""
    is_of_yesterday = alert.condition == MetricAlert.Condition.UNUSUAL
    firing = AlertFiring(
        alert=alert,
        day=today - timedelta(days=1) if is_of_yesterday else today,
        at=timezone.now(),
        condition=alert.condition,
        value=Decimal(str(round(value, 6))),
        limit=Decimal(str(round(limit, 6))),
    )
    if alert.conversation is not None:
        _write(alert.conversation, firing, words, _told(alert, value, limit, _language()))
    firing.save(force_insert=True)
    record(types.ALERT_FIRED, subject=alert, by=SYSTEM, data={"metric": alert.metric})


def _write(
    conversation: Conversation, firing: AlertFiring, words: str, data: dict[str, str]
) -> None:
    """A chat that cannot be written to is told of in the history, and stops nothing."""
    with translation.override(_language()):
        text = gettext(words) % data
    try:
        message = send_message(conversation, text, by=SYSTEM, client_id=firing.pk)
        firing.message_id = message.pk
    except ValidationError as refusal:
        firing.error = " ".join(refusal.messages)[:300]


def _language() -> str:
    return str(workspace_in_scope().language)


def value_of(alert: MetricAlert, day: date) -> float | None:
    """The metric of one day, in its unit; None where there is none."""
    return measure(metric(alert.metric), alert.report, day, day, alert.filter)


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


def _link(alert: MetricAlert) -> str:
    try:
        return reverse("ground:alert", args=[workspace_in_scope().slug, alert.pk])
    except NoReverseMatch:
        return ""
