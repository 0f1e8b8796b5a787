"""Chats of the year's last weeks in which somebody asked and of which no deal is there yet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone

from inbox.models import Conversation, Message
from workspaces.models import Membership
from workspaces.zones import local_day

_SELLERS: Final = ("agent", "manager")
# What is younger is still being talked about.
_YOUNG: Final = timedelta(hours=30)


@dataclass(frozen=True)
class Chat:
    """When somebody asked, and when they were answered."""

    conversation: Conversation
    asked: datetime
    replied: datetime


def waiting_chats(members: dict[str, Membership], since: date) -> dict[date, list[Chat]]:
    """By the Monday of their week; none where there is no year."""
    found = Conversation.objects.filter(
        assignee__in=[members[login] for login in _SELLERS],
        created_at__lt=timezone.now() - _YOUNG,
        deals=None,
    ).select_related("contact", "assignee")
    conversations = {one.pk: one for one in found if local_day(one.created_at) >= since}
    replies: dict[object, datetime] = {}
    asked: dict[object, datetime] = {}
    for message in Message.objects.filter(conversation_id__in=conversations).order_by("sent_at"):
        of = replies if message.direction == "outgoing" else asked
        of.setdefault(message.conversation_id, message.sent_at)
    weeks: dict[date, list[Chat]] = {}
    for pk, one in sorted(conversations.items()):
        if pk in replies and pk in asked:
            day = local_day(asked[pk])
            monday = day - timedelta(days=day.weekday())
            weeks.setdefault(monday, []).append(Chat(one, asked[pk], replies[pk]))
    return weeks
