from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import Pages
from core.api.problems import Conflict as Meanwhile
from core.api.problems import Unprocessable
from crm.actions import Conflict, accept_deal, create_deal, move_deal, update_deal
from crm.actions.creating import default_pipeline, first_stage
from crm.api import references
from crm.api.filters import DealQuery
from crm.api.money import amounts
from crm.api.serializers import DealChangesSerializer, DealSerializer, NewDealSerializer
from crm.models import Deal, Stage
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

OF_MOVES = ("loss_reason", "loss_comment", "evidence")
OF_REFERENCES = ("owner", "team", "company")


class NewestDealsFirst(Pages):
    # As the index has it.
    order = ("-created_at", "id")


class OfDeals(WorkspaceView):
    """Deals that the token may see."""

    reading, writing = (Verb.READ_DEALS,), (Verb.WRITE_DEALS,)

    def deals(self) -> Any:
        """All of them."""
        return Deal.objects.visible_to(self.viewer)

    def deal(self, pk: UUID) -> Deal:
        """One of them. Raises `Http404`."""
        found: Deal = get_object_or_404(self.deals().select_related("stage__pipeline"), pk=pk)
        return found

    def shown(self, pk: UUID, code: int = status.HTTP_200_OK) -> Response:
        """A deal as it is now; whoever gave it away may not see it any more, but sees this."""
        found = Deal.objects.select_related("loss_reason").get(pk=pk)
        return Response(DealSerializer(found).data, status=code)


@extend_schema(tags=["deals"])
class DealList(OfDeals, generics.ListAPIView[Deal]):
    """Deals, the newest first."""

    serializer_class = DealSerializer
    pagination_class = NewestDealsFirst

    def get_queryset(self) -> Any:
        asked = DealQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.narrow(self.deals().select_related("loss_reason"))

    @extend_schema(parameters=[DealQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewDealSerializer, responses={201: DealSerializer})
    def post(self, request: Request) -> Response:
        """Make a deal. 422 says which fields the stage asks for."""
        given = checked(NewDealSerializer, request.data)
        conversation = references.conversation(self.viewer, given.pop("conversation", None))
        contact = references.contact(self.viewer, given.pop("contact", None))
        if contact is None and conversation is not None:
            contact = conversation.contact
        if contact is None:
            raise Unprocessable(_("Give a contact or a conversation."))
        if conversation is not None and conversation.contact_id != contact.pk:
            raise Unprocessable(_("The conversation is not this contact’s."))
        stage = self._stage(given)
        moves = {name: given.pop(name) for name in OF_MOVES if name in given}
        accepts = given.pop("accepted", False)
        deal = create_deal(
            contact=contact,
            conversation=conversation,
            stage=stage,
            by=self.viewer,
            **written(given),
        )
        if moves:
            move(deal, stage, moves, by=self.viewer)
        if accepts:
            accept_deal(deal, by=self.viewer)
        return self.shown(deal.pk, status.HTTP_201_CREATED)

    def _stage(self, given: dict[str, Any]) -> Stage:
        pipeline = references.pipeline(self.viewer, given.pop("pipeline", None))
        stage = references.stage(self.viewer, given.pop("stage", None))
        if stage is None:
            return first_stage(pipeline or default_pipeline())
        if pipeline is not None and stage.pipeline_id != pipeline.pk:
            raise Unprocessable(_("The stage is not of this pipeline."))
        return stage


@extend_schema(tags=["deals"])
class DealDetail(OfDeals):
    """One deal."""

    @extend_schema(responses=DealSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return self.shown(self.deal(pk).pk)

    @extend_schema(request=DealChangesSerializer, responses=DealSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given; `stage` moves the deal, with its reason where it is lost."""
        deal = self.deal(pk)
        given = checked(DealChangesSerializer, request.data)
        moves = {name: given.pop(name) for name in OF_MOVES if name in given}
        seen = given.pop("seen_stage", None)
        accepts = given.pop("accepted", False)
        stage = references.stage(self.viewer, given.pop("stage", None))
        if given:
            # First, so that what the stage asks for may come in the same body.
            deal = update_deal(deal, by=self.viewer, **written(given))
        if stage is not None or moves:
            move(deal, stage or deal.stage, moves, by=self.viewer, seen_stage=seen)
        if accepts:
            accept_deal(deal, by=self.viewer)
        return self.shown(deal.pk)


def written(given: dict[str, Any]) -> dict[str, Any]:
    """What was sent, as the actions take it. Raises `Unprocessable`."""
    values = amounts(given, "amount", "cost")
    for name in OF_REFERENCES:
        if name in values:
            values[name] = getattr(references, _FINDERS[name])(values[name])
    return values


def move(
    deal: Deal, stage: Stage, moves: dict[str, Any], *, by: Any, seen_stage: Any = None
) -> None:
    """Put a deal into a stage, or give the one it is in another reason. Raises 409 and 422."""
    if stage.pk == deal.stage_id and not stage.is_closed and any(moves.values()):
        raise Unprocessable(_("A deal in work has no reason for its loss."))
    comment = moves.get("loss_comment")
    if stage.pk == deal.stage_id:
        # What is not given stays.
        reason = moves.get("loss_reason", str(deal.loss_reason_id or ""))
        comment = deal.loss_comment if comment is None else comment
        evidence = moves.get("evidence", deal.evidence_id)
    else:
        reason, evidence = moves.get("loss_reason"), moves.get("evidence")
    try:
        move_deal(
            deal,
            to=stage,
            by=by,
            seen_stage=seen_stage,
            loss_reason=references.loss_reason(reason, stage),
            loss_comment=comment or "",
            evidence=references.evidence(by, evidence),
        )
    except Conflict as conflict:
        raise Meanwhile(" ".join(conflict.messages)) from None


_FINDERS = {"owner": "member", "team": "team", "company": "company"}
