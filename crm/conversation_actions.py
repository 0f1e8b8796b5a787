"""What sales do with many conversations of the inbox at once: move their deals to a stage."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from crm.actions import create_deal, move_deal
from crm.models import Deal, Group, LossReason, Pipeline, Stage
from crm.reasons import EXPLAINED, families_of, reasons_in_use
from inbox.models import Conversation
from inbox.table.bulk import Act, Action, register_action
from workspaces.models import Membership
from workspaces.permissions import Verb


def stages_of(request: HttpRequest) -> dict[str, Any]:
    """The stages of the pipelines that the viewer may work in, those that lose a deal with their
    reasons."""
    pipelines = Pipeline.objects.visible_to(request.membership).in_use()  # type: ignore[attr-defined]
    stages = (
        Stage.objects.in_use()
        .filter(pipeline__in=pipelines)
        .select_related("pipeline")
        .order_by("pipeline__position", "pipeline_id", "position", "id")
    )
    reasons = reasons_in_use()
    return {
        "pipelines": [
            (pipeline, [(stage, families_of(stage, reasons)) for stage in of_pipeline])
            for pipeline, of_pipeline in groupby(stages, key=lambda stage: stage.pipeline)
        ]
    }


def change_stage(asked: Any, by: Membership) -> Act:
    """To the stage `stage`, or `stage:reason` for one that loses the deal; with `opens_deals` a
    deal is opened for who has none. Raises `Http404` for what there is not."""
    stage_id, _colon, reason_id = asked.get("stage", "").partition(":")
    pipelines = Pipeline.objects.visible_to(by)
    stages = Stage.objects.select_related("pipeline").filter(pipeline__in=pipelines)
    stage, reason = _one(stages, stage_id), None
    if reason_id:
        reason = _one(LossReason.objects.filter(archived_at=None), reason_id)
    elif stage.group in EXPLAINED:
        raise Http404
    opens_deals = asked.get("opens_deals") == "1"

    def act(conversation: Conversation) -> None:
        deal = deal_of(conversation, by)
        if deal is not None:
            if deal.stage_id != stage.pk:
                move_deal(deal, to=stage, by=by, seen_stage=deal.stage_id, loss_reason=reason)
        elif not opens_deals:
            raise ValidationError(_("There is no deal yet."))
        elif stage.group != Group.ACTIVE:
            raise ValidationError(_("A deal is opened in a stage that is at work."))
        else:
            create_deal(
                contact=conversation.contact,
                conversation=conversation,
                stage=stage,
                owner=conversation.assignee,
                by=by,
            )

    return act


def deal_of(conversation: Conversation, viewer: Membership) -> Deal | None:
    """The deal that the table shows: an open one before the others, then the latest."""
    deals = Deal.objects.of_conversations(viewer, [conversation.pk]).select_related("stage")
    newest = deals.order_by("-created_at", "id")
    found: Deal | None = newest.open().first() or newest.first()
    return found


def _one(rows: Any, text: str) -> Any:
    try:
        found = rows.filter(pk=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


register_action(
    Action(
        "stage",
        pgettext_lazy("deal", "Stage"),
        "board",
        Verb.WRITE_DEALS,
        change_stage,
        "crm/cells/_bulk_stage.html",
        stages_of,
    )
)
