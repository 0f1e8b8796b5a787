"""What was decided, and whether it held: the registry says so, nobody has to."""

import logging
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.metrics import METRICS, metric
from analytics.models import Decision
from analytics.reports import filtering
from analytics.reports.measuring import measure
from core.conditions import InvalidCondition, parse
from events import types
from events.journal import SYSTEM, record
from events.notifications import notify
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.scope import workspace_scope
from workspaces.zones import local_day, workspace_in_scope

logger = logging.getLogger(__name__)

State = Decision.State
By = Membership | ApiToken
# A number of one day jumps; a decision is held against seven.
DAYS: Final = 7
LONGEST: Final = timedelta(days=366)
HELD: Final = gettext_noop("The decision held: “%(text)s”.")
MISSED: Final = gettext_noop("The decision did not hold: “%(text)s”.")


def make_decision(
    *,
    text: str,
    metric_key: str,
    condition: str,
    threshold: Decimal,
    due_on: date,
    by: By,
    owner: Membership | None = None,
    detail: str = "",
    worth: Decimal | None = None,
    week: date | None = None,
    narrowing: dict[str, Any] | None = None,
) -> Decision:
    """Write a decision down. Raises `ValidationError` by field, `PermissionDenied`."""
    require(by, Verb.READ_REPORTS)
    today = local_day(timezone.now())
    text = text.replace("\0", "").strip()[:200]
    if not text:
        raise ValidationError({"text": _("Say what was decided.")})
    if metric_key not in METRICS or not METRICS[metric_key].is_summed:
        raise ValidationError({"metric": _("There is no such metric.")})
    if not today <= due_on <= today + LONGEST:
        raise ValidationError({"due_on": _("Choose a day within a year from today.")})
    try:
        parse(narrowing or {}, filtering.VOCABULARY)
    except InvalidCondition as error:
        raise ValidationError({"filter": error.messages}) from None
    one = metric(metric_key)
    before = measure(one, one.reports[0], today - timedelta(days=DAYS), today, narrowing)
    decision: Decision = Decision.objects.create(
        text=text,
        detail=detail.replace("\0", "").strip()[:500],
        owner=owner,
        made_by=by if isinstance(by, Membership) else None,
        week=monday(week or today),
        metric=one.key,
        report=one.reports[0],
        filter=narrowing or {},
        condition=Decision.Condition(condition),
        threshold=threshold,
        due_on=due_on,
        worth=worth,
        value_before=_exact(before),
    )
    _record(types.DECISION_MADE, decision, by)
    return decision


def drop_decision(decision: Decision, *, by: By) -> Decision:
    """It is not to be done any more; a no-op for one that has come to its end."""
    require(by, Verb.READ_REPORTS)
    held = Decision.objects.select_for_update(no_key=True).get(pk=decision.pk)
    if held.state == State.OPEN:
        held.state = State.DROPPED
        held.save(update_fields=["state"])
        _record(types.DECISION_DROPPED, held, by)
    return held


def check_all_due() -> int:
    """Measure the decisions whose day is over, in all workspaces; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, decision_id from due_decisions()")
        due = cursor.fetchall()
    checked = 0
    for workspace_id, decision_id in due:
        try:
            with workspace_scope(workspace_id):
                checked += check(decision_id)
        except Exception:
            logger.exception("Decision %s was not measured.", decision_id)
    return checked


def check(decision_id: UUID) -> bool:
    """Hold one against its threshold; false where another worker did, or it was dropped. Without
    a value, such as a ratio of nothing, it has not held."""
    found = Decision.objects.select_for_update(no_key=True).filter(pk=decision_id).first()
    if found is None or found.state != State.OPEN:
        return False
    value = value_now(found, until=found.due_on)
    found.value_after, found.measured_at = _exact(value), timezone.now()
    found.state = State.HELD if is_held(found, value) else State.MISSED
    found.save(update_fields=["value_after", "measured_at", "state"])
    _record(types.DECISION_MEASURED, found, None)
    people = {one.pk: one for one in (found.owner, found.made_by) if one and one.is_active}
    notify(
        people.values(),
        kind="decision",
        topic=f"decision:{found.pk}",
        words=HELD if found.state == State.HELD else MISSED,
        data={"text": found.text},
        link=_link(),
        level="good" if found.state == State.HELD else "warning",
    )
    return True


def value_now(decision: Decision, *, until: date | None = None) -> float | None:
    """Its metric over the seven days that end with `until`, today by default."""
    last = until or local_day(timezone.now())
    first = last - timedelta(days=DAYS - 1)
    return measure(metric(decision.metric), decision.report, first, last, decision.filter)


def is_held(decision: Decision, value: float | None) -> bool:
    """Whether a value keeps what was promised."""
    if value is None:
        return False
    if decision.condition == Decision.Condition.AT_LEAST:
        return value >= float(decision.threshold)
    return value <= float(decision.threshold)


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 6)))


def _record(action: str, decision: Decision, by: By | None) -> None:
    data = {
        "text": decision.text,
        "metric": decision.metric,
        "due_on": decision.due_on.isoformat(),
        "state": decision.state,
    }
    record(action, subject=decision, by=by or SYSTEM, data=data)


def _link() -> str:
    try:
        return reverse("ground:decisions", args=[workspace_in_scope().slug])
    except NoReverseMatch:
        return ""
