from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_field,
)
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.models import AdSpend
from analytics.spend.actions import Told, put_spend, spread
from core import money
from core.api.fields import Words
from core.api.pagination import Pages
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

MOST_ROWS = 10_000
_MONEY_SCHEMA = {
    "type": "object",
    "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
    "required": ["amount", "currency"],
}


@extend_schema_field({"oneOf": [_MONEY_SCHEMA, {"type": "string"}, {"type": "number"}]})
class Cost(serializers.Field):  # type: ignore[type-arg]
    """`{amount, currency}`, or the amount alone in the workspace's currency."""

    _amount = serializers.DecimalField(max_digits=17, decimal_places=2, min_value=Decimal(0))

    def to_internal_value(self, data: Any) -> tuple[Decimal, str]:
        currency = ""
        if isinstance(data, dict):
            currency = data.get("currency") or ""
            if currency and str(currency) not in money.currencies():
                raise serializers.ValidationError(_("There is no such currency."))
            data = data.get("amount")
        if isinstance(data, bool) or data is None:
            raise serializers.ValidationError(_("An amount is needed."))
        amount: Decimal = self._amount.run_validation(data)
        return amount, currency

    def to_representation(self, value: Any) -> Any:
        return value


class _Names(serializers.Serializer[Any]):
    medium = serializers.CharField(max_length=120, required=False, allow_blank=True)
    campaign = serializers.CharField(max_length=200, required=False, allow_blank=True)
    ad = serializers.CharField(max_length=200, required=False, allow_blank=True)
    term = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="The keyword: utm_term."
    )
    account = serializers.CharField(max_length=120, required=False, allow_blank=True)
    impressions = serializers.IntegerField(min_value=0, max_value=2**53, required=False)
    clicks = serializers.IntegerField(min_value=0, max_value=2**53, required=False)
    vat_included = serializers.BooleanField(required=False)
    cost = Cost()

    def get_fields(self) -> dict[str, Any]:
        # `source` is taken by the class itself.
        return {**super().get_fields(), "source": serializers.CharField(max_length=120)}

    def to_told(self, values: dict[str, Any], first: Any) -> Told:
        """What was sent, as the action takes it."""
        values = dict(values)
        values["cost"], values["currency"] = values["cost"]
        return Told(date=first, **values)


class SpendSerializer(_Names):
    """One day of one advertisement, or of one of its keywords. `restated` tells how often its
    figures were told anew."""

    date = serializers.DateField()
    restated = serializers.IntegerField(read_only=True)

    def to_representation(self, instance: AdSpend) -> dict[str, Any]:
        return {
            "date": instance.date.isoformat(),
            "source": instance.source,
            "medium": instance.medium,
            "campaign": instance.campaign,
            "ad": instance.ad,
            "term": instance.term,
            "account": instance.account,
            "impressions": instance.impressions,
            "clicks": instance.clicks,
            "cost": money.as_document(Decimal(instance.cost), instance.currency),
            "vat_included": instance.vat_included,
            "origin": instance.origin,
            "restated": instance.restated,
        }


class PeriodSerializer(_Names):
    """One sum for a period, which is spread over its days."""

    def get_fields(self) -> dict[str, Any]:
        days = {"from": serializers.DateField(), "to": serializers.DateField()}
        return {**super().get_fields(), **days}


class SpendQuery(serializers.Serializer[Any]):
    """Filters of the list of spend."""

    def get_fields(self) -> dict[str, Any]:
        more = {
            "from": serializers.DateField(required=False),
            "to": serializers.DateField(required=False),
            "source": Words(),
            "campaign": Words(),
            "ad": Words(),
            "term": Words(),
        }
        return {**super().get_fields(), **more}


class SpendPages(Pages):
    order = ("-date", "-id")


class _OfSpend(WorkspaceView):
    reading, writing = (Verb.READ_REPORTS,), (Verb.WRITE_SPEND,)


_ONE_OR_MANY = PolymorphicProxySerializer(
    component_name="SpendOneOrMany",
    serializers=[SpendSerializer, SpendSerializer(many=True)],
    resource_type_field_name=None,
    many=False,
)


@extend_schema(tags=["spend"])
class SpendList(_OfSpend, generics.ListAPIView[AdSpend]):
    """What advertisements cost, the latest day first."""

    serializer_class = SpendSerializer
    pagination_class = SpendPages

    def get_queryset(self) -> Any:
        asked = checked(SpendQuery, self.request.query_params)
        found = AdSpend.objects.all()
        bounds = {
            "from": "date__gte",
            "to": "date__lte",
            "source": "source",
            "campaign": "campaign",
            "ad": "ad",
            "term": "term",
        }
        return found.filter(**{bounds[name]: value for name, value in asked.items() if value})

    @extend_schema(parameters=[SpendQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=_ONE_OR_MANY, responses={201: _ONE_OR_MANY})
    def post(self, request: Request) -> Response:
        """Put down one day of one advertisement, or a list of them. The same day and advertisement
        replaces what was known of it."""
        is_list = isinstance(request.data, list)
        if is_list and len(request.data) > MOST_ROWS:
            raise serializers.ValidationError(_("There are too many rows."))
        form = SpendSerializer(data=request.data, many=is_list)
        form.is_valid(raise_exception=True)
        one = SpendSerializer()
        told = [
            one.to_told({k: v for k, v in values.items() if k != "date"}, values["date"])
            for values in (form.validated_data if is_list else [form.validated_data])
        ]
        rows = put_spend(told, by=self.viewer)
        shown = SpendSerializer(rows if is_list else rows[0], many=is_list).data
        return Response(shown, status=status.HTTP_201_CREATED)


@extend_schema(tags=["spend"])
class SpendOfPeriod(_OfSpend):
    """One sum for a period."""

    reading = (Verb.WRITE_SPEND,)

    @extend_schema(request=PeriodSerializer, responses={201: SpendSerializer(many=True)})
    def post(self, request: Request) -> Response:
        """Spread a sum over the days of a period."""
        values = checked(PeriodSerializer, request.data)
        first, last = values.pop("from"), values.pop("to")
        told = spread(PeriodSerializer().to_told(values, first), last)
        rows = put_spend(told, by=self.viewer, origin=AdSpend.Origin.MANUAL)
        return Response(SpendSerializer(rows, many=True).data, status=status.HTTP_201_CREATED)
