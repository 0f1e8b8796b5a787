"""Lists that sales choose from: reasons for a loss, products."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import Words
from core.api.pagination import OldestFirst, Pages
from crm.actions import (
    archive_product,
    archive_reason,
    create_product,
    create_reason,
    place_reason,
    restore_product,
    restore_reason,
    update_product,
    update_reason,
)
from crm.api import references
from crm.api.money import amounts
from crm.api.pipeline_serializers import (
    GivenProductSerializer,
    GivenReasonSerializer,
    LossReasonSerializer,
    ProductChangesSerializer,
    ProductSerializer,
    ReasonChangesSerializer,
    ReasonQuery,
)
from crm.models import LossReason, Product
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


class InOrder(Pages):
    order = ("position", "id")


class ProductQuery(serializers.Serializer[Any]):
    q = Words(help_text="Part of the name or the article.")
    archived = serializers.BooleanField(required=False, default=False)


class _OfLists(WorkspaceView):
    reading, writing = (Verb.READ_DEALS,), (Verb.MANAGE_PIPELINES,)


@extend_schema(tags=["loss reasons"])
class LossReasonList(_OfLists, generics.ListAPIView[LossReason]):
    """Reasons for losing a deal and for not being a lead, in two levels."""

    serializer_class = LossReasonSerializer
    pagination_class = InOrder

    def get_queryset(self) -> Any:
        asked = checked(ReasonQuery, self.request.query_params)
        found = LossReason.objects.filter(archived_at__isnull=not asked["archived"])
        if "outcome" in asked:
            found = found.filter(outcome=asked["outcome"])
        if "pipeline" in asked:
            found = found.filter(Q(pipeline=None) | Q(pipeline_id=asked["pipeline"]))
        return found

    @extend_schema(parameters=[ReasonQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=GivenReasonSerializer, responses={201: LossReasonSerializer})
    def post(self, request: Request) -> Response:
        """Add a reason, or without `parent` a group of them."""
        given = checked(GivenReasonSerializer, request.data)
        parents = LossReason.objects.select_related("pipeline")
        given["parent"] = references.one(parents, given.get("parent"), _("No such reason."))
        given["pipeline"] = references.pipeline(self.viewer, given.get("pipeline"))
        reason = create_reason(by=self.viewer, **given)
        return Response(LossReasonSerializer(reason).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["loss reasons"])
class LossReasonDetail(_OfLists):
    """One reason."""

    @extend_schema(responses=LossReasonSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(LossReasonSerializer(get_object_or_404(LossReason, pk=pk)).data)

    @extend_schema(request=ReasonChangesSerializer, responses=LossReasonSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Rename it, put it elsewhere, archive or restore it."""
        reason = get_object_or_404(LossReason, pk=pk)
        given = checked(ReasonChangesSerializer, request.data)
        place = {name: given.pop(name) for name in ("before", "after") if name in given}
        archived = given.pop("archived", None)
        if "pipeline" in given:
            given["pipeline"] = references.pipeline(self.viewer, given["pipeline"])
        update_reason(reason, by=self.viewer, **given)
        if place:
            place_reason(reason, by=self.viewer, **place)
        if archived is not None:
            (archive_reason if archived else restore_reason)(reason, by=self.viewer)
        return Response(LossReasonSerializer(LossReason.objects.get(pk=pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Archive it, with all of its group. Deals lost for it keep it."""
        archive_reason(get_object_or_404(LossReason, pk=pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["products"])
class ProductList(_OfLists, generics.ListAPIView[Product]):
    """What the company sells, the oldest first."""

    serializer_class = ProductSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        asked = checked(ProductQuery, self.request.query_params)
        found = Product.objects.filter(archived_at__isnull=not asked["archived"])
        if words := asked.get("q"):
            found = found.filter(Q(name__icontains=words) | Q(code__icontains=words))
        return found

    @extend_schema(parameters=[ProductQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=GivenProductSerializer, responses={201: ProductSerializer})
    def post(self, request: Request) -> Response:
        """Add a product."""
        given = amounts(checked(GivenProductSerializer, request.data), "price", "cost")
        product = create_product(by=self.viewer, **given)
        return Response(ProductSerializer(product).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["products"])
class ProductDetail(_OfLists):
    """One product."""

    @extend_schema(responses=ProductSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(ProductSerializer(get_object_or_404(Product, pk=pk)).data)

    @extend_schema(request=ProductChangesSerializer, responses=ProductSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given. Lines of deals keep what was agreed."""
        product = get_object_or_404(Product, pk=pk)
        given = checked(ProductChangesSerializer, request.data, partial=True)
        archived = given.pop("archived", None)
        update_product(product, by=self.viewer, **amounts(given, "price", "cost"))
        if archived is not None:
            (archive_product if archived else restore_product)(product, by=self.viewer)
        return Response(ProductSerializer(Product.objects.get(pk=pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Archive it. Deals keep their lines."""
        archive_product(get_object_or_404(Product, pk=pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)
