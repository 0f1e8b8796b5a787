"""The messages of one conversation: send, go back in time, retry, settle an unknown outcome."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from core.http import turbo_stream
from inbox.actions import confirm_message, retry_message, send_message
from inbox.forms import MessageForm
from inbox.letters.composing import split_copies
from inbox.models import Conversation, Message
from inbox.thread import bubble_of, name_authors, read
from inbox.views import parts
from workspaces.permissions import Verb, require


@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """GET: the messages before one, as a stream. POST: a reply or a note."""
    found = parts.find(request, conversation_id)
    if request.method == "POST":
        return _send(request, found)
    return _older(request, found)


@require_POST
def retry(request: HttpRequest, slug: str, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Send again what failed, or what perhaps did."""
    found = parts.find(request, conversation_id)
    message = message_of(found, message_id)
    try:
        message = retry_message(message, by=request.membership)
    except ValidationError as error:
        return refused(request, error)
    return shown(request, found, message)


@require_POST
def arrival(
    request: HttpRequest, slug: str, conversation_id: UUID, message_id: UUID
) -> HttpResponse:
    """An agent knows that a message of unknown outcome has arrived."""
    found = parts.find(request, conversation_id)
    require(request.membership, Verb.WRITE_INBOX)
    message = confirm_message(message_of(found, message_id), by=request.membership)
    return shown(request, found, message)


def _send(request: HttpRequest, found: Conversation) -> HttpResponse:
    require(request.membership, Verb.WRITE_INBOX)
    form = MessageForm(request.POST)
    if not form.is_valid():
        words = [word for errors in form.errors.values() for word in errors]
        return refused(request, ValidationError(words))
    asked = form.cleaned_data
    try:
        message = send_message(
            found,
            asked["text"],
            by=request.membership,
            client_id=asked["client_id"],
            reply_to=asked["reply_to"],
            internal=asked["internal"],
            attachments=asked["attachments"],
            subject=asked["subject"],
            cc=split_copies(request.POST["cc"]) if "cc" in request.POST else None,
        )
    except ValidationError as error:
        return refused(request, error)
    if asked["closes"]:
        found.close(by=request.membership)
    return shown(request, found, message)


def _older(request: HttpRequest, found: Conversation) -> HttpResponse:
    try:
        before = message_of(found, UUID(request.GET.get("before", "")))
    except ValueError:
        raise Http404 from None
    context = parts.base(request) | parts.conversation(request, found)
    context["thread"] = read(found, request.membership, before=before)
    context["before"] = before.pk
    return turbo_stream(request, "inbox/streams/older.html", context)


def message_of(found: Conversation, message_id: UUID) -> Message:
    message = Message.objects.filter(conversation=found, pk=message_id).first()
    if message is None:
        raise Http404
    return message


def shown(request: HttpRequest, found: Conversation, message: Message) -> HttpResponse:
    """The message as it is now. The socket brings the same to every open page."""
    if parts.accepts_page_only(request):
        return redirect("inbox:conversation", request.workspace.slug, found.id, permanent=False)
    bubble = bubble_of(message)
    name_authors([bubble], request.membership)
    context = parts.base(request) | parts.conversation(request, found) | {"bubble": bubble}
    return turbo_stream(request, "inbox/streams/bubble.html", context)


def refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    words = " ".join(error.messages)
    return turbo_stream(request, "inbox/streams/refused.html", {"words": words}, status=422)
