"""The inbox as a page, and its frames: the queue, the conversation, its head, gate and card."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from channels_connectors.models import Channel
from core.http import accepts_stream, see_other, turbo_stream
from inbox.thread import newest_facts
from inbox.views import parts
from workspaces.permissions import Verb, require

FRAME = "Turbo-Frame"


@require_safe
@vary_on_headers(FRAME, "Accept")
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The list with nothing opened."""
    require(request.membership, Verb.READ_INBOX)
    context = parts.base(request)
    if accepts_stream(request) and "after" in request.GET:
        return turbo_stream(
            request, "inbox/streams/rows.html", context | parts.more_rows(request, context)
        )
    if parts.frame_of(request) == "conversation":
        return render(request, "inbox/_conversation.html", context)
    context |= parts.queue(request, context)
    if parts.frame_of(request) == "queue":
        return render(request, "inbox/_queue.html", context)
    context |= parts.blanks(request) | {"screen": "list"}
    status = 400 if context["filters"].builder.error else 200
    return render(request, "inbox/index.html", context, status=status)


@require_safe
@vary_on_headers(FRAME)
def conversation(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """One conversation; the list beside it when a whole page is asked for."""
    try:
        found = parts.find(request, conversation_id)
    except Http404:
        # An old address of a conversation that has become part of another one.
        into = parts.find(request, parts.absorbed_by(conversation_id))
        return see_other("inbox:conversation", request.workspace.slug, into.id)
    context = parts.base(request) | parts.conversation(request, found)
    context["current"] = found
    frame = parts.frame_of(request)
    if frame == "conversation_head":
        return render(request, "inbox/_head.html", context)
    if frame == "conversation_gate":
        return render(request, "inbox/_gate.html", context)
    if frame == "queue":
        return render(request, "inbox/_queue.html", context | parts.queue(request, context))
    facts = newest_facts(found)
    context |= parts.thread(request, found, facts) | parts.card(request, found, facts)
    if frame == "conversation":
        return render(request, "inbox/_conversation.html", context)
    context |= parts.queue(request, context) | parts.blanks(request)
    return render(request, "inbox/index.html", context | {"screen": "thread"})


@require_safe
def filters(request: HttpRequest, slug: str) -> HttpResponse:
    """The fields that narrow a list, or with `?at=table` the table, down; fetched when somebody
    opens them."""
    require(request.membership, Verb.READ_INBOX)
    context = parts.base(request) | {"at": request.GET.get("at", "")}
    context["channels"] = Channel.objects.visible_to(request.membership).order_by("name")
    context["members"] = parts.writers()
    return render(request, "inbox/_filter_fields.html", context)


@require_safe
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """How many wait for a reply, for the rail of pages outside the inbox."""
    require(request.membership, Verb.READ_INBOX)
    return render(request, "inbox/rail_count.html", {"unanswered": parts.unanswered(request)})
