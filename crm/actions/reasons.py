"""The list of reasons why deals are lost, in two levels."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import positions
from crm.actions.ordering import put_beside
from crm.actions.pipelines import manage, tell
from crm.history import By
from crm.models import LossReason, Pipeline
from crm.models.stage import Group

OUTCOMES = (Group.LOST.value, Group.NOT_A_LEAD.value)


def create_reason(
    *,
    name: str,
    by: By,
    outcome: str = Group.LOST,
    parent: LossReason | None = None,
    pipeline: Pipeline | None = None,
) -> LossReason:
    """Add a reason, or with no parent a group of reasons; for one pipeline or for all.

    A reason has its group's outcome and pipeline. Raises `ValidationError`.
    """
    manage(by)
    if parent is not None:
        if parent.parent_id is not None:
            raise ValidationError({"parent": _("Reasons have two levels only.")})
        outcome, pipeline = parent.outcome, parent.pipeline
    if outcome not in OUTCOMES:
        raise ValidationError({"outcome": _("Reasons are for losing or for not being a lead.")})
    same = _siblings(outcome, parent)
    last = same.order_by("position", "id").values_list("position", flat=True).last()
    reason: LossReason = LossReason.objects.create(
        name=_name(name, same),
        outcome=outcome,
        parent=parent,
        pipeline=pipeline,
        position=positions.between(last, None),
    )
    tell(reason, by, changed=["loss_reasons"])
    return reason


def update_reason(reason: LossReason, *, by: By, **values: Any) -> LossReason:
    """Change `name` or `pipeline` (with its reasons'). What was lost for it goes on naming it as
    it was called then. A no-op when nothing differs."""
    manage(by)
    changed = []
    if (name := values.get("name")) is not None and name.strip() != reason.name:
        others = _siblings(reason.outcome, reason.parent).exclude(pk=reason.pk)
        reason.name = _name(name, others)
        changed.append("name")
    if "pipeline" in values:
        pipeline = values["pipeline"]
        if reason.parent_id is not None:
            raise ValidationError({"pipeline": _("A reason belongs where its group does.")})
        if reason.pipeline_id != (pipeline.pk if pipeline else None):
            reason.pipeline = pipeline
            LossReason.objects.filter(parent=reason).update(pipeline=pipeline)
            changed.append("pipeline")
    if changed:
        reason.save(update_fields=changed)
        tell(reason, by, changed=["loss_reasons"])
    return reason


def place_reason(
    reason: LossReason, *, by: By, before: UUID | None = None, after: UUID | None = None
) -> None:
    """Put a reason right before or after another one of its level."""
    manage(by)
    put_beside(reason, _siblings(reason.outcome, reason.parent), before=before, after=after)
    tell(reason, by, changed=["loss_reasons"])


def archive_reason(reason: LossReason, *, by: By) -> None:
    """Offer a reason, and all of its group, no more. Deals lost for it keep it."""
    manage(by)
    mine = LossReason.objects.filter(Q(pk=reason.pk) | Q(parent=reason), archived_at=None)
    if mine.update(archived_at=timezone.now()):
        tell(reason, by, changed=["loss_reasons"])


def restore_reason(reason: LossReason, *, by: By) -> None:
    """Offer a reason again, and what went with it."""
    manage(by)
    reason.refresh_from_db()
    if reason.archived_at is None:
        return
    if reason.parent is not None and reason.parent.archived_at is not None:
        raise ValidationError(_("Restore its group first."))
    LossReason.objects.filter(parent=reason, archived_at=reason.archived_at).update(
        archived_at=None
    )
    LossReason.objects.filter(pk=reason.pk).update(archived_at=None)
    reason.archived_at = None
    tell(reason, by, changed=["loss_reasons"])


def _siblings(outcome: str, parent: LossReason | None) -> Any:
    return LossReason.objects.filter(outcome=outcome, parent=parent, archived_at=None)


def _name(name: str, others: Any) -> str:
    name = name.replace("\0", "").strip()[:120]
    if not name:
        raise ValidationError({"name": _("A name is needed.")})
    if others.filter(name__iexact=name).exists():
        raise ValidationError({"name": _("There is a reason of this name already.")})
    return name
