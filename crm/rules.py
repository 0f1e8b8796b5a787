"""Which rule applies to the deals of a channel."""

from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from crm.actions.creating import default_pipeline, first_stage
from crm.models import DealRule, Stage
from crm.models.stage import Group
from workspaces.zones import workspace_in_scope


def rules() -> dict[UUID | None, DealRule]:
    """All rules by their channel; the workspace's own, or the defaults, under None."""
    known = DealRule.objects.select_related("pipeline", "stage__pipeline")
    found: dict[UUID | None, DealRule] = {rule.channel_id: rule for rule in known}
    found.setdefault(None, DealRule())
    return found


def rule_of(channel: Channel | None) -> DealRule:
    """The rule of a channel: its own, the workspace's, or the defaults."""
    known = rules()
    return known.get(channel.pk if channel else None) or known[None]


def stage_of(rule: DealRule) -> Stage:
    """Where deals born by the rule begin; when its stage or pipeline is gone, the next best.

    Raises `ValidationError` when there is no pipeline at all.
    """
    stage: Stage | None = rule.stage
    if stage is not None and stage.archived_at is None and stage.group == Group.ACTIVE:
        return stage
    pipeline = rule.pipeline
    if pipeline is None or pipeline.archived_at is not None:
        pipeline = default_pipeline()
    return first_stage(pipeline)


def rule_words() -> str:
    """What the history calls the rule, in the workspace's own language."""
    with translation.override(workspace_in_scope().language):
        return _("Deals from conversations")
