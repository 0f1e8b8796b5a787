"""The deal beside a conversation, a frame of the customer's card."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.http import invalid, see_other, turbo_stream
from crm import panel as parts
from crm.actions import (
    Conflict,
    accept_deal,
    assign_deal,
    create_deal,
    follow_deal,
    move_deal,
    unfollow_deal,
    update_deal,
)
from crm.actions.values import held
from crm.board.history import label_of
from crm.deal_sheet.meanwhile import Meanwhile
from crm.forms.panel import AmountForm, NewDealForm, RefusalForm
from crm.forms.required import PREFIX, RequiredForm
from crm.models import Deal, Stage
from crm.sellers import sellers
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.permissions import Verb, require
from workspaces.requests import WorkspaceRequest, allowed

TEMPLATE = "crm/panel/panel.html"


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_DEALS)
def panel(request: WorkspaceRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """GET: the section, of ?deal= where that is named. POST: a deal made by hand."""
    conversation = _conversation(request, conversation_id)
    if request.method != "POST":
        return _shown(request, conversation, _wanted(request.GET.get("deal", "")))
    require(request.membership, Verb.WRITE_DEALS)
    form = NewDealForm(request.POST, viewer=request.membership)
    if not form.is_valid():
        return _refused(request, conversation, None, _words(form))
    given = form.cleaned_data
    try:
        deal = create_deal(
            contact=conversation.contact,
            conversation=conversation,
            pipeline=given["pipeline"],
            title=given["title"],
            amount=given["amount"],
            owner=request.membership,
            by=request.membership,
        )
    except ValidationError as refusal:
        return _refused(request, conversation, None, " ".join(refusal.messages))
    return _back(request, conversation, deal)


@require_POST
@allowed(Verb.WRITE_DEALS)
def amount(
    request: WorkspaceRequest, slug: str, conversation_id: UUID, deal_id: UUID
) -> HttpResponse:
    """Say what the deal is worth. 422 also where it is worth something else by now than what the
    form, with `seen`, showed."""
    conversation, deal = _find(request, conversation_id, deal_id)
    form = AmountForm(request.POST)
    if not form.is_valid():
        return _refused(request, conversation, deal, _words(form))
    value = form.cleaned_data["amount"]
    seen = {"amount": request.POST["seen"]} if "seen" in request.POST else None
    try:
        update_deal(deal, by=request.membership, seen=seen, amount=value)
    except Conflict as error:
        return _meanwhile(request, conversation, deal, error)
    except ValidationError as refused:
        return _refused(request, conversation, deal, " ".join(refused.messages))
    return _back(request, conversation, deal)


@require_POST
@allowed(Verb.WRITE_DEALS)
def stage(
    request: WorkspaceRequest, slug: str, conversation_id: UUID, deal_id: UUID
) -> HttpResponse:
    """Move the deal to a stage of its pipeline; what the stage asks for and the deal lacks is asked
    for first."""
    conversation, deal = _find(request, conversation_id, deal_id)
    stages = Stage.objects.filter(pipeline=deal.pipeline_id)
    target = get_object_or_404(stages, pk=_wanted(request.POST.get("stage", "")))
    seen = _wanted(request.POST.get("seen", ""))
    is_filled = any(name.startswith(PREFIX) for name in request.POST)
    form = RequiredForm(request.POST if is_filled else None, deals=[deal], stage=target)
    if form.names and not form.is_valid():
        asked = {"required": form, "target": target, "seen": seen}
        context = _context(request, conversation, deal.pk) | asked
        return invalid(request, TEMPLATE, context)

    def act() -> None:
        if form.names:
            form.save(deal, by=request.membership)
        move_deal(deal, to=target, by=request.membership, seen_stage=seen)

    return _done(request, conversation, deal, act)


@require_POST
@allowed(Verb.WRITE_DEALS)
def owner(
    request: WorkspaceRequest, slug: str, conversation_id: UUID, deal_id: UUID
) -> HttpResponse:
    """Give the deal to a member, or to nobody."""
    conversation, deal = _find(request, conversation_id, deal_id)
    named = request.POST.get("member", "")
    member = None
    if named:
        member = get_object_or_404(Membership.objects.active(), pk=_wanted(named))
    return _done(
        request,
        conversation,
        deal,
        lambda: assign_deal(deal, to=member, by=request.membership),
    )


@require_POST
@allowed(Verb.WRITE_DEALS)
def acceptance(
    request: WorkspaceRequest, slug: str, conversation_id: UUID, deal_id: UUID
) -> HttpResponse:
    """Take the lead on."""
    conversation, deal = _find(request, conversation_id, deal_id)
    return _done(request, conversation, deal, lambda: accept_deal(deal, by=request.membership))


@require_POST
@allowed(Verb.READ_DEALS)
def following(
    request: WorkspaceRequest, slug: str, conversation_id: UUID, deal_id: UUID
) -> HttpResponse:
    """Hear of the deal, or hear of it no more."""
    conversation, deal = _find(request, conversation_id, deal_id)
    act = unfollow_deal if request.POST.get("stop") else follow_deal
    return _done(request, conversation, deal, lambda: act(deal, by=request.membership))


@require_http_methods(["GET", "HEAD"])
@allowed(Verb.WRITE_DEALS)
def owners(
    request: WorkspaceRequest, slug: str, conversation_id: UUID, deal_id: UUID
) -> HttpResponse:
    """To whom the deal can be given."""
    conversation, deal = _find(request, conversation_id, deal_id)
    context = {"conversation": conversation, "deal": deal, "members": sellers()}
    return render(request, "crm/panel/owners.html", context | _addresses(request, conversation))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_DEALS)
def refusal(
    request: WorkspaceRequest, slug: str, conversation_id: UUID, deal_id: UUID
) -> HttpResponse:
    """The form of a loss: its stage, its reason, a comment and a message that shows it."""
    conversation, deal = _find(request, conversation_id, deal_id)
    context = {"conversation": conversation, "deal": deal} | _addresses(request, conversation)
    if request.method != "POST":
        form = RefusalForm(deal=deal)
        return render(request, "crm/panel/refusal.html", {**context, "form": form})
    form = RefusalForm(request.POST, deal=deal)
    if form.is_valid():
        given = form.cleaned_data
        try:
            move_deal(
                deal,
                to=given["stage"],
                by=request.membership,
                loss_reason=given["reason"],
                loss_comment=given["comment"],
                evidence=given["evidence"],
            )
        except ValidationError as refused:
            form.add_error(None, " ".join(refused.messages))
        else:
            shown = _context(request, conversation, deal.pk)
            return turbo_stream(request, "crm/panel/refused.html", shown)
    return invalid(request, "crm/panel/refusal.html", {**context, "form": form})


def _done(
    request: WorkspaceRequest, conversation: Conversation, deal: Deal, act: Any
) -> HttpResponse:
    try:
        act()
    except ValidationError as refused:
        return _refused(request, conversation, deal, " ".join(refused.messages))
    return _back(request, conversation, deal)


def _conversation(request: WorkspaceRequest, conversation_id: UUID) -> Conversation:
    rows = Conversation.objects.visible_to(request.membership).select_related("contact", "channel")
    found: Conversation = get_object_or_404(rows, pk=conversation_id)
    return found


def _find(
    request: WorkspaceRequest, conversation_id: UUID, deal_id: UUID
) -> tuple[Conversation, Deal]:
    conversation = _conversation(request, conversation_id)
    deals = Deal.objects.visible_to(request.membership).select_related("pipeline", "stage")
    deal = get_object_or_404(deals, pk=deal_id, contact=conversation.contact_id)
    return conversation, deal


def _wanted(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _words(form: Any) -> str:
    return " ".join(message for errors in form.errors.values() for message in errors)


def _addresses(request: WorkspaceRequest, conversation: Conversation) -> dict[str, Any]:
    url = reverse("deal_panel:panel", args=[request.workspace.slug, conversation.pk])
    return {"panel_url": url, "workspace": request.workspace}


def _context(
    request: WorkspaceRequest, conversation: Conversation, wanted: UUID | None
) -> dict[str, Any]:
    shown = parts.section(request.membership, conversation, wanted)
    return shown | _addresses(request, conversation)


def _shown(
    request: WorkspaceRequest, conversation: Conversation, wanted: UUID | None
) -> HttpResponse:
    if request.headers.get("Turbo-Frame") != "deal_panel":
        return see_other("inbox:conversation", request.workspace.slug, conversation.pk)
    return render(request, TEMPLATE, _context(request, conversation, wanted))


def _refused(
    request: WorkspaceRequest, conversation: Conversation, deal: Deal | None, words: str
) -> HttpResponse:
    context = _context(request, conversation, deal.pk if deal else None)
    # What a new deal was to be need not be typed again.
    kept = {"new": request.POST} if deal is None else {}
    told = {"refused": words or _("This cannot be done."), **kept}
    return invalid(request, TEMPLATE, context | told)


def _meanwhile(
    request: WorkspaceRequest, conversation: Conversation, deal: Deal, error: Conflict
) -> HttpResponse:
    """The section as it is, with the amount that was to be written kept."""
    context = _context(request, conversation, deal.pk)
    deal = context["deal"]
    url, typed = context["panel_url"], request.POST.get("amount", "")
    context["meanwhile"] = Meanwhile(
        label=label_of("amount"),
        words=" ".join(error.messages),
        typed=typed.strip() or "—",
        action=f"{url}{deal.pk}/amount/",
        back=f"{url}?deal={deal.pk}",
        fields=[("amount", typed), ("seen", held(deal, "amount"))],
    )
    return invalid(request, TEMPLATE, context)


def _back(request: WorkspaceRequest, conversation: Conversation, deal: Deal) -> HttpResponse:
    url = reverse("deal_panel:panel", args=[request.workspace.slug, conversation.pk])
    return see_other(f"{url}?deal={deal.pk}")
