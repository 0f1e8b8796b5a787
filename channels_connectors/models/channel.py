from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_connectors.passwords import sealed
from channels_connectors.querysets import ChannelQuerySet
from core.crypto import EncryptedJSONField
from core.tokens import new_token
from events import types
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Channel(TenantModel):
    """An account of the company on a platform: a bot, a community, a website."""

    class Status(models.TextChoices):
        CONNECTING = "connecting", _("Connecting")
        ACTIVE = "active", _("Works")
        PAUSED = "paused", _("Paused")
        BROKEN = "broken", _("Needs attention")
        DISCONNECTED = "disconnected", _("Disconnected")

    class Routing(models.TextChoices):
        MANUAL = "manual", _("By hand")
        ROUND_ROBIN = "round_robin", _("In turn")
        LEAST_LOADED = "least_loaded", _("To the least loaded")

    class SetupStep(models.TextChoices):
        DONE = ""
        CHECK = "check"
        PEOPLE = "people"

    class Transport(models.TextChoices):
        WEBHOOK = "webhook", _("Webhook")
        POLLING = "polling", _("Polling")

    kind = models.CharField(max_length=20)
    name = models.CharField(_("Name"), max_length=120)
    key = models.CharField(max_length=64, default=new_token, editable=False)
    credentials = EncryptedJSONField(default=dict)
    settings = models.JSONField(default=dict, blank=True)
    external_id = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.CONNECTING)
    status_reason = models.TextField(blank=True)
    status_since = models.DateTimeField(default=timezone.now)
    status_by = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True)
    # What its platform told of it; see inbox.health.
    health = models.JSONField(default=dict, blank=True)
    checked_at = models.DateTimeField(null=True)
    # How far the admin has come in setting it up.
    setup_step = models.CharField(
        max_length=8, choices=SetupStep.choices, default=SetupStep.DONE, blank=True
    )
    team = TenantForeignKey("workspaces.Team", models.SET_NULL, null=True, blank=True)
    routing = models.CharField(
        _("Distribution"), max_length=16, choices=Routing.choices, default=Routing.MANUAL
    )
    transport = models.CharField(max_length=8, choices=Transport.choices, default=Transport.WEBHOOK)
    # Said once to who writes outside of the working hours; empty = nothing is said.
    away_reply = models.TextField(_("Reply outside of working hours"), blank=True, max_length=2000)
    is_restricted = models.BooleanField(default=False)
    poll_cursor = models.CharField(max_length=200, blank=True)
    poll_lease_until = models.DateTimeField(null=True)
    poll_lease_token = models.UUIDField(null=True)

    # Secrets made while connecting, for whoever connects. Only on the object that `connect_channel`
    # returns: what is stored lies encrypted in `credentials` and is never shown again.
    revealed: Mapping[str, str] = MappingProxyType({})

    objects: ClassVar[Any] = TenantManager.from_queryset(ChannelQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="channel_key_unique"),
        ]
        indexes = [models.Index(fields=["key"], name="channel_key")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the passwords of addresses where the credentials are, encrypted."""
        fields = kwargs.get("update_fields")
        if fields is None or "settings" in fields:
            self.settings, self.credentials = sealed(self.settings, self.credentials)
            if fields is not None:
                kwargs["update_fields"] = {*fields, "credentials"}
        super().save(*args, **kwargs)

    def change_status(
        self,
        status: str,
        *,
        reason: str = "",
        by: Membership | ApiToken | Actor | None = None,
    ) -> None:
        """Say how the channel is; a no-op when it is already so for the same reason."""
        if (self.status, self.status_reason) == (status, reason):
            return
        before = self.status
        self.status, self.status_reason, self.status_since = status, reason, timezone.now()
        self.status_by = by if isinstance(by, Membership) else None
        self.save(update_fields=["status", "status_reason", "status_since", "status_by"])
        record(
            types.CHANNEL_STATUS_CHANGED,
            subject=self,
            by=by,
            data={"before": before, "after": status, "reason": reason},
        )

    def notice(
        self,
        topic: str,
        *,
        level: str,
        words: str = "",
        by: Membership | ApiToken | Actor | None = None,
    ) -> None:
        """Put into the journal what the platform told of the account: `words` in the source
        language; empty where the trouble is over."""
        record(
            types.CHANNEL_NOTICED,
            subject=self,
            by=by,
            data={"topic": topic, "level": level, "words": words},
        )

    @property
    def is_connected(self) -> bool:
        return self.status != self.Status.DISCONNECTED

    @property
    def can_send(self) -> bool:
        return self.status in {self.Status.ACTIVE, self.Status.CONNECTING}

    def setting(self, name: str, default: Any = None) -> Any:
        return self.settings.get(name, default)


class ChannelAccess(TenantModel):
    """Lets a member take part in a restricted channel."""

    channel = TenantForeignKey(Channel, related_name="access_list")
    membership = TenantForeignKey("workspaces.Membership", related_name="channel_access")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "membership"], name="channel_access_unique"
            )
        ]
