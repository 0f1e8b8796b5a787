"""Setting watches over metrics up, muting and giving them up."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from analytics.metrics import METRICS
from analytics.models import MetricAlert
from analytics.reports import filtering
from core.conditions import InvalidCondition, parse
from events import types
from events.journal import record
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

By = Membership | ApiToken
COLUMNS: Final = (
    *("membership", "metric", "condition", "threshold", "filter"),
    *("by_email", "conversation", "muted_until"),
)
LARGEST: Final = Decimal(10) ** 13


def set_alert(alert: MetricAlert | None = None, *, by: By, **values: Any) -> MetricAlert:
    """A new watch, or another form of one; what is not given stays. A change of what is watched
    may tell again on the same day. Raises `ValidationError` by field, `PermissionDenied`."""
    require(by, Verb.READ_REPORTS)
    found = alert or MetricAlert()
    if unknown := set(values) - set(COLUMNS):
        raise TypeError(f"An alert has no {min(unknown)} to set.")
    for name, value in values.items():
        setattr(found, name, value)
    _check(found)
    found.report = METRICS[found.metric].reports[0]
    if {"metric", "condition", "threshold", "filter"} & values.keys():
        found.told_on = None
    found.save(force_insert=alert is None)
    _record(found, by, "set")
    return found


def mute_alert(alert: MetricAlert, *, until: datetime | None, by: By) -> MetricAlert:
    """Silent until then; None lets it speak again."""
    return set_alert(alert, by=by, muted_until=until)


def delete_alert(alert: MetricAlert, *, by: By) -> None:
    """Watch it no longer; its history goes with it."""
    require(by, Verb.READ_REPORTS)
    _record(alert, by, "deleted")
    alert.delete()


def _check(alert: MetricAlert) -> None:
    if alert.metric not in METRICS or not METRICS[alert.metric].is_summed:
        raise ValidationError({"metric": _("There is no such metric.")})
    if alert.condition not in MetricAlert.Condition.values:
        raise ValidationError({"condition": _("Choose a condition.")})
    if alert.threshold is None or abs(alert.threshold) >= LARGEST:
        raise ValidationError({"threshold": _("This number is out of range.")})
    if alert.condition == MetricAlert.Condition.UNUSUAL and alert.threshold <= 0:
        raise ValidationError({"threshold": _("A share above zero is needed.")})
    try:
        parse(alert.filter or {}, filtering.VOCABULARY)
    except InvalidCondition as error:
        raise ValidationError({"filter": error.messages}) from None


def _record(alert: MetricAlert, by: By, changed: str) -> None:
    data = {"metric": alert.metric, "condition": alert.condition, "changed": changed}
    record(types.ALERT_CHANGED, subject=alert, by=by, data=data)
