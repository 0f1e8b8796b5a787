"""Shapes of series in the public contract."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from channels_connectors.models import Channel
from core.api.fields import JsonObject, WholeSerializer
from marketing.api.serializers import (
    LONGEST_TEXT,
    ZONES,
    BroadcastMoneySerializer,
    ButtonSerializer,
    CapSerializer,
    Conditions,
    Reference,
    TotalsSerializer,
    VariantSerializer,
    WindowSerializer,
    entities_field,
    texts_entities_field,
)
from marketing.models import Broadcast, Segment, Series, SeriesParticipant, SeriesStep
from marketing.series import reasons
from marketing.series.checks import LONGEST_DELAY, MOST_GOALS, MOST_STEPS
from workspaces.models import Membership, Team

# Named for the OpenAPI document.
SERIES_STATUSES = Series.Status.values
PARTICIPANT_STATES = SeriesParticipant.State.values
GOAL_KINDS = list(reasons.GOALS)
REQUIREMENTS = list(reasons.REQUIRES)


class SeriesTriggerSettingsSerializer(serializers.Serializer[Any]):
    """What an event must be about."""

    stage = serializers.UUIDField(required=False)
    pipeline = serializers.UUIDField(required=False)
    channel = serializers.UUIDField(required=False)
    label = serializers.CharField(required=False, max_length=60)

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        return {name: str(value) for name, value in found.items()}


class SeriesGoalSerializer(WholeSerializer):
    """Whoever reaches it leaves: `stage` for `deal_stage`, `conditions` for `conditions`."""

    kind = serializers.ChoiceField(choices=GOAL_KINDS)
    stage = serializers.UUIDField(required=False)
    conditions = Conditions(required=False)

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        return {**found, "stage": str(found["stage"])} if "stage" in found else found


class SeriesStepSerializer(serializers.Serializer[Any]):
    """A message and when it comes. With the `id` of a step it is that one."""

    id = serializers.UUIDField(required=False)
    delay_minutes = serializers.IntegerField(
        min_value=0, max_value=LONGEST_DELAY, required=False,
        help_text="After the message before, or after coming in.",
    )  # fmt: skip
    at_time = serializers.TimeField(
        allow_null=True, required=False, help_text="The first such time of the day after the delay."
    )
    requires = serializers.ListField(
        child=serializers.ChoiceField(choices=REQUIREMENTS), required=False, max_length=8
    )
    conditions = Conditions(required=False)
    otherwise = serializers.ChoiceField(choices=SeriesStep.Otherwise.choices, required=False)
    text = serializers.CharField(
        source="broadcast.text", max_length=LONGEST_TEXT, allow_blank=True, required=False
    )
    entities = entities_field(source="broadcast.entities")
    texts = serializers.DictField(
        source="broadcast.texts",
        child=serializers.CharField(max_length=LONGEST_TEXT), required=False,
        help_text="By a channel's id or kind, where they differ.",
    )  # fmt: skip
    texts_entities = texts_entities_field(source="broadcast.texts_entities")
    subject = serializers.CharField(
        source="broadcast.subject", max_length=250, allow_blank=True, required=False
    )
    buttons = serializers.ListField(
        source="broadcast.buttons",
        child=serializers.ListField(child=ButtonSerializer(), min_length=1, max_length=8),
        max_length=10,
        required=False,
    )
    template = JsonObject(source="broadcast.template", allow_null=True, required=False)
    variants = VariantSerializer(source="broadcast.variants", many=True, required=False)
    tracks_links = serializers.BooleanField(source="broadcast.tracks_links", required=False)
    adds_stop_line = serializers.BooleanField(source="broadcast.adds_stop_line", required=False)
    attachments = serializers.SerializerMethodField()

    def get_attachments(self, step: SeriesStep) -> list[dict[str, Any]]:
        """Files beside the text."""
        return [
            {name: described[name] for name in ("kind", "name", "mime", "size")}
            for described in step.broadcast.files
        ]

    def to_internal_value(self, data: Any) -> Any:
        """Flat, as the verbs take it."""
        found = super().to_internal_value(data)
        message = found.pop("broadcast", {})
        return {**found, **message}


class SeriesPeopleSerializer(serializers.Serializer[Any]):
    """Everybody who came in, and where they are."""

    entered = serializers.IntegerField()
    active = serializers.IntegerField()
    finished = serializers.IntegerField()
    goals = serializers.IntegerField()
    left = serializers.DictField(child=serializers.IntegerField(), help_text="By reason.")


class SeriesSerializer(serializers.Serializer[Any]):
    """Messages that follow each other, for each contact from when they came in."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=120)
    trigger = serializers.ChoiceField(choices=Series.Trigger.choices, required=False)
    trigger_settings = SeriesTriggerSettingsSerializer(required=False)
    segment = Reference(lambda pk: Segment.objects.filter(pk=pk), allow_null=True, required=False)
    conditions = Conditions(required=False)
    takes_present = serializers.BooleanField(
        required=False, help_text="Whether those who are in the segment at the start come in too."
    )
    goals = SeriesGoalSerializer(many=True, required=False)
    reentry_days = serializers.IntegerField(
        min_value=0, max_value=3650, allow_null=True, required=False,
        help_text="So long after leaving people may come in again; null for never.",
    )  # fmt: skip
    channels = serializers.ListField(
        child=serializers.UUIDField(), max_length=10, required=False,
        help_text="In order of preference.",
    )  # fmt: skip
    window = WindowSerializer(allow_null=True, required=False)
    zone = serializers.ChoiceField(choices=ZONES, required=False)
    frequency_cap = CapSerializer(allow_null=True, required=False)
    consent_policy = serializers.ChoiceField(
        choices=Broadcast.ConsentPolicy.choices, required=False
    )
    reply_team = Reference(lambda pk: Team.objects.filter(pk=pk), allow_null=True, required=False)
    reply_assignee = Reference(
        lambda pk: Membership.objects.active().filter(pk=pk), allow_null=True, required=False
    )
    steps = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=SERIES_STATUSES, read_only=True)
    people = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(read_only=True)
    started_at = serializers.DateTimeField(read_only=True, allow_null=True)
    finished_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def validate_channels(self, value: list[Any]) -> list[str]:
        """As they are stored: texts."""
        known = set(Channel.objects.filter(pk__in=value).values_list("pk", flat=True))
        if set(value) - known:
            raise serializers.ValidationError(_("There is no such channel."))
        return [str(pk) for pk in value]

    def validate_goals(self, value: list[Any]) -> list[Any]:
        """Not more than anybody can keep in mind."""
        if len(value) > MOST_GOALS:
            raise serializers.ValidationError(_("At most %(count)d goals.") % {"count": MOST_GOALS})
        return value

    def get_steps(self, series: Series) -> list[dict[str, Any]]:
        """In their order."""
        rows = self.context["steps"].get(series.pk, [])
        return list(SeriesStepSerializer(rows, many=True).data)

    def get_people(self, series: Series) -> dict[str, Any]:
        """Counted now."""
        return dict(SeriesPeopleSerializer(self.context["numbers"][series.pk]).data)


