"""Companies in the public contract."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.companies import create_company, delete_company, update_company
from contacts.models import Company
from core.api.fields import JsonObject, Words
from core.api.pagination import NewestFirst
from workspaces.api.views import WorkspaceView, checked
from workspaces.models import Membership
from workspaces.permissions import Verb


class CompanySerializer(serializers.Serializer[Any]):
    """A company; its people are `contacts/?company=`."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=200)
    phone = serializers.CharField(
        max_length=32, allow_blank=True, required=False, help_text="Stored as E.164."
    )
    email = serializers.EmailField(allow_blank=True, required=False)
    website = serializers.CharField(max_length=200, allow_blank=True, required=False)
    tax_number = serializers.CharField(max_length=20, allow_blank=True, required=False)
    note = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    fields = JsonObject(required=False)  # type: ignore[assignment]
    owner = serializers.UUIDField(allow_null=True, required=False, source="owner_id")
    created_at = serializers.DateTimeField(read_only=True)

    def validate_owner(self, value: Any) -> Any:
        if value is not None and not Membership.objects.filter(pk=value).exists():
            raise serializers.ValidationError(_("No such member."))
        return value


class CompanyQuery(serializers.Serializer[Any]):
    """Filters of the list of companies; together they narrow it."""

    q = Words(help_text="Part of a name.")
    tax_number = Words()

    def narrow(self, found: Any) -> Any:
        """The companies that pass; call after `is_valid`."""
        asked = self.validated_data
        if asked.get("q"):
            found = found.filter(name__icontains=asked["q"])
        if asked.get("tax_number"):
            found = found.filter(tax_number=asked["tax_number"])
        return found


class _OfCompanies(WorkspaceView):
    reading, writing = (Verb.READ_CONTACTS,), (Verb.WRITE_CONTACTS,)
    serializer_class: Any = CompanySerializer

    def get_queryset(self) -> Any:
        return Company.objects.all()


@extend_schema(tags=["companies"])
class CompanyList(_OfCompanies, generics.ListAPIView[Company]):
    """Companies, newest first."""

    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        asked = CompanyQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.narrow(super().get_queryset())

    @extend_schema(parameters=[CompanyQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(responses={201: CompanySerializer})
    def post(self, request: Request) -> Response:
        """Create a company."""
        company = create_company(by=self.viewer, **checked(CompanySerializer, request.data))
        return Response(CompanySerializer(company).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["companies"])
class CompanyDetail(_OfCompanies, generics.RetrieveAPIView[Company]):
    """One company."""

    @extend_schema(responses=CompanySerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given; `fields` are given whole."""
        company = get_object_or_404(Company, pk=pk)
        changes = checked(CompanySerializer, request.data, partial=True)
        update_company(company=company, by=self.viewer, **changes)
        return Response(CompanySerializer(company).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove it; its people stay."""
        delete_company(company=get_object_or_404(Company, pk=pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)
