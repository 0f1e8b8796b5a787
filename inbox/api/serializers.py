"""Shapes of conversations and messages in the public contract."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import JsonObject
from inbox.api.ratings import RatingSerializer
from inbox.models import Attachment, Conversation, Message, MessageChange
from inbox.models.message import Direction, Kind, Status

# Named, so that the OpenAPI document can tell one "status" from another.
MESSAGE_STATUSES = Status.values
CONVERSATION_STATUSES = Conversation.Status.values
ATTACHMENT_STATUSES = Attachment.Status.values
CHANGE_STATUSES = MessageChange.Status.values

CARRIED = ("buttons", "location", "contact", "template")


class LastMessageSerializer(serializers.Serializer[Any]):
    """What the list shows of the newest message; its text is cut."""

    text = serializers.CharField(source="last_message_text")
    kind = serializers.CharField(source="last_message_kind")
    direction = serializers.CharField(source="last_message_direction")
    status = serializers.CharField(source="last_message_status")


class ConversationSerializer(serializers.Serializer[Any]):
    """All that was said with one address of a contact."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=CONVERSATION_STATUSES)
    channel = serializers.UUIDField(source="channel_id")
    contact = serializers.UUIDField(source="contact_id")
    assignee = serializers.UUIDField(source="assignee_id", allow_null=True)
    team = serializers.UUIDField(source="team_id", allow_null=True)
    unread_count = serializers.IntegerField()
    unanswered = serializers.SerializerMethodField()
    waiting_since = serializers.DateTimeField(allow_null=True)
    last_activity_at = serializers.DateTimeField()
    last_message = serializers.SerializerMethodField()
    rating = serializers.SerializerMethodField(
        help_text="The customer's latest mark for the conversation."
    )
    created_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

    def get_unanswered(self, conversation: Conversation) -> bool:
        return conversation.waiting_since is not None

    @extend_schema_field(RatingSerializer(allow_null=True))
    def get_rating(self, conversation: Conversation) -> Any:
        answered = [one for one in conversation.ratings.all() if one.score is not None]
        latest = max(answered, key=lambda one: one.closed_seq, default=None)
        return None if latest is None else RatingSerializer(latest).data

    @extend_schema_field(LastMessageSerializer(allow_null=True))
    def get_last_message(self, conversation: Conversation) -> Any:
        is_empty = not conversation.last_message_direction
        return None if is_empty else LastMessageSerializer(conversation).data


class NewConversationSerializer(serializers.Serializer[Any]):
    """Whom to write to. Nothing is sent until a message is."""

    channel = serializers.UUIDField()
    to = serializers.CharField(
        max_length=200, help_text="A phone number, an e-mail address, or the platform's own id."
    )
    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class ConversationChangeSerializer(serializers.Serializer[Any]):
    """What is left out stays. `accepted` needs an assignee."""

    status = serializers.ChoiceField(choices=CONVERSATION_STATUSES, required=False)
    assignee = serializers.UUIDField(
        required=False, allow_null=True, help_text="A member; null gives back to New."
    )
    team = serializers.UUIDField(required=False, allow_null=True)


