"""Cards on their way: dropped beside others, dropped on an outcome with its reason, taken back."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.http import invalid, see_other, turbo_stream
from crm.actions import Conflict, move_deal
from crm.board.cards import load
from crm.forms.required import RequiredForm
from crm.models import Deal, Stage
from crm.reasons import EXPLAINED, families_of
from crm.views.funnel.reasons import Explanation
from crm.views.funnel.shared import find_deal, find_stage, uuid_of, writable
from inbox.models import Message
from inbox.models.message import Direction
from workspaces.permissions import Verb, require
from workspaces.requests import WorkspaceRequest

MOST_EVIDENCE = 30


@require_POST
def place(request: WorkspaceRequest, slug: str, deal_id: UUID) -> HttpResponse:
    """Put a card into a stage, right `before` or `after` another.

    204, or the `sheet` that asked: done, and the live news draws the card. 409 and 422: refused,
    with the reason in words and the card where it belongs.
    """
    deal = writable(request, deal_id)
    stage = find_stage(request, uuid_of(request.POST.get("stage")))
    origin = deal.stage
    try:
        moved = move_deal(
            deal,
            to=stage,
            by=request.membership,
            before=uuid_of(request.POST.get("before")),
            after=uuid_of(request.POST.get("after")),
            seen_stage=uuid_of(request.POST.get("seen_stage")),
        )
    except ValidationError as error:
        lacks = stage if _lacks_fields(error) else None
        return _put_back(request, deal, error, lacks=lacks)
    if stage.is_closed and origin.pk != stage.pk:
        context = {"deal": moved, "origin": origin, "funnel_url": _funnel_url(slug)}
        return turbo_stream(request, "crm/funnel/streams/closed.html", context)
    if "sheet" in request.POST:
        # The sheet's frame would keep the address of an empty answer as its own.
        return see_other("funnel:deal", slug, deal.pk)
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: WorkspaceRequest, slug: str, deal_id: UUID) -> HttpResponse:
    """GET: what the stage `?stage=` wants to know: a refusal's reason, fields that the deal lacks.
    POST: move the deal with it."""
    deal = find_deal(request, deal_id)
    require(request.membership, Verb.WRITE_DEALS)
    asked = request.POST if request.method == "POST" else request.GET
    stage = find_stage(request, uuid_of(asked.get("stage")))
    context = _outcome_context(request, deal, stage)
    given = request.POST if request.method == "POST" else None
    form = RequiredForm(given, deals=[deal], stage=stage)
    context["form"] = form
    if request.method != "POST":
        return render(request, "crm/funnel/_outcome.html", context)
    explanation = Explanation.of(request.POST)
    context |= explanation.context()
    evidence_id = uuid_of(asked.get("evidence"))
    evidence = Message.objects.filter(pk=evidence_id).first() if evidence_id else None
    if not explanation.explains(stage):
        context["error"] = _("Choose a reason.")
        return invalid(request, "crm/funnel/_outcome.html", context)
    if not form.is_valid():
        return invalid(request, "crm/funnel/_outcome.html", context)
    origin = deal.stage
    try:
        form.save(deal, by=request.membership)
        moved = move_deal(
            deal,
            to=stage,
            by=request.membership,
            seen_stage=uuid_of(asked.get("seen_stage")),
            loss_reason=explanation.reason,
            loss_comment=explanation.comment,
            evidence=evidence,
        )
    except Conflict as error:
        return _put_back(request, deal, error)
    except ValidationError as error:
        words = " ".join(error.messages)
        return invalid(request, "crm/funnel/_outcome.html", {**context, "error": words})
    done = {"deal": moved, "origin": origin, "funnel_url": _funnel_url(slug)}
    if stage.is_closed:
        return turbo_stream(request, "crm/funnel/streams/closed.html", done)
    done["cards"] = load(Deal.objects.visible_to(request.membership).filter(pk=moved.pk))
    return turbo_stream(request, "crm/funnel/streams/moved.html", done)


def _lacks_fields(error: ValidationError) -> bool:
    return "required" in getattr(error, "error_dict", {})


def _put_back(
    request: WorkspaceRequest, deal: Deal, error: ValidationError, *, lacks: Stage | None = None
) -> HttpResponse:
    """Why not, and the card as it is: in the stage that somebody else gave it, or where it was.

    What the stage `lacks` can be filled in at once: its form is opened.
    """
    shown = load(Deal.objects.visible_to(request.membership).filter(pk=deal.pk))
    context: dict[str, Any] = {
        "words": " ".join(error.messages),
        "cards": [card for card in shown if card.row.status == Deal.Status.OPEN],
        "gone": [card.id for card in shown if card.row.status != Deal.Status.OPEN],
        "funnel_url": _funnel_url(request.workspace.slug),
        "deal": deal,
        "lacks": lacks,
    }
    status = 409 if isinstance(error, Conflict) else 422
    return turbo_stream(request, "crm/funnel/streams/refusal.html", context, status=status)


def _outcome_context(request: WorkspaceRequest, deal: Deal, stage: Stage) -> dict[str, Any]:
    messages = Message.objects.visible_to(request.membership).filter(
        conversation_id=deal.conversation_id
    )
    return {
        "deal": deal,
        "stage": stage,
        "is_explained": stage.group in EXPLAINED,
        "families": families_of(stage),
        "messages_of_deal": (
            messages.exclude(direction=Direction.INTERNAL)
            .exclude(text="")
            .order_by("-sent_at")[:MOST_EVIDENCE]
            if deal.conversation_id
            else []
        ),
        "funnel_url": _funnel_url(request.workspace.slug),
        "chosen": None,
        "comment": "",
    }


def _funnel_url(slug: str) -> str:
    return f"/w/{slug}/funnel/"
