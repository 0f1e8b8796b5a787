"""Fat news of the inbox: bubbles and facts for pages on which their conversation is open."""

from uuid import UUID

from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from events import types
from events.models import Event
from inbox import timeline
from inbox.bubbles import Bubble
from inbox.facts import Fact
from inbox.models import Attachment, Conversation, Message, Reaction
from inbox.parts import with_parts
from inbox.thread import bubble_of
from live import streams, topics
from live.fragments import Fragment, register_renderer

OF_MESSAGES = (
    types.MESSAGE_RECEIVED,
    types.MESSAGE_QUEUED,
    types.MESSAGE_NOTED,
    types.MESSAGE_SENT,
    types.MESSAGE_DELIVERED,
    types.MESSAGE_READ,
    types.MESSAGE_FAILED,
    types.MESSAGE_DELAYED,
    types.MESSAGE_UNCERTAIN,
    types.MESSAGE_EDITED,
    types.MESSAGE_DELETED,
    types.MESSAGE_REACTED,
    types.MESSAGE_CHANGE_DELIVERED,
    types.MESSAGE_CHANGE_FAILED,
    types.MESSAGE_CHANGE_DISCARDED,
    types.ATTACHMENT_STORED,
    types.ATTACHMENT_FAILED,
)


def render_messages(events: list[Event]) -> list[Fragment]:
    """Each message of the events once, as it is now, however much was told of it."""
    last = {found: event for event in events if (found := _message_id(event))}
    rooms = Conversation.objects.select_related("workspace", "contact", "identity")
    told = Message.objects.filter(pk__in=last).prefetch_related(Prefetch("conversation", rooms))
    known = {message.id: message for message in with_parts(told)}
    fragments, shown = [], set()
    for message_id, event in last.items():
        message = known.get(message_id)
        if message is None:
            stream = streams.remove(_dom_id(event, message_id), seq=event.seq)
        else:
            bubble = bubble_of(message) if message.group_key else Bubble([message])
            if bubble.dom_id in shown:
                continue
            shown.add(bubble.dom_id)
            stream = _render(message.conversation, bubble, event.seq)
        if event.conversation_id:
            fragments.append(
                Fragment(topics.conversation(event.conversation_id), stream, event.seq)
            )
    return fragments


def render_facts(events: list[Event]) -> list[Fragment]:
    """What the journal tells between the messages."""
    return [
        Fragment(
            topics.conversation(event.conversation_id),
            mark_safe(  # noqa: S308  a template's output
                render_to_string("inbox/streams/fact.html", {"fact": Fact(event, sentence)})
            ),
            event.seq,
        )
        for event, sentence in timeline.sentences(events)
        if event.conversation_id
    ]


def _render(conversation: Conversation, bubble: Bubble, seq: int) -> SafeString:
    slug = conversation.workspace.slug
    context = {
        "bubble": bubble,
        "messages_url": reverse("inbox:messages", args=[slug, conversation.pk]),
        "files_url": f"/w/{slug}/files/",
        "contact_name": conversation.contact.display_name,
        "is_group": conversation.identity.is_group,
        "customer_address": conversation.identity.external_id,
        "seq": seq,
    }
    return mark_safe(render_to_string("inbox/streams/bubble.html", context))  # noqa: S308


def _message_id(event: Event) -> UUID | None:
    if event.subject_type == Message._meta.model_name:
        return event.subject_id
    named = event.data.get("message") if event.subject_type in _PARTS else None
    return UUID(named) if named else None


_PARTS = frozenset({Attachment._meta.model_name, Reaction._meta.model_name})


def _dom_id(event: Event, message_id: UUID) -> str:
    return f"message_{event.data.get('client_id') or message_id}"


register_renderer(OF_MESSAGES, render_messages)
register_renderer(timeline.ACTIONS, render_facts)
