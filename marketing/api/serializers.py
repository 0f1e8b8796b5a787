"""Shapes of segments and broadcasts in the public contract."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from channels_connectors.models import Channel
from core.api.fields import JsonObject, WholeSerializer
from core.conditions import InvalidCondition
from inbox.payloads import ACTIONS, LONGEST_LABEL, LONGEST_LINK
from marketing.audience import fulfilling
from marketing.formatting import KINDS, MOST_ENTITIES
from marketing.models import Broadcast, Segment, State
from marketing.variants import METRICS
from workspaces.models import Membership, Team

# Named for the OpenAPI document.
BROADCAST_STATUSES = Broadcast.Status.values
RECIPIENT_STATES = State.values
ZONES = Broadcast.Zone.values
LONGEST_TEXT = 16_000
UNTOLD = "Null where none of the channels tells it; of several, those that do are counted."


class Conditions(JsonObject):
    """A document of conditions: `{"all": [...], "any": [...], "not": {...}}`."""

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        try:
            fulfilling(found)
        except InvalidCondition as error:
            raise serializers.ValidationError(error.messages) from None
        return found


class Reference(serializers.UUIDField):
    """A row of the workspace, by its id."""

    def __init__(self, find: Callable[[UUID], Any], **options: Any) -> None:
        self._find = find
        super().__init__(**options)

    def get_attribute(self, instance: Any) -> Any:
        return getattr(instance, f"{self.field_name}_id")

    def to_internal_value(self, data: Any) -> Any:
        found = self._find(super().to_internal_value(data)).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such thing here."))
        return found


class SegmentSerializer(serializers.Serializer[Any]):
    """A part of the contacts. `count` is what it had at `counted_at`."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=120)
    conditions = Conditions(required=False)
    frozen = serializers.BooleanField(
        source="is_frozen",
        required=False,
        help_text="A list of whoever fulfilled the conditions then.",
    )
    count = serializers.IntegerField(read_only=True, allow_null=True)
    counted_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)


class AskedSerializer(serializers.Serializer[Any]):
    """Conditions or a segment; with channels, also who can be reached there."""

    conditions = Conditions(required=False)
    segment = serializers.UUIDField(required=False)
    exclusions = Conditions(required=False)
    channels = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=10, default=list
    )
    template = JsonObject(required=False, allow_null=True)
    consent_policy = serializers.ChoiceField(
        choices=Broadcast.ConsentPolicy.choices, default=Broadcast.ConsentPolicy.NOT_REFUSED
    )

    def validate(self, attrs: Any) -> Any:
        if ("conditions" in attrs) == ("segment" in attrs):
            raise serializers.ValidationError(_("Give conditions or a segment."))
        return attrs


class ChannelReachSerializer(serializers.Serializer[Any]):
    channel = serializers.UUIDField()
    reachable = serializers.IntegerField()
    reasons = serializers.DictField(
        child=serializers.IntegerField(), help_text="Why the others cannot be reached there."
    )


class ReachSerializer(serializers.Serializer[Any]):
    """How many, and who can be written to."""

    count = serializers.IntegerField()
    estimated = serializers.BooleanField(help_text="The shares are those of a part of them.")
    reachable = serializers.IntegerField(help_text="On any of the channels.")
    channels = ChannelReachSerializer(many=True)


class UploadedSerializer(serializers.Serializer[Any]):
    """A segment made of a file."""

    segment = SegmentSerializer()
    rows = serializers.IntegerField()
    unmatched = serializers.IntegerField()
    examples = serializers.ListField(child=serializers.CharField())


class EntitySerializer(WholeSerializer):
    """A part of a text that is formatted, as messages tell of it: counted in UTF-16 units."""

    type = serializers.ChoiceField(choices=KINDS)
    offset = serializers.IntegerField(min_value=0)
    length = serializers.IntegerField(min_value=1)
    url = serializers.CharField(max_length=2000, required=False, help_text="Of a `text_link`.")

    def to_representation(self, instance: Any) -> Any:
        return dict(instance)


def entities_field(**options: Any) -> Any:
    """The formatting of a text."""
    return serializers.ListField(
        child=EntitySerializer(), max_length=MOST_ENTITIES, required=False, **options
    )


def texts_entities_field(**options: Any) -> Any:
    """The formatting of texts of single channels."""
    return serializers.DictField(
        child=serializers.ListField(child=EntitySerializer(), max_length=MOST_ENTITIES),
        required=False,
        help_text="Formatting of `texts`, by the same keys.",
        **options,
    )


