"""What belongs to a deal, changed on its sheet: goods, payments, followers."""

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import money
from core.http import see_other
from crm.actions import Line, follow_deal, record_payment, remove_payment, unfollow_deal
from crm.deal_sheet import items as goods
from crm.forms.sheet import ItemForm, PaymentForm
from crm.models import Deal, DealFollower, Payment
from crm.sellers import sellers
from crm.views.funnel.deal import refused
from crm.views.funnel.shared import uuid_of, writable
from workspaces.requests import WorkspaceRequest


@require_POST
def items(request: WorkspaceRequest, slug: str, deal_id: UUID) -> HttpResponse:
    """Add a line at the end; with `sum` make what the lines come to the deal's amount."""
    deal = writable(request, deal_id)
    if "sum" in request.POST:
        return _done(request, deal, lambda: goods.take_sum(deal, by=request.membership))
    form = ItemForm(request.POST)
    if not form.is_valid():
        return refused(request, deal, _words(form))
    given = form.cleaned_data
    line = Line(product=given["product"], name=given["name"], price=given["price"])
    line.quantity = given["quantity"] if given["quantity"] is not None else line.quantity
    return _done(
        request, deal, lambda: goods.change(deal, lambda all: [*all, line], by=request.membership)
    )


@require_POST
def item(request: WorkspaceRequest, slug: str, deal_id: UUID, item_id: UUID) -> HttpResponse:
    """Change a line's quantity and price, or, with `remove`, take it out."""
    deal = writable(request, deal_id)
    form = ItemForm(request.POST)
    if not form.is_valid():
        return refused(request, deal, _words(form))
    given = form.cleaned_data

    def changed(lines: list[Line]) -> list[Line]:
        if not any(line.id == item_id for line in lines):
            raise Http404
        if "remove" in request.POST:
            return [line for line in lines if line.id != item_id]
        for line in lines:
            if line.id == item_id:
                line.quantity = line.quantity if given["quantity"] is None else given["quantity"]
                line.price = line.price if given["price"] is None else given["price"]
        return lines

    return _done(request, deal, lambda: goods.change(deal, changed, by=request.membership))


@require_POST
def payments(request: WorkspaceRequest, slug: str, deal_id: UUID) -> HttpResponse:
    """Note a payment or a refund."""
    deal = writable(request, deal_id)
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return refused(request, deal, _words(form))
    given = form.cleaned_data
    most = max(deal.paid, deal.amount or 0)
    if -given["amount"] > most:
        words = _("At most %(most)s can go back.") % {"most": money.words(most, deal.currency)}
        return refused(request, deal, ValidationError(words))
    return _done(
        request,
        deal,
        lambda: record_payment(
            deal,
            amount=given["amount"],
            paid_on=given["paid_on"],
            comment=given["comment"],
            by=request.membership,
        ),
    )


@require_POST
def payment_removal(
    request: WorkspaceRequest, slug: str, deal_id: UUID, payment_id: UUID
) -> HttpResponse:
    """Take back a payment that was noted by mistake; the history keeps it."""
    deal = writable(request, deal_id)
    found = get_object_or_404(Payment.objects.filter(deal=deal), pk=payment_id)
    return _done(request, deal, lambda: remove_payment(found, by=request.membership))


@require_POST
def followers(request: WorkspaceRequest, slug: str, deal_id: UUID) -> HttpResponse:
    """Let a `member` follow the deal, who must be able to see it; with `stop` no more."""
    deal = writable(request, deal_id)
    wanted = uuid_of(request.POST.get("member"))
    if "stop" in request.POST:
        known = DealFollower.objects.filter(deal=deal).select_related("membership")
        found = get_object_or_404(known, membership_id=wanted)
        unfollow_deal(deal, by=found.membership)
        return see_other("funnel:deal", slug, deal.pk)
    member = next((one for one in sellers() if one.pk == wanted), None)
    if member is None:
        raise Http404
    if not Deal.objects.visible_to(member).filter(pk=deal.pk).exists():
        words = _("%(name)s may not see this deal.") % {"name": member.name}
        return refused(request, deal, ValidationError(words))
    follow_deal(deal, by=member)
    return see_other("funnel:deal", slug, deal.pk)


def _done(request: WorkspaceRequest, deal: Deal, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        return refused(request, deal, error)
    return see_other("funnel:deal", request.workspace.slug, deal.pk)


def _words(form: ItemForm | PaymentForm) -> ValidationError:
    return ValidationError([words for errors in form.errors.values() for words in errors])
