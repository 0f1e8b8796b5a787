"""From stage to stage: on the board, by a rule, or to an outcome."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm import places, refusals
from crm.actions.creating import usable
from crm.actions.values import require_fields
from crm.history import By, Changes, deal_facts, record_deal
from crm.models import Deal, LossReason, Stage
from crm.models.stage import Group
from events import types
from inbox.models import Message
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

OUTCOMES = {
    Group.WON: types.DEAL_WON,
    Group.LOST: types.DEAL_LOST,
    Group.NOT_A_LEAD: types.DEAL_REJECTED,
}


class Conflict(ValidationError):
    """Somebody else was faster; the words say who did what."""


def move_deal(
    deal: Deal,
    *,
    to: Stage,
    by: By,
    before: UUID | None = None,
    after: UUID | None = None,
    seen_stage: UUID | None = None,
    loss_reason: LossReason | None = None,
    loss_comment: str = "",
    evidence: Message | None = None,
    rule: str = "",
    checks_fields: bool = True,
    at: datetime | None = None,
) -> Deal:
    """Move a deal to a stage, of its own or another pipeline, beside a card of that column.

    `seen_stage` is where the mover saw it: `Conflict` is raised when it is somewhere else by now.
    An outcome may carry a reason, a comment, and the message that shows it. Without
    `checks_fields` the stage takes the deal whatever it lacks. `at` is when it happened, where that
    is told afterwards. Raises `ValidationError` in words when the stage is gone or asks for what
    the deal lacks.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_DEALS)
    stage = usable(to)
    deal = locked(deal)
    if seen_stage is not None and deal.stage_id not in {seen_stage, stage.pk}:
        raise _moved_meanwhile(deal)
    if deal.stage_id == stage.pk:
        _reorder(deal, stage, before, after, by)
        _explain(deal, loss_reason, loss_comment, evidence, by, rule)
        return deal
    changes = Changes(deal, by, rule=rule)
    changes.at = at or changes.at
    origin = deal.stage
    _set_outcome(deal, stage, loss_reason, loss_comment, evidence, changes)
    deal.stage, deal.pipeline = stage, stage.pipeline
    if checks_fields:
        require_fields(deal, stage)
    deal.position = places.place(stage, before=before, after=after, moving=deal)
    deal.stage_since = changes.at
    if _is_taken_on(deal, stage, by):
        deal.accepted_at = changes.at
        changes.note("accepted_at", None, changes.at)
    changes.note("stage", origin.pk, stage.pk, before_words=origin.name, after_words=stage.name)
    if origin.pipeline_id != stage.pipeline_id:
        changes.note(
            "pipeline",
            origin.pipeline_id,
            stage.pipeline_id,
            before_words=origin.pipeline.name,
            after_words=stage.pipeline.name,
        )
    deal.save()
    refusals.follow(deal, origin, stage, by=by, at=changes.at)
    moved = {
        "from_stage": {"id": str(origin.pk), "name": origin.name, "group": origin.group},
        "to_stage": {"id": str(stage.pk), "name": stage.name, "group": stage.group},
    }
    changes.keep(types.DEAL_MOVED, **moved)
    _tell_outcome(deal, origin, changes)
    return deal


def accept_deal(deal: Deal, *, by: By, rule: str = "") -> Deal:
    """Sales take the lead on; a no-op when they did."""
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_DEALS)
    deal = locked(deal)
    if deal.accepted_at is not None:
        return deal
    changes = Changes(deal, by, rule=rule)
    deal.accepted_at = changes.at
    changes.note("accepted_at", None, changes.at)
    deal.save(update_fields=["accepted_at", "updated_at"])
    changes.keep(types.DEAL_ACCEPTED)
    return deal


def locked(deal: Deal) -> Deal:
    """The deal as it is now, held until the transaction ends."""
    # By itself: joined with the stage it had, a deal that is moved meanwhile would not be found.
    Deal.objects.select_for_update(no_key=True).only("pk").get(pk=deal.pk)
    found: Deal = Deal.objects.select_related(
        "stage__pipeline", "pipeline", "contact", "owner__user", "loss_reason"
    ).get(pk=deal.pk)
    return found


def _moved_meanwhile(deal: Deal) -> Conflict:
    """Where the deal is now, and who brought it there."""
    last = deal.changes.filter(field="stage").order_by("-at", "-id").first()
    words = {"stage": deal.stage.name, "who": last.author_name if last else ""}
    if not words["who"]:
        return Conflict(
            _("The deal was moved to “%(stage)s” meanwhile."), code="moved", params=words
        )
    return Conflict(
        _("The deal was moved to “%(stage)s” meanwhile: %(who)s was faster."),
        code="moved",
        params=words,
    )


