"""What must hold of a series before it is stored, and before it runs."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.conditions import InvalidCondition
from crm.models import Pipeline, Stage
from marketing.audience import fulfilling, members_of
from marketing.checks import check_ready as check_broadcast
from marketing.checks import check_stored as check_message
from marketing.checks import tells_reading
from marketing.models import Series, SeriesStep
from marketing.series import reasons

MOST_STEPS: Final = 30
MOST_GOALS: Final = 10
LONGEST_DELAY: Final = 366 * 24 * 60


def check_stored(series: Series) -> None:
    """Raise `ValidationError` for what cannot even be kept as a draft."""
    if series.conditions:
        fulfilling(series.conditions)
    _check_settings(series.trigger_settings)
    if len(series.goals) > MOST_GOALS:
        raise ValidationError(
            _("At most %(count)d goals."), code="goals", params={"count": MOST_GOALS}
        )
    for goal in series.goals:
        _check_goal(goal)
    days = series.reentry_days
    if days is not None and not 0 <= days <= 3650:
        raise ValidationError(_("Name a number of days."), code="reentry_days")


def check_step(step: SeriesStep) -> None:
    """Raise `ValidationError` for a step that cannot be kept."""
    if not 0 <= step.delay_minutes <= LONGEST_DELAY:
        raise ValidationError(_("A step waits for a year at most."), code="delay")
    if set(step.requires) - set(reasons.REQUIRES):
        raise ValidationError(_("A step cannot ask for that."), code="requires")
    if step.conditions:
        fulfilling(step.conditions)
    check_message(step.broadcast)


def check_ready(series: Series) -> None:
    """Raise `ValidationError` when it cannot run as it is; the words name the step."""
    check_stored(series)
    settings = series.trigger_settings
    trigger = Series.Trigger
    if series.trigger == trigger.SEGMENT:
        if series.segment is None:
            raise ValidationError(_("Choose a segment."), code="segment")
        try:
            members_of(series.segment)
        except InvalidCondition as error:
            raise ValidationError(
                _("The segment cannot be read any more: %(words)s"),
                code="segment",
                params={"words": error.messages[0]},
            ) from None
    if series.trigger == trigger.DEAL_MOVED and not settings.get("stage"):
        raise ValidationError(_("Choose a stage."), code="stage")
    if series.trigger == trigger.LABEL_ADDED and not settings.get("label"):
        raise ValidationError(_("Choose a label."), code="label")
    steps = list(SeriesStep.objects.filter(series=series).in_order().select_related("broadcast"))
    if not steps:
        raise ValidationError(_("Add a step."), code="steps")
    for number, step in enumerate(steps, 1):
        try:
            check_broadcast(step.broadcast)
        except ValidationError as error:
            raise ValidationError(
                _("Step %(number)d: %(words)s"),
                code=error.code,
                params={"number": number, "words": error.messages[0]},
            ) from None
        if {"read", "not_read"} & set(step.requires) and not tells_reading(step.broadcast):
            raise ValidationError(
                _(
                    "Step %(number)d: none of the channels tells who has read, so a step cannot "
                    "ask for it."
                ),
                code="requires",
                params={"number": number},
            )


def _check_settings(settings: Mapping[str, Any]) -> None:
    if set(settings) - {"stage", "pipeline", "label", "channel"}:
        raise ValidationError(_("A series cannot ask for that."), code="trigger")
    if settings.get("stage"):
        _check_stage(settings["stage"])
    pipeline = settings.get("pipeline")
    if pipeline and not Pipeline.objects.filter(pk=_uuid(pipeline)).exists():
        raise ValidationError(_("There is no such pipeline."), code="pipeline")


def _check_goal(goal: Mapping[str, Any]) -> None:
    kind = goal.get("kind")
    if kind not in reasons.GOALS:
        raise ValidationError(_("There is no such goal."), code="goals")
    if kind == "deal_stage":
        _check_stage(goal.get("stage"))
    if kind == "conditions":
        if not goal.get("conditions"):
            # Nothing asked for would be everybody, at once.
            raise ValidationError(_("Say what is to be fulfilled."), code="goals")
        fulfilling(goal["conditions"])


def _check_stage(pk: Any) -> None:
    if not Stage.objects.filter(pk=_uuid(pk)).exists():
        raise ValidationError(_("There is no such stage."), code="stage")


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
