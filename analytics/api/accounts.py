from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.models import AdAccount
from analytics.spend.fetching import connect_account
from core.api.fields import JsonObject
from core.api.pagination import OldestFirst
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

# Named for the OpenAPI document.
AD_SYSTEMS = AdAccount.Kind.values


class AdAccountSerializer(serializers.Serializer[Any]):
    """An account of an advertising system. Credentials by kind: `yandex_direct` {token,
    client_login?}, `vk_ads` {client_id, client_secret}; they are never shown again."""

    id = serializers.UUIDField(read_only=True)
    kind = serializers.ChoiceField(choices=AD_SYSTEMS)
    name = serializers.CharField(max_length=120)
    credentials = JsonObject(write_only=True)
    medium = serializers.CharField(max_length=120, required=False)
    campaign_by = serializers.ChoiceField(choices=AdAccount.CampaignBy.values, required=False)
    vat_included = serializers.BooleanField(required=False)
    fetched_until = serializers.DateField(read_only=True, allow_null=True)
    next_fetch_at = serializers.DateTimeField(read_only=True, allow_null=True)
    error = serializers.CharField(read_only=True)

    def get_fields(self) -> dict[str, Any]:
        # `source` is taken by the class itself.
        return {**super().get_fields(), "source": serializers.CharField(max_length=120)}


class _OfAccounts(WorkspaceView):
    reading, writing = (Verb.READ_REPORTS,), (Verb.WRITE_SPEND,)


@extend_schema(tags=["spend"])
class AdAccountList(_OfAccounts, generics.ListAPIView[AdAccount]):
    """Accounts of advertising systems whose spend is fetched by itself."""

    serializer_class = AdAccountSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return AdAccount.objects.all()

    @extend_schema(responses={201: AdAccountSerializer})
    def post(self, request: Request) -> Response:
        """Connect an account. 422 tells the system's reason when it lets us not in."""
        account = connect_account(by=self.viewer, **checked(AdAccountSerializer, request.data))
        shown = AdAccountSerializer(account).data
        return Response(shown, status=status.HTTP_201_CREATED)


@extend_schema(tags=["spend"])
class AdAccountDetail(_OfAccounts):
    """One account."""

    def account(self, pk: UUID) -> AdAccount:
        found: AdAccount = get_object_or_404(AdAccount.objects.all(), pk=pk)
        return found

    @extend_schema(responses=AdAccountSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(AdAccountSerializer(self.account(pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Disconnect an account; what it has told stays."""
        self.account(pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["spend"])
class AdAccountFetch(_OfAccounts):
    """Asking an account now."""

    reading = (Verb.WRITE_SPEND,)

    @extend_schema(request=None, responses={202: AdAccountSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Fetch the account's spend within a minute, also after it was given up."""
        account = get_object_or_404(AdAccount.objects.select_for_update(), pk=pk)
        account.next_fetch_at, account.failures = timezone.now(), 0
        account.save(update_fields=["next_fetch_at", "failures"])
        return Response(AdAccountSerializer(account).data, status=status.HTTP_202_ACCEPTED)
