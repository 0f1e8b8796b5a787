"""Fat news of the inbox: bubbles and facts for pages on which their conversation is open."""

from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from events import types
from events.models import Event
from inbox import timeline
from inbox.bubbles import Bubble
from inbox.facts import Fact
from inbox.models import Attachment, Conversation, Message, Reaction
from inbox.thread import bubble_of
from live import streams, topics
from live.fragments import Fragment, register_renderer
from workspaces.models import Workspace
from workspaces.scope import current_workspace_id

OF_MESSAGES = (
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
    known = {message.id: message for message in Message.objects.filter(pk__in=last).for_thread()}
    rooms = _Rooms({message.conversation_id for message in known.values()})
    fragments, shown = [], set()
    for message_id, event in last.items():
        message = known.get(message_id)
        if message is None:
            stream = streams.remove(_dom_id(event, message_id))
        else:
            bubble = bubble_of(message) if message.group_key else Bubble([message])
            if bubble.dom_id in shown:
                continue
            shown.add(bubble.dom_id)
            stream = rooms.render("inbox/streams/bubble.html", message.conversation_id, bubble)
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


class _Rooms:
    """What bubbles need to know of their conversations, loaded once."""

    def __init__(self, ids: set[UUID]) -> None:
        found = Conversation.objects.filter(pk__in=ids).select_related("contact", "identity")
        self._known: dict[UUID, Conversation] = {one.id: one for one in found} if ids else {}
        self._slug = Workspace.objects.get(pk=current_workspace_id()).slug if ids else ""

    def render(self, template: str, conversation_id: UUID, bubble: Bubble) -> SafeString:
        conversation = self._known[conversation_id]
        url = reverse("inbox:messages", args=[self._slug, conversation_id])
        context = {
            "bubble": bubble,
            "messages_url": url,
            "files_url": f"/w/{self._slug}/files/",
            "contact_name": conversation.contact.display_name,
            "is_group": conversation.identity.is_group,
            "customer_address": conversation.identity.external_id,
        }
        return mark_safe(render_to_string(template, context))  # noqa: S308


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
