"""What belongs to a deal: its history, payments, lines and followers."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import OldestFirst, Pages
from core.api.problems import Unprocessable
from crm.actions import (
    Line,
    follow_deal,
    lines_of,
    record_payment,
    remove_payment,
    set_items,
    unfollow_deal,
)
from crm.api import references
from crm.api.deals import OfDeals
from crm.api.serializers import (
    DealChangeSerializer,
    FollowerSerializer,
    GivenItemSerializer,
    ItemSerializer,
    ItemsSerializer,
    NewItemSerializer,
    NewPaymentSerializer,
    PaymentSerializer,
)
from crm.models import Deal, DealChange, DealFollower, DealItem, Payment, Product
from workspaces.api.views import checked


class InOrderOfTime(Pages):
    order = ("at", "id")


class InOrder(Pages):
    order = ("position", "id")


@extend_schema(tags=["deals"])
class History(OfDeals, generics.ListAPIView[DealChange]):
    """Every change of a deal, the oldest first."""

    serializer_class = DealChangeSerializer
    pagination_class = InOrderOfTime

    def get_queryset(self) -> Any:
        return DealChange.objects.filter(deal=self.deal(self.kwargs["pk"]))


@extend_schema(tags=["deals"])
class PaymentList(OfDeals, generics.ListAPIView[Payment]):
    """Payments of a deal, in the order in which they were noted."""

    serializer_class = PaymentSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return Payment.objects.filter(deal=self.deal(self.kwargs["pk"]))

    @extend_schema(request=NewPaymentSerializer, responses={201: PaymentSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Note a payment; a negative amount is a refund."""
        deal = self.deal(pk)
        given = checked(NewPaymentSerializer, request.data)
        amount, currency = given.pop("amount")
        payment = record_payment(deal, amount=amount, currency=currency, by=self.viewer, **given)
        return Response(PaymentSerializer(payment).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["deals"])
class PaymentDetail(OfDeals):
    """One payment."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID, payment_id: UUID) -> Response:
        """Take back a payment that was noted by mistake; the history keeps it."""
        found = get_object_or_404(Payment.objects.filter(deal=self.deal(pk)), pk=payment_id)
        remove_payment(found, by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


class _OfItems(OfDeals):
    def items(self, deal: Deal) -> Any:
        return DealItem.objects.filter(deal=deal).select_related("deal")

    def line(self, given: dict[str, Any], deal: Deal, was: Line | None = None) -> Line:
        """What was sent, laid over the line that is there."""
        line = was or Line(id=given.get("id"))
        if "product" in given:
            line.product = references.one(
                Product.objects.all(), given["product"], _("No such product.")
            )
        for name in ("name", "quantity"):
            if name in given:
                setattr(line, name, given[name])
        for name in ("price", "cost"):
            if name in given:
                amount, currency = given[name] or (None, "")
                if currency and currency != deal.currency:
                    words = _("The deal is in %(currency)s.") % {"currency": deal.currency}
                    raise Unprocessable(words)
                setattr(line, name, amount)
        return line


@extend_schema(tags=["deals"])
class ItemList(_OfItems, generics.ListAPIView[DealItem]):
    """Lines of a deal, in their order."""

    serializer_class = ItemSerializer
    pagination_class = InOrder

    def get_queryset(self) -> Any:
        return self.items(self.deal(self.kwargs["pk"]))

    @extend_schema(request=NewItemSerializer, responses={201: ItemSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Add a line at the end."""
        deal = self.deal(pk)
        given = checked(NewItemSerializer, request.data)
        sets_amount = given.pop("sets_amount")
        lines = [*lines_of(deal), self.line(given, deal)]
        set_items(deal, lines, by=self.viewer, sets_amount=sets_amount)
        added = self.items(deal).order_by("position", "id").last()
        return Response(ItemSerializer(added).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ItemsSerializer, responses=ItemSerializer(many=True))
    def put(self, request: Request, pk: UUID) -> Response:
        """Make these all the lines, in this order."""
        deal = self.deal(pk)
        given = checked(ItemsSerializer, request.data)
        lines = [self.line(item, deal) for item in given["items"]]
        set_items(deal, lines, by=self.viewer, sets_amount=given["sets_amount"])
        return self.list(request)


@extend_schema(tags=["deals"])
class ItemDetail(_OfItems):
    """One line of a deal."""

    @extend_schema(request=GivenItemSerializer, responses=ItemSerializer)
    def patch(self, request: Request, pk: UUID, item_id: UUID) -> Response:
        """Change what is given."""
        deal = self.deal(pk)
        given = checked(GivenItemSerializer, request.data)
        lines = lines_of(deal)
        wanted = [line for line in lines if line.id == item_id]
        if not wanted:
            raise Http404
        self.line(given, deal, wanted[0])
        set_items(deal, lines, by=self.viewer)
        return Response(ItemSerializer(self.items(deal).get(pk=item_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID, item_id: UUID) -> Response:
        """Take the line out."""
        deal = self.deal(pk)
        lines = lines_of(deal)
        kept = [line for line in lines if line.id != item_id]
        if len(kept) == len(lines):
            raise Http404
        set_items(deal, kept, by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["deals"])
class FollowerList(OfDeals, generics.ListAPIView[DealFollower]):
    """Members who hear of a deal that is not theirs."""

    serializer_class = FollowerSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return DealFollower.objects.filter(deal=self.deal(self.kwargs["pk"]))

    @extend_schema(request=FollowerSerializer, responses={201: FollowerSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Let a member follow the deal, who must be able to see it."""
        deal = self.deal(pk)
        member = references.member(checked(FollowerSerializer, request.data)["membership_id"])
        assert member is not None
        if not Deal.objects.visible_to(member).filter(pk=deal.pk).exists():
            raise Unprocessable(_("This member may not see the deal."))
        follow_deal(deal, by=member)
        shown = FollowerSerializer({"membership_id": member.pk})
        return Response(shown.data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["deals"])
class FollowerDetail(OfDeals):
    """One of them."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID, member_id: UUID) -> Response:
        """Let them follow it no more."""
        found = DealFollower.objects.filter(deal=self.deal(pk)).select_related("membership")
        follower = get_object_or_404(found, membership_id=member_id)
        unfollow_deal(follower.deal, by=follower.membership)
        return Response(status=status.HTTP_204_NO_CONTENT)
