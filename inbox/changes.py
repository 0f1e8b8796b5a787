"""Thin news of the inbox: what has changed, by name, and who may follow a conversation.

Names: "conversations" (rows of lists), "counters", "channels", "traffic", "notifications", and,
with an id, "conversation" (whose it is and in which state), "head" (whether the customer waits),
"gate" (whether one can write), "contact", "templates" (of a channel).
"""

from collections.abc import Iterable
from uuid import UUID

from events import types
from events.models import Event
from inbox.models import Conversation
from live import topics
from live.fragments import register_changes
from workspaces.models import Membership

OF_CONVERSATIONS = (
    types.CONVERSATION_CREATED,
    types.CONVERSATION_ACCEPTED,
    types.CONVERSATION_ASSIGNED,
    types.CONVERSATION_ROUTED,
    types.CONVERSATION_CLOSED,
    types.CONVERSATION_REOPENED,
    types.CONVERSATION_SETTLED,
    types.CONVERSATION_MERGED,
    types.CONVERSATION_ABSORBED,
)
# Whether the customer waits for a reply may be another thing after these.
OF_WAITING = (
    types.MESSAGE_RECEIVED,
    types.MESSAGE_QUEUED,
    types.MESSAGE_FAILED,
    types.MESSAGE_DELETED,
)
IN_LISTS = (
    types.MESSAGE_RECEIVED,
    types.MESSAGE_QUEUED,
    types.MESSAGE_NOTED,
    types.MESSAGE_SENT,
    types.MESSAGE_DELIVERED,
    types.MESSAGE_READ,
    types.MESSAGE_FAILED,
    types.MESSAGE_UNCERTAIN,
    types.MESSAGE_EDITED,
    types.MESSAGE_DELETED,
    types.MESSAGE_CHANGE_FAILED,
)


def may_follow(viewer: Membership, conversation_id: UUID) -> bool:
    """An open page follows a conversation that its viewer may see."""
    seen = Conversation.objects.visible_to(viewer)
    return bool(seen.filter(pk=conversation_id).exists())


def _of_conversation(event: Event) -> Iterable[str]:
    return ["conversations", "counters", f"conversation:{event.conversation_id}"]


def _of_waiting(event: Event) -> Iterable[str]:
    return ["counters", f"head:{event.conversation_id}"]


def _of_merge(event: Event) -> Iterable[str]:
    """Pages of both: an open conversation is somebody else's by now."""
    other = event.data.get("absorbed") or event.data["restored"]
    return ["conversations", f"contact:{event.subject_id}", f"contact:{other}"]


register_changes(IN_LISTS, ["conversations"])
register_changes(OF_WAITING, _of_waiting)
register_changes(OF_CONVERSATIONS, _of_conversation)
register_changes(
    [types.CONVERSATION_READ, types.CONVERSATION_UNREAD], ["conversations", "counters"]
)
register_changes(
    [types.IDENTITY_REACHABILITY_CHANGED], lambda event: [f"gate:{event.conversation_id}"]
)
register_changes(
    [types.CONTACT_CONSENT_CHANGED],
    lambda event: ["conversations", f"contact:{event.subject_id}"],
)
register_changes([types.CONTACT_MERGED, types.CONTACT_UNMERGED], _of_merge)
register_changes([types.TOUCH_RECORDED], lambda event: [f"contact:{event.data['contact']}"])
register_changes(
    [types.TEMPLATE_CHANGED, types.TEMPLATE_REMOVED],
    lambda event: [f"templates:{event.data['channel']}"],
)
register_changes(
    [types.CONTACT_UPDATED], lambda event: ["conversations", f"contact:{event.subject_id}"]
)
register_changes(
    [types.CHANNEL_CREATED, types.CHANNEL_UPDATED, types.CHANNEL_STATUS_CHANGED],
    ["conversations", "channels"],
)
register_changes(
    [
        types.CHANNEL_NOTICED,
        types.CHANNEL_TESTED,
        types.CHANNEL_PARKED,
        types.CHANNEL_REPLAYED,
    ],
    ["channels"],
)
# What goes through the channels: for pages about them, which gather such news for a while.
register_changes(
    [types.MESSAGE_RECEIVED, types.MESSAGE_QUEUED, types.MESSAGE_SENT, types.MESSAGE_FAILED],
    ["traffic"],
)
register_changes([types.NOTIFICATION_CREATED, types.NOTIFICATION_READ], ["notifications"])
topics.register_topic(
    "conversation",
    may_follow,
    recheck=[
        types.CONVERSATION_ACCEPTED,
        types.CONVERSATION_ASSIGNED,
        types.CONVERSATION_ROUTED,
        types.CONVERSATION_REOPENED,
    ],
)
