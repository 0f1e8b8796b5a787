"""The deal in the card beside a conversation: what its section shows."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from core import money
from crm.models import Deal, DealFollower, LossReason, Pipeline, Stage
from crm.models.stage import Group
from inbox.models import Conversation, Message
from workspaces.models import Membership
from workspaces.permissions import Verb, can
from workspaces.zones import local_day

MOST_OTHERS = 10
MOST_EVIDENCE = 30


@dataclass(frozen=True)
class Step:
    """A segment of the bar of stages."""

    css: str


def deals_of(viewer: Membership, conversation: Conversation) -> list[Deal]:
    """The contact's deals that the viewer may see: this conversation's first, open ones first, the
    newest first."""
    found = (
        Deal.objects.visible_to(viewer)
        .filter(contact=conversation.contact_id)
        .select_related("stage", "pipeline", "owner__user", "loss_reason")
        .order_by("-created_at")[: MOST_OTHERS + 1]
    )
    return sorted(
        found,
        key=lambda deal: (
            deal.status != Deal.Status.OPEN,
            deal.conversation_id != conversation.pk,
        ),
    )


def section(
    viewer: Membership, conversation: Conversation, wanted: UUID | None = None
) -> dict[str, Any]:
    """What the section shows; of the deal `wanted`, where the contact has it."""
    deals = deals_of(viewer, conversation)
    deal = next((one for one in deals if one.pk == wanted), deals[0] if deals else None)
    may_write = can(viewer, Verb.WRITE_DEALS)
    context: dict[str, Any] = {
        "conversation": conversation,
        "deal": deal,
        "others": [_brief(other) for other in deals if other is not deal],
        "may_write": may_write,
        "viewer": viewer,
    }
    if may_write:
        context["pipelines"] = list(Pipeline.objects.visible_to(viewer).in_use().in_order())
    if deal is not None:
        context |= _of_deal(viewer, deal)
    return context


def reasons_of(deal: Deal) -> list[dict[str, Any]]:
    """The stages of the deal's pipeline that lose it, each with the groups of its reasons."""
    stages = deal.pipeline.stages.in_use().filter(group__in=[Group.LOST, Group.NOT_A_LEAD])
    known = LossReason.objects.filter(
        Q(pipeline=None) | Q(pipeline=deal.pipeline_id), archived_at=None
    ).order_by("position", "id")
    reasons = list(known)
    found = []
    for stage in stages.in_order():
        groups = [
            (group, [one for one in reasons if one.parent_id == group.pk])
            for group in reasons
            if group.parent_id is None and group.outcome == stage.group
        ]
        found.append({"stage": stage, "groups": groups})
    return found


def evidence_of(deal: Deal) -> list[Message]:
    """The customer's latest messages, the newest first, any of which may show why."""
    if deal.conversation_id is None:
        return []
    said = Message.objects.filter(
        conversation=deal.conversation_id, direction="incoming", deleted_at=None
    )
    return list(said.exclude(text="").order_by("-sent_at", "-id")[:MOST_EVIDENCE])


def _of_deal(viewer: Membership, deal: Deal) -> dict[str, Any]:
    stages = list(deal.pipeline.stages.in_use().in_order())
    active = [stage for stage in stages if stage.group == Group.ACTIVE]
    number = next((at for at, one in enumerate(active, start=1) if one.pk == deal.stage_id), 0)
    return {
        "amount": money.words(deal.amount, deal.currency),
        "typed_amount": money.words(deal.amount, deal.currency) if deal.amount is not None else "",
        "paid": money.words(deal.paid, deal.currency) if deal.paid else "",
        "steps": _steps(deal, active, number),
        "step_number": number,
        "step_count": len(active),
        "days": (local_day(timezone.now()) - local_day(deal.stage_since)).days + 1,
        "stages": [stage for stage in stages if stage.group in {Group.ACTIVE, Group.WON}],
        "may_refuse": any(stage.group in {Group.LOST, Group.NOT_A_LEAD} for stage in stages),
        "is_lost": deal.status in {Deal.Status.LOST, Deal.Status.NOT_A_LEAD},
        "is_followed": DealFollower.objects.filter(deal=deal, membership=viewer).exists(),
    }


def _steps(deal: Deal, active: list[Stage], number: int) -> list[Step]:
    if deal.status == Deal.Status.WON:
        return [Step("is-done") for _ in active]
    names = ["is-done"] * (number - 1) + ["is-now"] if number else []
    return [Step(css) for css in [*names, *[""] * (len(active) - len(names))]]


def _brief(deal: Deal) -> dict[str, Any]:
    return {
        "id": deal.pk,
        "name": deal.title or f"№ {deal.number}",
        "stage": deal.stage.name,
        "amount": money.words(deal.amount, deal.currency) if deal.amount is not None else "",
        "is_open": deal.status == Deal.Status.OPEN,
    }
