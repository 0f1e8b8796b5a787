"""Reading a conversation page by page: the newest first, each page shown oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from uuid import UUID

from django.db.models import Q

from events import types
from events.models import Event
from inbox import timeline
from inbox.bubbles import Bubble, bubbles
from inbox.facts import Fact
from inbox.models import Conversation, Message
from inbox.models.message import Direction
from inbox.parts import with_parts
from workspaces.models import Membership

PAGE = 50
MOST_FACTS = 100
# The messages of an album come within seconds; the limit lets the thread's index find them.
ALBUM = timedelta(minutes=10)
Item = Bubble | Fact


@dataclass
class Thread:
    """A stretch of a conversation. `older` is the message to go on from, None at the beginning."""

    items: list[Item]
    older: UUID | None
    first_unread: str = ""


def read(
    conversation: Conversation,
    viewer: Membership,
    *,
    before: Message | None = None,
    unread: int = 0,
    facts: Sequence[Fact] | None = None,
) -> Thread:
    """The last messages, or those before one, with the facts of the same time.

    `unread` marks the bubble at which that many unread messages of the customer begin. `facts`,
    the newest ones, spare asking for them again.
    """
    messages = Message.objects.filter(conversation=conversation)
    if before is not None:
        same = Q(sent_at=before.sent_at)
        messages = messages.filter(sent_at__lte=before.sent_at).filter(
            Q(sent_at__lt=before.sent_at)
            | (same & Q(platform_order__lt=before.platform_order))
            | (same & Q(platform_order=before.platform_order, pk__lt=before.pk))
        )
    newest = messages.order_by("-sent_at", "-platform_order", "-id")
    found = with_parts(newest[: PAGE + 1])
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    page = found[:PAGE][::-1]
    shown = bubbles(page)
    name_authors(shown, viewer)
    since = page[0].sent_at if page and older else None
    if facts is None:
        facts = newest_facts(conversation, since=since, until=before.sent_at if before else None)
    told = [fact for fact in facts if since is None or fact.at >= since]
    items: list[Item] = list(merge(shown, told, key=lambda item: item.key))
    return Thread(items, older, _first_unread(shown, unread))


def bubble_of(message: Message) -> Bubble:
    """The bubble in which a message is shown, as it is now."""
    shown = Message.objects.filter(conversation=message.conversation_id)
    if message.group_key:
        shown = shown.filter(
            group_key=message.group_key,
            direction=message.direction,
            sent_at__range=(message.sent_at - ALBUM, message.sent_at + ALBUM),
        )
    else:
        shown = shown.filter(pk=message.pk)
    return bubbles(with_parts(shown.in_order()))[0]


def name_authors(shown: list[Bubble], viewer: Membership) -> None:
    """Say who wrote where it is a colleague and not already said above."""
    previous: UUID | None = viewer.id
    for bubble in shown:
        author = bubble.message.author_id if bubble.is_ours else None
        bubble.shows_author = author is not None and author not in {viewer.id, previous}
        previous = author


def newest_facts(
    conversation: Conversation, *, since: datetime | None = None, until: datetime | None = None
) -> list[Fact]:
    """What the journal tells of the conversation besides its messages, oldest first; also of
    conversations that became part of it."""
    newest = _newest_events([conversation.id], since, until)
    if absorbed := _absorbed(newest):
        newest += _newest_events(absorbed, since, until)
    facts = [Fact(event, sentence) for event, sentence in timeline.sentences(newest)]
    return sorted(facts, key=lambda fact: fact.key)


def _newest_events(
    conversations: list[UUID], since: datetime | None, until: datetime | None
) -> list[Event]:
    events = Event.objects.filter(conversation_id__in=conversations, action__in=timeline.actions())
    if since:
        events = events.filter(at__gte=since)
    if until:
        events = events.filter(at__lt=until)
    return list(events.order_by("-seq")[:MOST_FACTS])


def _absorbed(events: list[Event]) -> list[UUID]:
    merged = [event for event in events if event.action == types.CONVERSATION_MERGED]
    return [UUID(event.data["absorbed"]) for event in merged]


def _first_unread(shown: list[Bubble], unread: int) -> str:
    left = unread
    for bubble in reversed(shown):
        if bubble.message.direction != Direction.INCOMING or left <= 0:
            continue
        left -= len(bubble.messages)
        if left <= 0:
            return bubble.dom_id
    return shown[0].dom_id if shown and unread else ""
