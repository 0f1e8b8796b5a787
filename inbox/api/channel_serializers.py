"""Shapes of channels in the public contract."""

from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from channels_connectors.models import Channel
from channels_connectors.passwords import ADDRESSES, without_password
from core.api.fields import JsonObject
from inbox.connections import hook_address
from workspaces.api.hours import HoursSerializer, shown_hours

# Named for the OpenAPI document.
CHANNEL_STATUSES = Channel.Status.values
# Settings that are columns of the channel.
COLUMNS = ("transport", "team", "routing")
# What connectors note for themselves among the settings.
NOTED = ("webhook_url",)


class KnownSettings(serializers.Serializer[Any]):
    """What every kind understands; kinds have settings of their own beside these."""

    transport = serializers.ChoiceField(choices=Channel.Transport.values, required=False)
    api_url = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="Instead of the platform's own."
    )
    proxy = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="http, socks4 or socks5."
    )
    team = serializers.UUIDField(required=False, allow_null=True)
    routing = serializers.ChoiceField(choices=Channel.Routing.values, required=False)


@extend_schema_field(
    {
        "type": "object",
        "description": KnownSettings.__doc__,
        "properties": {
            "transport": {"type": "string", "enum": Channel.Transport.values},
            "api_url": {"type": "string", "maxLength": 300},
            "proxy": {"type": "string", "maxLength": 300},
            "team": {"type": "string", "format": "uuid", "nullable": True},
            "routing": {"type": "string", "enum": Channel.Routing.values},
        },
        "additionalProperties": {},
    }
)
class Settings(JsonObject):
    """The known settings checked, the others as they are."""

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        known = KnownSettings(data=found)
        known.is_valid(raise_exception=True)
        own = {name: value for name, value in found.items() if name not in NOTED}
        return {**own, **known.validated_data}


class PeopleSerializer(serializers.Serializer[Any]):
    """Who sees a channel's conversations, and when somebody is there."""

    access = serializers.ListField(
        child=serializers.UUIDField(),
        allow_null=True,
        required=False,
        max_length=1000,
        help_text="Ids of the members who alone see it; null: everybody. "
        "Who manages channels sees it in any case.",
    )
    hours = HoursSerializer(required=False)
    away_reply = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        help_text="Said once to who writes outside of the hours. Empty: nothing is.",
    )


class NewChannelSerializer(PeopleSerializer):
    kind = serializers.CharField(max_length=20)
    name = serializers.CharField(
        max_length=120, required=False, allow_blank=True, help_text="Empty: the account's own name."
    )
    credentials = serializers.DictField(
        child=serializers.CharField(max_length=4000, allow_blank=True),
        write_only=True,
        required=False,
        default=dict,
        help_text="What the kind asks for: `{token}` for telegram. Never shown again.",
    )
    settings = Settings(required=False, default=dict, largest=16 * 1024)


class ChannelChangeSerializer(PeopleSerializer):
    name = serializers.CharField(max_length=120, required=False)
    credentials = serializers.DictField(
        child=serializers.CharField(max_length=4000, allow_blank=True),
        write_only=True,
        required=False,
        help_text="Of the same account, laid over the stored ones and checked like those of a new "
        "channel. A channel that was disconnected is connected again.",
    )
    settings = Settings(required=False, largest=16 * 1024, help_text="Laid over the present ones.")


class HealthSerializer(serializers.Serializer[Any]):
    """`ok` as long as messages come and go; `reason` says why not."""

    ok = serializers.BooleanField()
    reason = serializers.CharField()
    since = serializers.DateTimeField()
    notes = serializers.ListField(child=serializers.CharField())


class ChannelSerializer(serializers.Serializer[Any]):
    """A connected account. Without the right to manage channels `key` and `webhook_url` are null.

    Credentials are never shown.
    """

    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    settings = serializers.SerializerMethodField()
    external_id = serializers.CharField(help_text="The account's id on the platform.")
    key = serializers.SerializerMethodField()
    webhook_url = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=CHANNEL_STATUSES)
    health = serializers.SerializerMethodField()
    access = serializers.SerializerMethodField(
        help_text="Ids of the members who alone see it; null: everybody."
    )
    hours = serializers.SerializerMethodField()
    away_reply = serializers.CharField()
    created_at = serializers.DateTimeField()

    def get_key(self, channel: Channel) -> str | None:
        return channel.key if self.context["manages"] else None

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField(), allow_null=True))
    def get_access(self, channel: Channel) -> list[str] | None:
        if not channel.is_restricted:
            return None
        return sorted(str(entry.membership_id) for entry in channel.access_list.all())

    @extend_schema_field(HoursSerializer)
    def get_hours(self, channel: Channel) -> dict[str, Any]:
        return shown_hours(self.context["calendars"].get(channel.pk), self.context["zone"])

    def get_webhook_url(self, channel: Channel) -> str | None:
        return hook_address(channel) if self.context["manages"] else None

    @extend_schema_field(Settings)
    def get_settings(self, channel: Channel) -> dict[str, Any]:
        own = shown_settings(channel) if self.context["manages"] else {}
        return {
            **own,
            "transport": channel.transport,
            "team": str(channel.team_id) if channel.team_id else None,
            "routing": channel.routing,
        }

    @extend_schema_field(HealthSerializer)
    def get_health(self, channel: Channel) -> dict[str, Any]:
        found = HealthSerializer(
            {
                "ok": channel.status == Channel.Status.ACTIVE,
                "reason": gettext(channel.status_reason) if channel.status_reason else "",
                "since": channel.status_since,
                "notes": [gettext(note) for note in channel.health.get("notes", [])],
            }
        ).data
        return {**channel.health, **found}


class ConnectedChannelSerializer(ChannelSerializer):
    """The channel that was just connected, with the secrets that were made for it, if any."""

    shown_once = serializers.DictField(
        source="revealed",
        child=serializers.CharField(),
        required=False,
        help_text="Secrets made by us, for the other side to sign with: `{secret}` for api.",
    )

    def to_representation(self, channel: Channel) -> dict[str, Any]:
        shown = super().to_representation(channel)
        if not shown["shown_once"]:
            del shown["shown_once"]
        return shown


class ParkedSerializer(serializers.Serializer[Any]):
    """A delivery that could not be read."""

    id = serializers.UUIDField()
    dedup_key = serializers.CharField()
    received_at = serializers.DateTimeField()
    attempts = serializers.IntegerField()
    error = serializers.CharField()
    size = serializers.IntegerField(help_text="Of the body, in bytes.")
    raw = serializers.SerializerMethodField()

    def get_raw(self, envelope: Any) -> str:
        """The beginning of the body."""
        return bytes(envelope.beginning).decode(errors="replace")


def shown_settings(channel: Channel) -> dict[str, Any]:
    """The kind's own settings, without the password in an address."""
    return {
        name: without_password(str(value)) if name in ADDRESSES else value
        for name, value in channel.settings.items()
        if name not in (*COLUMNS, *NOTED)
    }