def _reorder(deal: Deal, stage: Stage, before: UUID | None, after: UUID | None, by: By) -> None:
    """Within a column the place alone changes: no history, but others' boards must follow."""
    if before is None and after is None:
        return
    position = places.place(stage, before=before, after=after, moving=deal)
    if position == deal.position:
        return
    deal.position = position
    deal.save(update_fields=["position"])
    record_deal(types.DEAL_PLACED, deal, by=by, **deal_facts(deal))


def _set_outcome(
    deal: Deal,
    stage: Stage,
    loss_reason: LossReason | None,
    loss_comment: str,
    evidence: Message | None,
    changes: Changes,
) -> None:
    status = Deal.Status.OPEN if stage.group == Group.ACTIVE else Deal.Status(stage.group)
    if deal.status != status:
        changes.note(
            "status",
            deal.status,
            status,
            before_words=Deal.Status(deal.status).label,
            after_words=status.label,
        )
        closed_at = changes.at if stage.is_closed else None
        changes.note("closed_at", deal.closed_at, closed_at)
        deal.status, deal.closed_at = status, closed_at
    if stage.group in {Group.LOST, Group.NOT_A_LEAD}:
        _check_reason(stage, loss_reason, loss_comment)
        if stage.group == Group.NOT_A_LEAD and isinstance(changes.by, Membership | ApiToken):
            refusals.check_evidence(deal, loss_reason, evidence)
        _set_reason(deal, loss_reason, loss_comment, evidence, changes)
    elif deal.loss_reason_id or deal.loss_comment or deal.evidence_id:
        _set_reason(deal, None, "", None, changes)


def _check_reason(stage: Stage, reason: LossReason | None, comment: str) -> None:
    if reason is not None:
        fits = reason.outcome == stage.group and reason.pipeline_id in {None, stage.pipeline_id}
        if not fits or reason.archived_at:
            raise ValidationError({"loss_reason": _("This reason does not belong to the stage.")})
    elif comment and not stage.pipeline.allows_free_reason:
        raise ValidationError({"loss_reason": _("Choose a reason from the list.")})


def _set_reason(
    deal: Deal,
    reason: LossReason | None,
    comment: str,
    evidence: Message | None,
    changes: Changes,
) -> None:
    if deal.loss_reason_id != (reason.pk if reason else None):
        changes.note(
            "loss_reason",
            deal.loss_reason_id,
            reason.pk if reason else None,
            before_words=deal.loss_reason.name if deal.loss_reason else "",
            after_words=reason.name if reason else "",
        )
        deal.loss_reason = reason
    comment = comment.replace("\0", "").strip()[:500]
    if deal.loss_comment != comment:
        changes.note("loss_comment", deal.loss_comment, comment)
        deal.loss_comment = comment
    if evidence is not None and (
        deal.conversation_id is None or evidence.conversation_id != deal.conversation_id
    ):
        raise ValidationError({"evidence": _("The message is not of this deal’s conversation.")})
    if deal.evidence_id != (evidence.pk if evidence else None):
        changes.note("evidence", deal.evidence_id, evidence.pk if evidence else None)
        deal.evidence = evidence


def _explain(
    deal: Deal,
    reason: LossReason | None,
    comment: str,
    evidence: Message | None,
    by: By,
    rule: str,
) -> None:
    """Give a deal that is lost already another reason."""
    if reason is None and not comment and evidence is None:
        return
    if deal.stage.group not in {Group.LOST, Group.NOT_A_LEAD}:
        return
    changes = Changes(deal, by, rule=rule)
    _check_reason(deal.stage, reason, comment)
    _set_reason(deal, reason, comment, evidence, changes)
    deal.save()
    refusals.explain(deal)
    changes.keep(types.DEAL_UPDATED)


def _is_taken_on(deal: Deal, stage: Stage, by: By) -> bool:
    """Moving a lead forward takes it on; putting it among the refusals does not."""
    return deal.accepted_at is None and stage.group in {Group.ACTIVE, Group.WON}


def _tell_outcome(deal: Deal, origin: Stage, changes: Changes) -> None:
    if origin.group == deal.stage.group:
        return
    action = OUTCOMES.get(Group(deal.stage.group), types.DEAL_REOPENED)
    facts: dict[str, Any] = deal_facts(deal)
    if deal.loss_reason is not None:
        facts["loss_reason"] = {"id": str(deal.loss_reason.pk), "name": deal.loss_reason.name}
    if changes.rule:
        facts["rule"] = changes.rule
    record_deal(action, deal, by=changes.by, at=changes.at, **facts)
