"""Shapes of the public contract (docs: the OpenAPI schema)."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from channels_connectors.models import Channel
from inbox.models import Attachment, Conversation, Message


class ChannelSerializer(serializers.Serializer[Any]):
    """A connected account. Credentials are write-only and never shown again."""

    id = serializers.UUIDField(read_only=True)
    kind = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    credentials = serializers.DictField(write_only=True, required=False)
    settings = serializers.DictField(required=False)
    key = serializers.CharField(read_only=True)
    webhook_url = serializers.SerializerMethodField()
    external_id = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True)
    status_reason = serializers.CharField(read_only=True)
    status_since = serializers.DateTimeField(read_only=True)
    health = serializers.DictField(read_only=True)
    transport = serializers.CharField(read_only=True)
    routing = serializers.CharField(read_only=True)
    team = serializers.UUIDField(source="team_id", read_only=True)
    created_at = serializers.DateTimeField(read_only=True)

    def get_webhook_url(self, channel: Channel) -> str:
        return f"{settings.PUBLIC_URL}/hooks/{channel.kind}/{channel.key}/"


class ParkedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    dedup_key = serializers.CharField()
    received_at = serializers.DateTimeField()
    attempts = serializers.IntegerField()
    error = serializers.CharField()
    raw = serializers.SerializerMethodField()

    def get_raw(self, envelope: Any) -> str:
        return bytes(envelope.raw).decode(errors="replace")


class ConversationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.CharField()
    channel = serializers.UUIDField(source="channel_id")
    contact = serializers.UUIDField(source="contact_id")
    assignee = serializers.UUIDField(source="assignee_id", allow_null=True)
    team = serializers.UUIDField(source="team_id", allow_null=True)
    unread_count = serializers.IntegerField()
    unanswered = serializers.SerializerMethodField()
    waiting_since = serializers.DateTimeField(allow_null=True)
    last_activity_at = serializers.DateTimeField()
    last_message = serializers.CharField(source="last_message_text")
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)

    def get_unanswered(self, conversation: Conversation) -> bool:
        return conversation.waiting_since is not None


class AttachmentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)
    mime = serializers.CharField()
    url = serializers.SerializerMethodField()
    status = serializers.CharField()

    def get_url(self, attachment: Attachment) -> str | None:
        if attachment.status != Attachment.Status.READY:
            return None
        return settings.PUBLIC_URL + reverse("api:attachment", args=[attachment.id])


class AuthorSerializer(serializers.Serializer[Any]):
    type = serializers.CharField()
    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


class MessageSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    conversation = serializers.UUIDField(source="conversation_id")
    direction = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    entities = serializers.ListField()
    external_id = serializers.CharField(allow_null=True)
    client_id = serializers.UUIDField(allow_null=True)
    status = serializers.CharField()
    error = serializers.SerializerMethodField()
    reply_to = serializers.UUIDField(source="reply_to_id", allow_null=True)
    attachments = AttachmentSerializer(many=True)
    author = serializers.SerializerMethodField()
    sent_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted_at = serializers.DateTimeField(allow_null=True)
    referral = serializers.DictField(allow_null=True)
    payload = serializers.DictField()
    reactions = serializers.SerializerMethodField()

    def get_error(self, message: Message) -> dict[str, str] | None:
        if not message.error_class:
            return None
        return {"class": message.error_class, "message": message.error}

    def get_author(self, message: Message) -> dict[str, Any] | None:
        if message.author is not None:
            return {
                "type": "member",
                "id": str(message.author_id),
                "name": message.author.name,
            }
        if message.direction == "incoming":
            return {
                "type": "contact",
                "id": str(message.conversation.contact_id),
                "name": message.sender_name or message.conversation.contact.display_name,
            }
        return None

    def get_reactions(self, message: Message) -> list[dict[str, str]]:
        return [
            {"person": reaction.person, "emojis": reaction.emojis}
            for reaction in message.reactions.all()
        ]


class NewMessageSerializer(serializers.Serializer[Any]):
    """`client_id` is the caller's own UUID: the same one twice gives one message."""

    text = serializers.CharField(
        allow_blank=True, required=False, default="", max_length=20000, trim_whitespace=False
    )
    client_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    reply_to = serializers.UUIDField(required=False, allow_null=True, default=None)
    attachments = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=10
    )
    internal = serializers.BooleanField(required=False, default=False)


class ConversationChangeSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["accepted", "new", "closed"], required=False)
    assignee = serializers.UUIDField(required=False, allow_null=True)
    team = serializers.UUIDField(required=False, allow_null=True)
