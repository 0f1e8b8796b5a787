"""Reasons for losing a deal or refusing a lead: which fit a stage, the narrower under the wider."""

from collections.abc import Sequence
from typing import Final

from crm.models import Group, LossReason, Stage

# Whoever puts a deal there is asked why.
EXPLAINED: Final = {Group.LOST, Group.NOT_A_LEAD}

Families = list[tuple[LossReason, list[LossReason]]]


def reasons_in_use() -> list[LossReason]:
    """All reasons that may be given, in their order."""
    return list(LossReason.objects.filter(archived_at=None).order_by("position", "id"))


def families_of(stage: Stage, reasons: Sequence[LossReason] | None = None) -> Families:
    """Groups of reasons for a stage's outcome, each with its reasons; out of `reasons`, if these
    are known already."""
    known = reasons_in_use() if reasons is None else reasons
    fitting = [
        one
        for one in known
        if one.outcome == stage.group and one.pipeline_id in {None, stage.pipeline_id}
    ]
    families = [one for one in fitting if one.parent_id is None]
    return [(family, [one for one in fitting if one.parent_id == family.pk]) for family in families]
