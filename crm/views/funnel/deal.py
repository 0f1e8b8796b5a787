"""A deal as a page and as the drawer over the board."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from contacts.companies import find_or_create_company
from contacts.models import Company
from core.http import invalid, see_other
from crm.actions import Conflict, follow_deal, unfollow_deal, update_deal
from crm.board.filters import amount_of
from crm.board.history import lines
from crm.deal_sheet import items, meanwhile, own_fields
from crm.models import Deal, DealFollower, Stage
from crm.sellers import sellers
from crm.views.funnel.shared import find_deal, uuid_of, writable
from inbox.models import Conversation
from workspaces.models import Membership, Team
from workspaces.permissions import Verb, can, require
from workspaces.requests import WorkspaceRequest
from workspaces.zones import moments

FRAME: Final = "Turbo-Frame"
MOST_HISTORY: Final = 200
MOST_NAMES: Final = 300  # offered while one types
TEXTS: Final = {"title", "source", "medium", "campaign", "content", "term"}


@require_safe
@vary_on_headers(FRAME)
def deal(request: WorkspaceRequest, slug: str, deal_id: UUID) -> HttpResponse:
    """The whole deal: in the frame of the drawer, or a page of its own."""
    context = deal_context(request, find_deal(request, deal_id))
    is_frame = request.headers.get(FRAME, "") == "deal"
    return render(request, "crm/funnel/_deal.html" if is_frame else "crm/funnel/deal.html", context)


@require_POST
def fields(request: WorkspaceRequest, slug: str, deal_id: UUID) -> HttpResponse:
    """Change one field, `name` to `value`; answers with the deal as it is now. 409 where the field
    says something else by now than it did when its form, with `seen`, was shown."""
    found = writable(request, deal_id)
    name, text = request.POST.get("name", ""), request.POST.get("value", "").replace("\0", "")
    seen = {name: request.POST["seen"]} if "seen" in request.POST else None
    try:
        value = _value(request, name, text.strip())
        update_deal(found, by=request.membership, seen=seen, **value)
    except Conflict as error:
        return _meanwhile(request, find_deal(request, deal_id), name, error)
    except ValidationError as error:
        return refused(request, found, error)
    if not Deal.objects.visible_to(request.membership).filter(pk=found.pk).exists():
        return see_other("funnel:index", slug)
    return see_other("funnel:deal", slug, found.pk)


@require_POST
def following(request: WorkspaceRequest, slug: str, deal_id: UUID) -> HttpResponse:
    """Follow the deal, or, with `stop`, hear of it no more."""
    found = find_deal(request, deal_id)
    if "stop" in request.POST:
        unfollow_deal(found, by=request.membership)
    else:
        follow_deal(found, by=request.membership)
    return see_other("funnel:deal", slug, found.pk)


def refused(request: WorkspaceRequest, found: Deal, error: ValidationError) -> HttpResponse:
    """The sheet as it is, with the reason on top."""
    context = deal_context(request, found) | {"error": " ".join(error.messages)}
    return invalid(request, "crm/funnel/_deal.html", context)


def _meanwhile(request: WorkspaceRequest, found: Deal, name: str, error: Conflict) -> HttpResponse:
    """The sheet as it is, with what was to be written kept: one of the two can be chosen."""
    context = deal_context(request, found)
    values = request.POST.getlist("value")
    context["meanwhile"] = meanwhile.of_field(found, name, values, error, context["deal_url"])
    return render(request, "crm/funnel/_deal.html", context, status=409)


def deal_context(request: WorkspaceRequest, found: Deal) -> dict[str, Any]:
    """Everything about a deal that the viewer may see."""
    slug = request.workspace.slug
    history = found.changes.order_by("-at", "-id")[:MOST_HISTORY]
    followers = DealFollower.objects.filter(deal=found).select_related("membership__user")
    names = [follower.membership for follower in followers]
    stages = list(Stage.objects.in_use().filter(pipeline=found.pipeline_id).in_order())
    return {
        "deal": found,
        "deal_url": reverse("funnel:deal", args=[slug, found.pk]),
        "funnel_url": reverse("funnel:index", args=[slug]),
        "stages": stages,
        "passed": _passed(stages, found),
        "members": sellers(),
        "teams": Team.objects.order_by("name"),
        "companies": Company.objects.order_by("name").values_list("name", flat=True)[:MOST_NAMES],
        "own_fields": own_fields.shown(found),
        "payments": found.payments.order_by("-paid_on", "-id"),
        "today": moments().today,
        **items.shown(found),
        "history": lines(history, found.currency),
        "followers": names,
        "is_following": any(one.pk == request.membership.pk for one in names),
        "conversation_url": _conversation_url(request, found),
        "can_write": can(request.membership, Verb.WRITE_DEALS),
        "viewer": request.membership,
        "workspace": request.workspace,
    }  # fmt: skip


def _passed(stages: list[Stage], found: Deal) -> list[tuple[Stage, str]]:
    """The columns of the pipeline, with how far the deal has come: is-done, is-now, nothing."""
    active = [stage for stage in stages if not stage.is_closed]
    marked, state = [], "is-done"
    if found.status not in {Deal.Status.OPEN, Deal.Status.WON}:
        state = ""
    for stage in active:
        if stage.pk == found.stage_id:
            marked.append((stage, "is-now"))
            state = ""
        else:
            marked.append((stage, state))
    return marked


def _conversation_url(request: WorkspaceRequest, found: Deal) -> str:
    if found.conversation_id is None:
        return ""
    seen = Conversation.objects.visible_to(request.membership)
    if not seen.filter(pk=found.conversation_id).exists():
        return ""
    return reverse("inbox:conversation", args=[request.workspace.slug, found.conversation_id])


def _value(request: WorkspaceRequest, name: str, text: str) -> dict[str, Any]:
    """The field with its value as `update_deal` takes it. Raises `ValidationError`, `Http404`."""
    if name in TEXTS:
        return {name: text}
    if name in {"amount", "cost"}:
        amount = amount_of(text)
        if text and amount is None:
            raise ValidationError(_("Write the amount in digits."))
        return {name: amount}
    if name == "expected_on":
        return {name: _day(text)}
    if name == "owner":
        return {name: _owner(request, text)}
    if name == "team":
        return {name: _one(Team.objects.all(), text)}
    if name == "company":
        if uuid_of(text):
            return {name: _one(Company.objects.all(), text)}
        return {name: find_or_create_company(text, by=request.membership)}
    if name.startswith("fields.") and len(name) < 60:
        key = name.removeprefix("fields.")
        return {"fields": {key: own_fields.given(key, request.POST.getlist("value"))}}
    raise Http404


def _owner(request: WorkspaceRequest, text: str) -> Membership | None:
    if not text:
        require(request.membership, Verb.ASSIGN_OTHERS)
        return None
    owner: Membership = _one(Membership.objects.active().with_user(), text)
    if owner.pk != request.membership.pk:
        require(request.membership, Verb.ASSIGN_OTHERS)
    return owner


def _one(rows: Any, text: str) -> Any:
    """The row of this id, None for an empty text. Raises `Http404`."""
    if not text:
        return None
    found = rows.filter(pk=uuid_of(text)).first()
    if found is None:
        raise Http404
    return found


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or not 1900 < found.year < 9000:
        raise ValidationError(_("Choose a day."))
    return found