class SeriesAskedSerializer(SeriesSerializer):
    """The same with steps as they are asked for: all of them, in order."""

    steps = SeriesStepSerializer(many=True, required=False)  # type: ignore[assignment]

    def validate_steps(self, value: list[Any]) -> list[Any]:
        """Not more than a series may have."""
        if len(value) > MOST_STEPS:
            raise serializers.ValidationError(_("At most %(count)d steps.") % {"count": MOST_STEPS})
        return value


class SeriesParticipantSerializer(serializers.Serializer[Any]):
    """A contact on the way; `step` comes next, at `due_at`."""

    id = serializers.UUIDField()
    contact = serializers.UUIDField(source="contact_id")
    round = serializers.IntegerField()
    state = serializers.ChoiceField(choices=PARTICIPANT_STATES)
    step = serializers.UUIDField(source="step_id", allow_null=True)
    due_at = serializers.DateTimeField()
    entered_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class ParticipantQuery(serializers.Serializer[Any]):
    """Filters of the people of a series."""

    state = serializers.ChoiceField(choices=PARTICIPANT_STATES, required=False)
    reason = serializers.CharField(required=False, max_length=40)
    step = serializers.UUIDField(required=False)
    contact = serializers.UUIDField(required=False)


class SeriesLetInSerializer(serializers.Serializer[Any]):
    contact = serializers.UUIDField()


class SeriesStepReportSerializer(serializers.Serializer[Any]):
    """A step: who waits for it, what became of its messages, who left before it came."""

    step = serializers.UUIDField(source="step.pk")
    entered = serializers.IntegerField()
    waiting = serializers.IntegerField()
    totals = TotalsSerializer()
    goals = serializers.IntegerField()
    left = serializers.DictField(child=serializers.IntegerField(), help_text="By reason.")


class SeriesReportSerializer(serializers.Serializer[Any]):
    people = SeriesPeopleSerializer()
    steps = SeriesStepReportSerializer(many=True)
    money = BroadcastMoneySerializer()
