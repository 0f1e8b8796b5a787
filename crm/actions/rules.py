"""The rule by which deals are born from a channel's conversations."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from crm.actions.pipelines import manage
from crm.history import By
from crm.models import DealRule
from events import types
from events.journal import record

COLUMNS: Final = (
    "pipeline", "stage", "birth", "returning", "reopen_days", "owner", "archives_conversation",
)  # fmt: skip
LONGEST_REOPENING: Final = 3650


def set_deal_rule(*, channel: Channel | None, by: By, **values: Any) -> DealRule:
    """Give a channel, or with None the whole workspace, its rule. What is not given stays as it
    is, or as the defaults have it. Raises `ValidationError`."""
    manage(by)
    if unknown := set(values) - set(COLUMNS):
        raise TypeError(f"A rule has no {min(unknown)} to set.")
    rule = DealRule.objects.select_for_update(no_key=True).filter(channel=channel).first()
    is_new = rule is None
    rule = rule or DealRule(channel=channel)
    for name, value in values.items():
        setattr(rule, name, value)
    _check(rule)
    rule.save(force_insert=is_new)
    _tell(rule, by, "set")
    return rule


def remove_deal_rule(*, channel: Channel, by: By) -> None:
    """Let the workspace's rule apply to a channel again; a no-op when it does."""
    manage(by)
    rule = DealRule.objects.filter(channel=channel).first()
    if rule is not None:
        _tell(rule, by, "removed")
        rule.delete()


def _check(rule: DealRule) -> None:
    if not 0 <= rule.reopen_days <= LONGEST_REOPENING:
        raise ValidationError({"reopen_days": _("Give a number of days up to ten years.")})
    if rule.pipeline is not None and rule.pipeline.archived_at:
        raise ValidationError({"pipeline": _("This pipeline is archived.")})
    stage = rule.stage
    if stage is None:
        return
    if rule.pipeline is None:
        rule.pipeline = stage.pipeline
    if stage.pipeline_id != rule.pipeline.pk or stage.archived_at or stage.is_closed:
        raise ValidationError({"stage": _("Choose a stage of this pipeline that is in work.")})


def _tell(rule: DealRule, by: By, changed: str) -> None:
    channel = str(rule.channel_id) if rule.channel_id else None
    data = {"channel": channel, "birth": rule.birth, "changed": [changed]}
    record(types.DEAL_RULE_CHANGED, subject=rule, by=by, data=data)
