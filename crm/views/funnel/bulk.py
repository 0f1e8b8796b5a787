"""One thing done with many deals: each on its own, those that refuse named, with a way back."""

import csv
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from contacts.actions import update_contact
from core.http import turbo_stream
from crm.actions import assign_deal, move_deal
from crm.models import Deal
from crm.sellers import sellers
from crm.views.funnel.bulk_moving import BulkMove
from crm.views.funnel.shared import asked, find_stage, uuid_of
from workspaces.models import Membership
from workspaces.permissions import Verb, require
from workspaces.requests import WorkspaceRequest
from workspaces.scope import current_workspace_id, workspace_scope
from workspaces.zones import zone

MOST: Final = 500
# A value that a spreadsheet would run as a formula is kept from it.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
# A moment that spreadsheets know as one, in the workspace's zone.
MOMENT: Final = "%Y-%m-%d %H:%M"

Act = Callable[[Deal], str]


@require_POST
def bulk(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """Move, give, label or export the deals `id`; tells how many it did and which it could not.

    A stage that wants to know something first asks it, once for all of them.
    """
    found = asked(request, pipeline_id)
    action = request.POST.get("action", "")
    deals = _chosen(request)
    if action == "export":
        require(request.membership, Verb.EXPORT_CONTACTS)
        return _csv(deals)
    require(request.membership, Verb.WRITE_DEALS)
    act: Act
    if action == "move":
        act = move = BulkMove(request, deals)
        if (question := move.question(found)) is not None:
            return question
    elif action in {"owner", "label"}:
        act = _giver(request) if action == "owner" else _labeller(request)
    else:
        raise Http404
    done, failed = _each(deals, act)
    context = {
        **found.context(),
        "words": _told(len(done)),
        "failed": failed,
        "action": action,
        "undo": list(done.items()) if action in {"move", "owner"} else [],
        "to": request.POST.get("stage", "") if action == "move" else "",
    }
    return turbo_stream(request, "crm/funnel/streams/bulk.html", context)


@require_POST
def undo(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """Take back a bulk change: `back` names each deal and what it had, `deal:stage`.

    A deal that somebody has changed since stays as it is, and is named.
    """
    require(request.membership, Verb.WRITE_DEALS)
    found = asked(request, pipeline_id)
    action = request.POST.get("action", "")
    before = dict(text.split(":", 1) for text in request.POST.getlist("back")[:MOST] if ":" in text)
    deals = Deal.objects.visible_to(request.membership).filter(
        pk__in=[pk for text in before if (pk := uuid_of(text))]
    )
    seen = uuid_of(request.POST.get("to"))

    def back(deal: Deal) -> str:
        value = uuid_of(before[str(deal.pk)])
        if action == "owner":
            _check_given(deal, by=request.membership, before=value)
            owner = Membership.objects.filter(pk=value).first() if value else None
            assign_deal(deal, to=owner, by=request.membership)
        else:
            move_deal(deal, to=find_stage(request, value), by=request.membership, seen_stage=seen)
        return ""

    done, failed = _each(list(deals.select_related("contact")), back)
    words = ngettext("Taken back: %(count)d deal", "Taken back: %(count)d deals", len(done))
    context = {
        **found.context(), "words": words % {"count": len(done)}, "failed": failed, "undo": [],
    }  # fmt: skip
    return turbo_stream(request, "crm/funnel/streams/bulk.html", context)


def _check_given(deal: Deal, *, by: Membership, before: UUID | None) -> None:
    """Only what one has done oneself, and nobody has touched since, is taken back."""
    last = deal.changes.filter(field="owner").order_by("-at", "-id").first()
    if last is None or last.author_id != by.pk or uuid_of(last.before) != before:
        raise ValidationError(_("The deal was given to somebody else meanwhile."))


def _chosen(request: WorkspaceRequest) -> list[Deal]:
    ids = [pk for text in request.POST.getlist("id")[:MOST] if (pk := uuid_of(text))]
    seen = Deal.objects.visible_to(request.membership).filter(pk__in=ids)
    return list(seen.select_related("contact", "stage", "owner__user").in_column_order())


def _each(deals: list[Deal], act: Act) -> tuple[dict[UUID, str], list[tuple[Deal, str]]]:
    """What each deal had before, and the refusals in words; one refusal leaves the others be."""
    done: dict[UUID, str] = {}
    failed: list[tuple[Deal, str]] = []
    for deal in deals:
        try:
            with workspace_scope(current_workspace_id()):
                done[deal.pk] = act(deal)
        except ValidationError as error:
            failed.append((deal, " ".join(error.messages)))
    return done, failed


def _giver(request: WorkspaceRequest) -> Act:
    wanted = request.POST.get("owner", "")
    owner = next((one for one in sellers() if str(one.pk) == wanted), None)
    if owner is None and wanted != "none":
        raise Http404
    if owner != request.membership:
        require(request.membership, Verb.ASSIGN_OTHERS)

    def act(deal: Deal) -> str:
        assign_deal(deal, to=owner, by=request.membership)
        return str(deal.owner_id or "none")

    return act


def _labeller(request: WorkspaceRequest) -> Act:
    require(request.membership, Verb.WRITE_CONTACTS)
    label = request.POST.get("label", "").replace("\0", "").strip()[:60]
    if not label:
        raise Http404

    def act(deal: Deal) -> str:
        names = {*deal.contact.labels.values_list("name", flat=True), label}
        update_contact(contact=deal.contact, by=request.membership, labels=sorted(names))
        return ""

    return act


def _told(count: int) -> str:
    words = ngettext("Done with %(count)d deal", "Done with %(count)d deals", count)
    return words % {"count": count}


def _csv(deals: list[Deal]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="deals.csv"'
    response.write("\ufeff")
    write = csv.writer(response).writerow
    write([
        _("Number"), _("Customer"), _("Phone"), _("Title"), _("Stage"), _("Amount"),
        _("Currency"), _("Owner"), _("Source"), _("Campaign"), _("Created"), _("Expected"),
    ])  # fmt: skip
    for deal in deals:
        cells: list[Any] = [
            deal.number, deal.contact.display_name, deal.contact.phone, deal.title,
            deal.stage.name, deal.amount, deal.currency, deal.owner.name if deal.owner else "",
            deal.source, deal.campaign, f"{deal.created_at.astimezone(zone()):{MOMENT}}",
            deal.expected_on,
        ]  # fmt: skip
        write([_safe(cell) for cell in cells])
    return response


def _safe(cell: Any) -> Any:
    is_phone = isinstance(cell, str) and cell.removeprefix("+").isdecimal()
    if isinstance(cell, str) and cell.startswith(FORMULA) and not is_phone:
        return f"'{cell}"
    return "" if cell is None else cell