class VariantSerializer(WholeSerializer):
    key = serializers.RegexField(r"^[\w-]{1,20}$")
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, default="")
    entities = entities_field()
    texts = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_TEXT), required=False
    )
    texts_entities = texts_entities_field()
    weight = serializers.IntegerField(min_value=1, max_value=1000, default=1)


class WinnerSerializer(WholeSerializer):
    metric = serializers.ChoiceField(choices=METRICS)
    hours = serializers.FloatField(min_value=0, max_value=24 * 30)
    share = serializers.IntegerField(
        min_value=1, max_value=99, help_text="Percent of the audience that tries the versions."
    )


class WindowSerializer(WholeSerializer):
    to = serializers.RegexField(r"^\d\d:\d\d$")
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7), required=False, max_length=7
    )

    def get_fields(self) -> Any:
        return {"from": serializers.RegexField(r"^\d\d:\d\d$"), **super().get_fields()}


class CapSerializer(WholeSerializer):
    count = serializers.IntegerField(min_value=1, max_value=100)
    days = serializers.IntegerField(min_value=1, max_value=365)


class ButtonSerializer(WholeSerializer):
    label = serializers.CharField(max_length=LONGEST_LABEL)
    action = serializers.ChoiceField(choices=ACTIONS, default="reply")
    value = serializers.CharField(max_length=LONGEST_LINK, allow_blank=True, default="")

    def validate(self, attrs: Any) -> Any:
        attrs["value"] = attrs["value"] or attrs["label"]
        if attrs["action"] == "link" and not attrs["value"].startswith(("https://", "http://")):
            raise serializers.ValidationError(_("A link begins with https://."))
        return attrs


class TotalsSerializer(serializers.Serializer[Any]):
    """Everybody who came so far, or further: who read it was sent it too."""

    queued = serializers.IntegerField()
    sent = serializers.IntegerField()
    delivered = serializers.IntegerField(allow_null=True, help_text=UNTOLD)
    read = serializers.IntegerField(allow_null=True, help_text=UNTOLD)
    answered = serializers.IntegerField()
    failed = serializers.IntegerField()
    unknown = serializers.IntegerField()
    skipped = serializers.IntegerField()
    clicked = serializers.IntegerField()
    unsubscribed = serializers.IntegerField()


