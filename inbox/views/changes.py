"""Changing one message: its words, a reaction, taking it back, and what to do after a refusal."""

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from inbox.actions import delete_message, discard_change, edit_message, react, retry_change
from inbox.models import Message, MessageChange
from inbox.thread import bubble_of
from inbox.views import parts
from inbox.views.messages import message_of, refused, shown

LONGEST_TEXT = 100_000


@require_POST
def edit(request: HttpRequest, slug: str, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Other words."""
    text = request.POST.get("text", "")[:LONGEST_TEXT]
    # The same words in the same formatting are no edit; a browser's line ends are two characters.
    text = text.replace("\r\n", "\n")
    return _change(
        request,
        conversation_id,
        message_id,
        lambda message: edit_message(message, text, by=request.membership),
    )


@require_POST
def deletion(
    request: HttpRequest, slug: str, conversation_id: UUID, message_id: UUID
) -> HttpResponse:
    """Take the message back; of an album all of it."""

    def delete(message: Message) -> Message:
        for part in bubble_of(message).messages:
            delete_message(part, by=request.membership)
        return message

    return _change(request, conversation_id, message_id, delete)


@require_POST
def reaction(
    request: HttpRequest, slug: str, conversation_id: UUID, message_id: UUID
) -> HttpResponse:
    """Put the company's reaction; an empty one takes it back."""
    emoji = request.POST.get("emoji", "")
    return _change(
        request,
        conversation_id,
        message_id,
        lambda message: react(message, emoji, by=request.membership),
    )


@require_POST
def retry(
    request: HttpRequest, slug: str, conversation_id: UUID, message_id: UUID, change_id: UUID
) -> HttpResponse:
    """Try a refused change again."""
    return _change(
        request,
        conversation_id,
        message_id,
        lambda message: retry_change(_failed(message, change_id), by=request.membership),
    )


@require_POST
def discard(
    request: HttpRequest, slug: str, conversation_id: UUID, message_id: UUID, change_id: UUID
) -> HttpResponse:
    """Leave the message as it is."""
    return _change(
        request,
        conversation_id,
        message_id,
        lambda message: discard_change(_failed(message, change_id), by=request.membership),
    )


def _change(
    request: HttpRequest,
    conversation_id: UUID,
    message_id: UUID,
    verb: Callable[[Message], Message],
) -> HttpResponse:
    found = parts.find(request, conversation_id)
    try:
        message = verb(message_of(found, message_id))
    except ValidationError as error:
        return refused(request, error)
    return shown(request, found, message)


def _failed(message: Message, change_id: UUID) -> MessageChange:
    change = MessageChange.objects.filter(message=message, pk=change_id).first()
    if change is None:
        raise Http404
    change.message = message
    return change
