"""Shapes of deals in the public contract."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import JsonObject
from crm.api.money import GivenMoney, ShownMoney
from crm.models import Deal, DealChange

# Named for the OpenAPI document.
DEAL_STATUSES = Deal.Status.values


class ReasonNameSerializer(serializers.Serializer[Any]):
    """Why a deal was lost."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class DealSerializer(serializers.Serializer[Any]):
    """A chance to sell. `source` and what follows it are where the customer came from at its
    birth; `amount`, `cost` and `paid` are in one currency."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    pipeline = serializers.UUIDField(source="pipeline_id")
    stage = serializers.UUIDField(source="stage_id")
    status = serializers.ChoiceField(choices=DEAL_STATUSES)
    contact = serializers.UUIDField(source="contact_id")
    company = serializers.UUIDField(source="company_id", allow_null=True)
    conversation = serializers.UUIDField(source="conversation_id", allow_null=True)
    channel = serializers.UUIDField(source="channel_id", allow_null=True)
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    team = serializers.UUIDField(source="team_id", allow_null=True)
    amount = ShownMoney(allow_null=True)
    cost = ShownMoney(allow_null=True)
    paid = ShownMoney()
    currency = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    medium = serializers.CharField()
    campaign = serializers.CharField()
    content = serializers.CharField()
    term = serializers.CharField()
    loss_reason = serializers.SerializerMethodField()
    loss_comment = serializers.CharField()
    evidence = serializers.UUIDField(
        source="evidence_id", allow_null=True, help_text="The message that shows the reason."
    )
    expected_on = serializers.DateField(allow_null=True)
    fields = JsonObject()  # type: ignore[assignment]
    created_at = serializers.DateTimeField()
    stage_since = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True, help_text="When sales took it on.")
    closed_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()

    @extend_schema_field(ReasonNameSerializer(allow_null=True))
    def get_loss_reason(self, deal: Deal) -> Any:
        return ReasonNameSerializer(deal.loss_reason).data if deal.loss_reason else None


class DealChangesSerializer(serializers.Serializer[Any]):
    """What is left out stays. `stage` moves the deal."""

    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    stage = serializers.UUIDField(required=False)
    seen_stage = serializers.UUIDField(
        required=False, help_text="Where you saw it: 409 when it is somewhere else by now."
    )
    owner = serializers.UUIDField(allow_null=True, required=False)
    team = serializers.UUIDField(allow_null=True, required=False)
    company = serializers.UUIDField(allow_null=True, required=False)
    amount = GivenMoney(allow_null=True, required=False)
    cost = GivenMoney(allow_null=True, required=False)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=120, allow_blank=True, required=False
    )
    medium = serializers.CharField(max_length=120, allow_blank=True, required=False)
    campaign = serializers.CharField(max_length=200, allow_blank=True, required=False)
    content = serializers.CharField(max_length=200, allow_blank=True, required=False)
    term = serializers.CharField(max_length=200, allow_blank=True, required=False)
    loss_reason = serializers.CharField(
        max_length=200, allow_blank=True, allow_null=True, required=False,
        help_text="A reason of the stage, by its id or its name.",
    )  # fmt: skip
    loss_comment = serializers.CharField(max_length=500, allow_blank=True, required=False)
    evidence = serializers.UUIDField(
        allow_null=True, required=False, help_text="A message of the deal's conversation."
    )
    expected_on = serializers.DateField(allow_null=True, required=False)
    fields = JsonObject(  # type: ignore[assignment]
        required=False, help_text="Laid over the present ones; null takes one out."
    )
    accepted = serializers.BooleanField(required=False, help_text="Sales take the lead on.")

    def validate_accepted(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError(_("What was taken on stays so."))
        return value


class NewDealSerializer(DealChangesSerializer):
    """A contact, or a conversation with one, is needed. Without a stage the deal begins in the
    first one of its pipeline, without a pipeline in the default one."""

    seen_stage = None  # type: ignore[assignment]
    contact = serializers.UUIDField(required=False)
    conversation = serializers.UUIDField(allow_null=True, required=False)
    pipeline = serializers.UUIDField(required=False)


class WhoSerializer(serializers.Serializer[Any]):
    """Who did it, as they were called then; `id` is null when it was not a member."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


class DealChangeSerializer(serializers.Serializer[Any]):
    """One change of a deal. The words are what the values were called then."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    before_words = serializers.CharField()
    after_words = serializers.CharField()
    author = serializers.SerializerMethodField()
    rule = serializers.CharField(help_text="What did it, when no member did.")
    is_late = serializers.BooleanField(help_text="It changes a period that was closed.")

    @extend_schema_field(WhoSerializer(allow_null=True))
    def get_author(self, change: DealChange) -> Any:
        if not change.author_id and not change.author_name:
            return None
        author = str(change.author_id) if change.author_id else None
        return {"id": author, "name": change.author_name}


class PaymentSerializer(serializers.Serializer[Any]):
    """Money that came for a deal; a negative amount went back."""

    id = serializers.UUIDField()
    amount = ShownMoney()
    paid_on = serializers.DateField()
    comment = serializers.CharField()
    external_id = serializers.CharField()
    author = serializers.UUIDField(source="author_id", allow_null=True)
    created_at = serializers.DateTimeField()


class NewPaymentSerializer(serializers.Serializer[Any]):
    """`external_id` is your own: the same one twice gives one payment."""

    amount = GivenMoney()
    paid_on = serializers.DateField(required=False, help_text="Today by default.")
    comment = serializers.CharField(max_length=200, allow_blank=True, required=False)
    external_id = serializers.CharField(max_length=120, allow_blank=True, required=False)


class ItemSerializer(serializers.Serializer[Any]):
    """A line of a deal, as it was agreed."""

    id = serializers.UUIDField()
    product = serializers.UUIDField(source="product_id", allow_null=True)
    name = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3)
    price = ShownMoney("deal.currency")
    cost = ShownMoney("deal.currency", allow_null=True)


class GivenItemSerializer(serializers.Serializer[Any]):
    """A line: of a product, whose name and prices count where none are given, or free."""

    product = serializers.UUIDField(required=False, allow_null=True)
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3, required=False)
    price = GivenMoney(required=False, allow_null=True)
    cost = GivenMoney(required=False, allow_null=True)


class NewItemSerializer(GivenItemSerializer):
    sets_amount = serializers.BooleanField(
        required=False, default=False, help_text="The sum of the lines becomes the deal's amount."
    )


class GivenLineSerializer(GivenItemSerializer):
    id = serializers.UUIDField(required=False, help_text="Of the line that it was till now.")


class ItemsSerializer(serializers.Serializer[Any]):
    """All lines of a deal, in this order."""

    items = GivenLineSerializer(many=True, max_length=200)  # type: ignore[call-arg]
    sets_amount = serializers.BooleanField(required=False, default=False)


class FollowerSerializer(serializers.Serializer[Any]):
    """A member who hears of a deal that is not theirs."""

    member = serializers.UUIDField(source="membership_id")
