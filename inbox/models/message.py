from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inbox.querysets import MessageQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Direction(models.TextChoices):
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    INTERNAL = "internal"


class Kind(models.TextChoices):
    TEXT = "text", pgettext_lazy("message kind", "Text")
    IMAGE = "image", pgettext_lazy("message kind", "Photo")
    VIDEO = "video", pgettext_lazy("message kind", "Video")
    AUDIO = "audio", pgettext_lazy("message kind", "Audio")
    VOICE = "voice", pgettext_lazy("message kind", "Voice message")
    FILE = "file", pgettext_lazy("message kind", "File")
    STICKER = "sticker", pgettext_lazy("message kind", "Sticker")
    LOCATION = "location", pgettext_lazy("message kind", "Location")
    CONTACT = "contact", pgettext_lazy("message kind", "Contact")
    REACTION = "reaction", pgettext_lazy("message kind", "Reaction")
    ORDER = "order", pgettext_lazy("message kind", "Order")
    TEMPLATE = "template", pgettext_lazy("message kind", "Template")
    SYSTEM = "system", pgettext_lazy("message kind", "Service message")
    UNSUPPORTED = "unsupported", pgettext_lazy("message kind", "Unsupported message")


class Status(models.TextChoices):
    """A lattice: queued < sending < sent < delivered < read. See `inbox.delivery`."""

    RECEIVED = "received", _("Received")
    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    FAILED = "failed", _("Not sent")
    UNKNOWN = "unknown", _("Perhaps sent")


class Message(TenantModel):
    """One item of a conversation: from the customer, to the customer, or a note to colleagues."""

    conversation = TenantForeignKey("inbox.Conversation", related_name="messages")
    channel = TenantForeignKey("channels_connectors.Channel", related_name="+")
    direction = models.CharField(max_length=8, choices=Direction.choices)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.TEXT)
    text = models.TextField(blank=True)
    entities = models.JSONField(default=list)
    payload = models.JSONField(default=dict)
    referral = models.JSONField(null=True)
    price = models.JSONField(null=True)
    # Null, not empty: unsent messages must not collide in the unique constraint.
    external_id = models.CharField(max_length=250, null=True)  # noqa: DJ001
    client_id = models.UUIDField(null=True)
    group_key = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    error_class = models.CharField(max_length=20, blank=True)
    error = models.TextField(blank=True)
    author = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    sender_name = models.CharField(max_length=200, blank=True)
    reply_to = TenantForeignKey("self", models.SET_NULL, null=True, related_name="+")
    reply_to_external_id = models.CharField(max_length=250, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    platform_order = models.BigIntegerField(default=0)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    queued_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(MessageQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "external_id"], name="message_external_unique"
            ),
            models.UniqueConstraint(
                fields=["workspace", "client_id"],
                condition=models.Q(client_id__isnull=False),
                name="message_client_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "conversation", "sent_at", "platform_order", "id"],
                name="message_thread",
            ),
            models.Index(
                fields=["workspace", "conversation", "id"],
                condition=models.Q(status__in=["queued", "sending"]),
                name="message_outbox",
            ),
            # A message of ours that the platform made several of; news may name any of them.
            GinIndex(
                KeyTransform("external_ids", "payload"),
                condition=models.Q(payload__has_key="external_ids"),
                name="message_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.kind}"

    @property
    def dom_id(self) -> str:
        """The same for the pending bubble and the stored one, so that one replaces the other."""
        return f"message_{self.client_id or self.id}"

    @property
    def is_outgoing(self) -> bool:
        return self.direction == Direction.OUTGOING

    def queue_again(self) -> None:
        """Start a new attempt by an agent's will; late news of earlier ones no longer counts."""
        if self.external_id:
            earlier = self.payload.get("earlier_external_ids", [])
            self.payload = {**self.payload, "earlier_external_ids": [*earlier, self.external_id]}
        self.status, self.queued_at, self.attempts = Status.QUEUED, timezone.now(), 0
        self.external_id, self.error_class, self.error = None, "", ""
        self.next_attempt_at = self.lease_until = self.lease_token = None
        self.save()

    @property
    def external_ids(self) -> tuple[str, ...]:
        """All that the message became on its platform."""
        known = self.payload.get("external_ids") or ([self.external_id] if self.external_id else [])
        return tuple(known)

    def reword(self, text: str, entities: list[Any], *, is_seen: bool) -> dict[str, Any]:
        """Say something else; `is_seen` by others before. Returns what `restore` takes back."""
        before = {
            "text": self.text,
            "entities": self.entities,
            "edited_at": self.edited_at.isoformat() if self.edited_at else None,
        }
        self.text, self.entities = text, entities
        if is_seen:
            self.edited_at = timezone.now()
        self.save(update_fields=["text", "entities", "edited_at"])
        return before

    def restore(self, before: dict[str, Any]) -> None:
        """Say again what `reword` replaced."""
        self.text, self.entities = before["text"], before["entities"]
        edited_at = before["edited_at"]
        self.edited_at = datetime.fromisoformat(edited_at) if edited_at else None
        self.save(update_fields=["text", "entities", "edited_at"])

    def set_reaction(self, person: str, emojis: str) -> str:
        """Put the person's reaction; "" takes it back. Returns the one before."""
        before = self.reactions.filter(person=person).first()
        self.reactions.update_or_create(
            person=person, defaults={"emojis": emojis, "at": timezone.now()}
        )
        return before.emojis if before else ""

    def withdraw(self) -> None:
        """Never send what still waits."""
        self.status, self.deleted_at = Status.FAILED, timezone.now()
        self.lease_token = self.lease_until = self.next_attempt_at = None
        self.error_class = self.error = ""
        self.save()
