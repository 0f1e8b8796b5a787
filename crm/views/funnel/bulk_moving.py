"""Many deals moved to one stage, and what the stage wants to know first."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from core.http import turbo_stream
from crm.actions import move_deal
from crm.forms.required import RequiredForm
from crm.models import Deal
from crm.reasons import EXPLAINED, families_of
from crm.views.funnel.reasons import Explanation
from crm.views.funnel.shared import Asked, find_stage, uuid_of
from workspaces.requests import WorkspaceRequest


class BulkMove:
    """The deals on their way, with the answers that came with them, `answered`."""

    def __init__(self, request: WorkspaceRequest, deals: list[Deal]) -> None:
        """Raises `Http404` when there is no such stage."""
        self.request = request
        self.stage = find_stage(request, uuid_of(request.POST.get("stage")))
        self.deals = [deal for deal in deals if deal.stage_id != self.stage.pk]
        self.is_answered = "answered" in request.POST
        given = request.POST if self.is_answered else None
        self.form = RequiredForm(given, deals=self.deals, stage=self.stage)
        self.explanation = Explanation.of(request.POST)

    def question(self, found: Asked) -> HttpResponse | None:
        """The dialog that asks, as 422 since nothing is done yet; None when all is said."""
        is_explained = self.stage.group in EXPLAINED
        if not self.deals or not (is_explained or self.form.names):
            return None
        error = ""
        if self.is_answered:
            if not self.explanation.explains(self.stage):
                error = _("Choose a reason.")
            elif self.form.is_valid():
                return None
        context: dict[str, Any] = {
            **found.context(),
            **self.explanation.context(),
            "deals": self.deals,
            "stage": self.stage,
            "form": self.form,
            "error": error,
            "is_explained": is_explained,
            "families": families_of(self.stage) if is_explained else [],
        }
        template = "crm/funnel/streams/bulk_question.html"
        return turbo_stream(self.request, template, context, status=422)

    def __call__(self, deal: Deal) -> str:
        """Move one; tells where it was. Raises `ValidationError`."""
        if deal.stage_id != self.stage.pk:
            if self.is_answered and self.form.names:
                self.form.save(deal, by=self.request.membership)
            move_deal(
                deal,
                to=self.stage,
                by=self.request.membership,
                seen_stage=deal.stage_id,
                loss_reason=self.explanation.reason,
                loss_comment=self.explanation.comment,
            )
        return str(deal.stage_id)