class AttachmentSerializer(serializers.Serializer[Any]):
    """A file of a message. `url` asks for the token, and is null until we have the file."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField(allow_null=True, help_text="In bytes.")
    mime = serializers.CharField()
    url = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=ATTACHMENT_STATUSES)

    def get_url(self, attachment: Attachment) -> str | None:
        if attachment.status != Attachment.Status.READY:
            return None
        return settings.PUBLIC_URL + reverse("api:attachment", args=[attachment.id])


class AuthorSerializer(serializers.Serializer[Any]):
    """Who wrote: a member, the contact, or `other` (a program, or somebody outside of Tandem)."""

    type = serializers.ChoiceField(choices=["member", "contact", "other"])
    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


class ReactionSerializer(serializers.Serializer[Any]):
    person = serializers.CharField(help_text="As the platform names them.")
    emojis = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    """What we want of the platform for a message that it has. Queued, being told, or refused; then
    the message is again as it was and `error` says why."""

    kind = serializers.ChoiceField(choices=MessageChange.Kind.values)
    status = serializers.ChoiceField(choices=CHANGE_STATUSES)
    text = serializers.CharField()
    emoji = serializers.CharField()
    error = serializers.SerializerMethodField()
    error_class = serializers.SerializerMethodField()

    def get_error(self, change: MessageChange) -> str | None:
        return gettext(change.error) if change.error else None

    def get_error_class(self, change: MessageChange) -> str | None:
        return change.error_class or None


class MessageSerializer(serializers.Serializer[Any]):
    """One item of a conversation.

    `error` says in words why a message was not sent, `error_class` says it to programs: `rate`,
    `transient`, `window_closed`, `recipient_gone`, `bad_content`, `channel_auth`.
    """

    id = serializers.UUIDField()
    conversation = serializers.UUIDField(source="conversation_id")
    direction = serializers.ChoiceField(choices=Direction.values)
    kind = serializers.ChoiceField(choices=Kind.values)
    text = serializers.CharField()
    entities = serializers.ListField(
        child=serializers.DictField(),
        help_text="Formatting: `{type, offset, length, url?}`, counted in UTF-16 units.",
    )
    external_id = serializers.CharField(allow_null=True, help_text="The platform's own id.")
    client_id = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(choices=MESSAGE_STATUSES)
    error = serializers.SerializerMethodField()
    error_class = serializers.SerializerMethodField()
    reply_to = serializers.UUIDField(source="reply_to_id", allow_null=True)
    attachments = serializers.SerializerMethodField()
    author = serializers.SerializerMethodField()
    sent_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted_at = serializers.DateTimeField(allow_null=True)
    referral = JsonObject(allow_null=True, help_text="The advertisement or link that led here.")
    payload = JsonObject(help_text="What the kind needs besides: a location's coordinates.")
    reactions = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    price = JsonObject(allow_null=True, help_text="What the platform charges, where it tells.")

    @extend_schema_field(ReactionSerializer(many=True))
    def get_reactions(self, message: Message) -> Any:
        # An empty one stays where a reaction was taken back.
        there = [reaction for reaction in message.reactions.all() if reaction.emojis]
        return ReactionSerializer(there, many=True).data

    @extend_schema_field(ChangeSerializer(many=True))
    def get_changes(self, message: Message) -> Any:
        done = MessageChange.Status.DONE
        open_ones = [change for change in message.changes.all() if change.status != done]
        return ChangeSerializer(open_ones, many=True).data

    def get_error(self, message: Message) -> str | None:
        # Stored in the source language, told in the reader's.
        return gettext(message.error) if message.error else None

    def get_error_class(self, message: Message) -> str | None:
        return message.error_class or None

    @extend_schema_field(AttachmentSerializer(many=True))
    def get_attachments(self, message: Message) -> Any:
        in_order = sorted(message.attachments.all(), key=lambda found: found.position)
        return AttachmentSerializer(in_order, many=True).data

    @extend_schema_field(AuthorSerializer(allow_null=True))
    def get_author(self, message: Message) -> dict[str, Any] | None:
        if message.author is not None:
            return _author("member", message.author_id, message.author.name)
        if message.direction == Direction.INCOMING:
            contact = message.conversation.contact
            return _author("contact", contact.id, message.sender_name or contact.display_name)
        return _author("other", None, message.sender_name) if message.sender_name else None


class NewMessageSerializer(serializers.Serializer[Any]):
    """`client_id` is the caller's own UUID: the same one twice gives one message."""

    text = serializers.CharField(
        allow_blank=True,
        allow_null=True,
        required=False,
        default="",
        max_length=20_000,
        trim_whitespace=False,
    )
    client_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    reply_to = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="A message of the conversation."
    )
    attachments = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=10,
        help_text="Ids of uploaded attachments.",
    )
    internal = serializers.BooleanField(
        required=False, default=False, help_text="A note that only colleagues see."
    )
    subject = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=300,
        help_text="Of a letter; left out, that of the letter before.",
    )
    cc = serializers.ListField(
        child=serializers.EmailField(),
        required=False,
        allow_null=True,
        default=None,
        max_length=20,
        help_text="Who else gets the letter; left out, those who got the one before.",
    )
    buttons = serializers.ListField(
        required=False,
        allow_null=True,
        max_length=10,
        help_text="Rows of `{label, action, value}`; action is `reply` (its `value` comes back "
        "as a message), `link`, `phone` or `location`, as far as the channel has them.",
    )
    location = JsonObject(
        required=False, allow_null=True, help_text="`{latitude, longitude, title?, address?}`"
    )
    contact = JsonObject(required=False, allow_null=True, help_text="`{name, phone}`")
    template = JsonObject(
        required=False,
        allow_null=True,
        help_text="An approved template: `{name, language, header?, body?, buttons?}`, the last "
        "three lists of values (dicts where variables have names). A header with a picture, video "
        "or document takes it from `attachments`.",
    )

    def payload(self) -> dict[str, Any]:
        """What the message carries besides its text."""
        return {name: self.validated_data.get(name) for name in CARRIED}


class MessageChangeSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(allow_blank=True, max_length=20_000, trim_whitespace=False)


class NewReactionSerializer(serializers.Serializer[Any]):
    emoji = serializers.CharField(max_length=40, help_text="One that the channel has.")


def _author(type: str, id: Any, name: str) -> dict[str, Any]:
    return {"type": type, "id": str(id) if id else None, "name": name}
