"""What conversations tell in the story of a contact: messages by spells, notes, who took it."""

from typing import Any
from uuid import UUID

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from contacts.actors import actors
from contacts.timeline import Kind, Line, Place, tell_of
from events import types
from events.models import Event
from inbox import timeline
from inbox.models import Conversation, Message, Rating

ADDRESS = "inbox:conversation"
_MESSAGES = (types.MESSAGE_RECEIVED, types.MESSAGE_QUEUED, types.MESSAGE_SENT)
_LENGTH = 160


def _contacts(events: list[Event]) -> dict[UUID, UUID]:
    ids = {event.conversation_id for event in events if event.conversation_id}
    return dict(Conversation.objects.filter(pk__in=ids).values_list("pk", "contact_id"))


def _at_conversations(events: list[Event]) -> dict[int, Place]:
    owners = _contacts(events)
    return {
        event.seq: Place(owners[event.conversation_id], event.at)
        for event in events
        if event.conversation_id in owners
    }


def _at_messages(events: list[Event]) -> dict[int, Place]:
    """Each message once: ours when it is queued, or when it was sent outside of Tandem."""
    owners = _contacts(events)
    ids = [event.subject_id for event in events if event.action in _MESSAGES]
    messages: dict[Any, Message] = {
        row.pk: row for row in Message.objects.filter(pk__in=ids).only("sent_at", "client_id")
    }
    places = {}
    for event in events:
        if event.conversation_id not in owners:
            continue
        owner = owners[event.conversation_id]
        if event.action == types.CONVERSATION_CLOSED:
            places[event.seq] = Place(owner, event.at, "over")
        elif message := messages.get(event.subject_id):
            if event.data.get("retry"):
                continue
            if event.action == types.MESSAGE_SENT and message.client_id is not None:
                continue
            turn = "incoming" if event.action == types.MESSAGE_RECEIVED else "outgoing"
            places[event.seq] = Place(owner, message.sent_at, turn)
    return places


def _at_notes(events: list[Event]) -> dict[int, Place]:
    owners = _contacts(events)
    return {
        event.seq: Place(owners[event.conversation_id], event.at)
        for event in events
        if event.conversation_id in owners
    }


def _of_conversations(events: list[Event]) -> dict[int, Line]:
    lines = {}
    for event, words in timeline.sentences(events):
        link = (ADDRESS, event.conversation_id) if event.conversation_id else None
        lines[event.seq] = Line(words, "", link)
    return lines


def _of_ratings(events: list[Event]) -> dict[int, Line]:
    """With the words that came with the mark."""
    ratings = Rating.objects.in_bulk([UUID(event.data["rating"]) for event in events])
    lines = {}
    for event, words in timeline.sentences(events):
        rating = ratings.get(UUID(event.data["rating"]))
        comment = Truncator(rating.comment).chars(_LENGTH) if rating else ""
        lines[event.seq] = Line(words, "", (ADDRESS, event.subject_id), str(comment))
    return lines


def _of_messages(events: list[Event]) -> dict[int, Line]:
    """The first message of each spell."""
    found = Message.objects.select_related("channel").in_bulk(
        [event.subject_id for event in events]
    )
    return {
        event.seq: Line(
            message.channel.name,
            "",
            (ADDRESS, message.conversation_id),
            _words(message),
        )
        for event in events
        if (message := found.get(event.subject_id))
    }


def _of_notes(events: list[Event]) -> dict[int, Line]:
    found = Message.objects.in_bulk([event.subject_id for event in events])
    who = actors(events)
    return {
        event.seq: Line(
            _("Note"), who[event.seq], (ADDRESS, message.conversation_id), _words(message)
        )
        for event in events
        if (message := found.get(event.subject_id))
    }


def _words(message: Message) -> str:
    if message.deleted_at:
        return _("Deleted message")
    if message.text:
        return str(Truncator(message.text).chars(_LENGTH))
    return str(message.get_kind_display())


tell_of(
    Kind.MESSAGES,
    [*_MESSAGES, types.CONVERSATION_CLOSED],
    locate=_at_messages,
    tell=_of_messages,
)
tell_of(
    Kind.CONVERSATION,
    timeline.ACTIONS - {types.IDENTITY_MOVED, types.CONVERSATION_RATED},
    locate=_at_conversations,
    tell=_of_conversations,
)
tell_of(Kind.CONVERSATION, [types.MESSAGE_NOTED], locate=_at_notes, tell=_of_notes)
tell_of(
    Kind.CONVERSATION,
    [types.CONVERSATION_RATED],
    locate=_at_conversations,
    tell=_of_ratings,
)