class BroadcastSerializer(serializers.Serializer[Any]):
    """One message to a segment, each contact once."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=120)
    segment = Reference(lambda pk: Segment.objects.filter(pk=pk))
    exclusions = Conditions(required=False)
    channels = serializers.ListField(
        child=serializers.UUIDField(), max_length=10, required=False,
        help_text="In order of preference.",
    )  # fmt: skip
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    entities = entities_field(
        help_text="Formatting of `text`; a channel that cannot show it gets plain words."
    )
    texts = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_TEXT), required=False,
        help_text="By a channel's id or kind, where they differ.",
    )  # fmt: skip
    texts_entities = texts_entities_field()
    subject = serializers.CharField(max_length=250, allow_blank=True, required=False)
    buttons = serializers.ListField(
        child=serializers.ListField(child=ButtonSerializer(), min_length=1, max_length=8),
        max_length=10,
        required=False,
    )
    attachments = serializers.SerializerMethodField()
    template = JsonObject(
        allow_null=True, required=False, help_text="`{name, language, header, body, buttons}`."
    )
    variants = VariantSerializer(many=True, required=False)
    winner = WinnerSerializer(allow_null=True, required=False)
    chosen_variant = serializers.CharField(read_only=True)
    tracks_links = serializers.BooleanField(required=False)
    adds_stop_line = serializers.BooleanField(
        required=False, help_text="The last line says how to get no more of them."
    )
    schedule = serializers.ChoiceField(choices=Broadcast.Schedule.choices, required=False)
    starts_at = serializers.DateTimeField(allow_null=True, required=False)
    window = WindowSerializer(allow_null=True, required=False)
    zone = serializers.ChoiceField(choices=ZONES, required=False)
    frequency_cap = CapSerializer(allow_null=True, required=False)
    unknown_policy = serializers.ChoiceField(
        choices=Broadcast.UnknownPolicy.choices, required=False
    )
    consent_policy = serializers.ChoiceField(
        choices=Broadcast.ConsentPolicy.choices, required=False
    )
    reply_team = Reference(lambda pk: Team.objects.filter(pk=pk), allow_null=True, required=False)
    reply_assignee = Reference(
        lambda pk: Membership.objects.active().filter(pk=pk), allow_null=True, required=False
    )
    status = serializers.ChoiceField(choices=BROADCAST_STATUSES, read_only=True)
    totals = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(read_only=True)
    launched_at = serializers.DateTimeField(read_only=True, allow_null=True)
    finished_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def validate_channels(self, value: list[Any]) -> list[str]:
        """As they are stored: texts."""
        known = set(Channel.objects.filter(pk__in=value).values_list("pk", flat=True))
        if set(value) - known:
            raise serializers.ValidationError(_("There is no such channel."))
        return [str(pk) for pk in value]

    def get_attachments(self, broadcast: Broadcast) -> list[dict[str, Any]]:
        """Files beside the text."""
        return [
            {name: described[name] for name in ("kind", "name", "mime", "size")}
            for described in broadcast.files
        ]

    def get_totals(self, broadcast: Broadcast) -> dict[str, int | None]:
        """Counted from the recipients now."""
        found: dict[str, int | None] = self.context["totals"][broadcast.pk]
        return found


class RecipientSerializer(serializers.Serializer[Any]):
    """A contact of the audience. `message` is what they got, once it was sent."""

    id = serializers.UUIDField()
    contact = serializers.UUIDField(source="contact_id")
    channel = serializers.UUIDField(source="channel_id", allow_null=True)
    address = serializers.CharField()
    variant = serializers.CharField()
    state = serializers.ChoiceField(choices=RECIPIENT_STATES)
    reason = serializers.CharField()
    error_class = serializers.CharField()
    message = serializers.SerializerMethodField()
    attempts = serializers.IntegerField()
    sent_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    clicked_at = serializers.DateTimeField(allow_null=True)
    unsubscribed_at = serializers.DateTimeField(allow_null=True)

    def get_message(self, recipient: Any) -> str | None:
        """Its id."""
        return str(recipient.pk) if recipient.sent_at else None


class RecipientQuery(serializers.Serializer[Any]):
    """Filters of the list of recipients."""

    state = serializers.ChoiceField(choices=RECIPIENT_STATES, required=False)
    reason = serializers.CharField(required=False, max_length=250)
    variant = serializers.CharField(required=False, max_length=20)
    channel = serializers.UUIDField(required=False)
    answered = serializers.BooleanField(required=False, allow_null=True, default=None)


class BroadcastFiguresSerializer(serializers.Serializer[Any]):
    """How many recipients each figure of the report has."""

    everybody = serializers.IntegerField()
    waiting = serializers.IntegerField()
    sent = serializers.IntegerField()
    delivered = serializers.IntegerField(allow_null=True, help_text=UNTOLD)
    read = serializers.IntegerField(allow_null=True, help_text=UNTOLD)
    answered = serializers.IntegerField()
    clicked = serializers.IntegerField()
    unsubscribed = serializers.IntegerField()
    failed = serializers.IntegerField()
    blocked = serializers.IntegerField(help_text="Of the failed: the customer has closed the chat.")
    unknown = serializers.IntegerField()
    skipped = serializers.IntegerField()


class BroadcastLinkSerializer(serializers.Serializer[Any]):
    url = serializers.CharField()
    people = serializers.IntegerField()
    clicks = serializers.IntegerField()


class BroadcastAmountSerializer(serializers.Serializer[Any]):
    amount = serializers.CharField()
    currency = serializers.CharField()


class BroadcastMoneySerializer(serializers.Serializer[Any]):
    """Deals of those who got the message, opened or won within `days` after it."""

    days = serializers.IntegerField()
    deals = serializers.IntegerField()
    in_work = BroadcastAmountSerializer()
    orders = serializers.IntegerField()
    revenue = BroadcastAmountSerializer()
    cost = BroadcastAmountSerializer(
        allow_null=True, help_text="What platforms charge by the workspace's prices."
    )


class ReportSerializer(serializers.Serializer[Any]):
    """How a broadcast fared, in parts."""

    totals = TotalsSerializer()
    figures = BroadcastFiguresSerializer()
    channels = serializers.DictField(
        child=BroadcastFiguresSerializer(), help_text="By a channel's id."
    )
    variants = serializers.DictField(child=TotalsSerializer())
    reasons = serializers.DictField(child=serializers.IntegerField())
    links = BroadcastLinkSerializer(many=True)
    money = BroadcastMoneySerializer()
