"""Refusals of leads follow the deals: whoever puts a deal among the stages "not a lead" refuses it,
whoever takes it out again takes the refusal back."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.history import By
from crm.models import Deal, LeadRefusal, LossReason, RefusalRule, Stage
from crm.models.stage import Group
from inbox.models import Message
from inbox.models.message import Direction
from workspaces.models import Membership


def rule() -> RefusalRule:
    """The workspace's rule, or the defaults."""
    return RefusalRule.objects.first() or RefusalRule()


def check_evidence(deal: Deal, reason: LossReason | None, evidence: Message | None) -> None:
    """Raises `ValidationError` where the rule asks for more than was given."""
    if not rule().requires_evidence:
        return
    if reason is None:
        raise ValidationError({"loss_reason": _("Choose a reason.")})
    if evidence is None and deal.conversation_id is not None:
        heard = Message.objects.filter(conversation_id=deal.conversation_id)
        if heard.filter(direction=Direction.INCOMING).exists():
            raise ValidationError({"evidence": _("Choose the message that shows it.")})


def follow(deal: Deal, origin: Stage, stage: Stage, *, by: By, at: datetime) -> None:
    """Open a refusal, or take the one that is open back, as the deal has moved."""
    was, is_now = origin.group == Group.NOT_A_LEAD, stage.group == Group.NOT_A_LEAD
    if is_now and not was:
        LeadRefusal.objects.create(
            deal=deal,
            reason=deal.loss_reason,
            comment=deal.loss_comment,
            evidence=deal.evidence,
            origin=origin,
            refused_by=by if isinstance(by, Membership) else None,
            refused_at=at,
            answer_due_at=at + timedelta(days=rule().answer_days),
        )
    elif was and not is_now:
        taken_back = LeadRefusal.objects.open().filter(deal=deal)
        taken_back.update(state=LeadRefusal.State.WITHDRAWN, decided_at=at)


def explain(deal: Deal) -> None:
    """Sales gave the deal another reason: the refusal that nobody has answered has it too."""
    LeadRefusal.objects.filter(deal=deal, state=LeadRefusal.State.WAITING).update(
        reason=deal.loss_reason, comment=deal.loss_comment, evidence=deal.evidence
    )
