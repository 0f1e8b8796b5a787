"""What every part of the screen needs."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse

from core.http import accepts_stream
from events import types
from events.models import Event
from inbox.filters import Filters
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.permissions import RIGHTS, Verb, can


def frame_of(request: HttpRequest) -> str:
    """The Turbo frame that asks; empty for a whole page."""
    return request.headers.get("Turbo-Frame", "")


def accepts_page_only(request: HttpRequest) -> bool:
    """Whether the caller is a browser without our scripts."""
    return not accepts_stream(request) and "text/html" in request.headers.get("Accept", "")


def base(request: HttpRequest) -> dict[str, Any]:
    """What every part needs; no queries."""
    slug = request.workspace.slug
    filters = Filters.from_address(request.GET)
    return {
        "workspace": request.workspace,
        "viewer": request.membership,
        "filters": filters,
        "address": filters.address(),
        "cleared": Filters(view=filters.view).address(),
        "builder": filters.builder,
        "keep": filters.keep(),
        "inbox_url": reverse("inbox:index", args=[slug]),
        "uploads_url": reverse("inbox:uploads", args=[slug]),
        "files_url": files_url(slug),
        "can_write": can(request.membership, Verb.WRITE_INBOX),
        "can_connect": can(request.membership, Verb.MANAGE_CHANNELS),
        "is_frame": bool(frame_of(request)),
    }


def files_url(slug: str) -> str:
    """The address under which attachments are."""
    return f"/w/{slug}/files/"


def visible(request: HttpRequest) -> QuerySet[Conversation]:
    """Conversations that the viewer may see. Asks for their rights once a request."""
    seen = getattr(request, "visible_conversations", None)
    if seen is None:
        seen = request.visible_conversations = Conversation.objects.visible_to(request.membership)
    return seen


def find(request: HttpRequest, conversation_id: UUID) -> Conversation:
    """The conversation, if the viewer may see it; else the 404 that tells nothing."""
    found = (
        visible(request)
        .select_related("contact", "channel", "identity", "assignee__user", "team")
        .filter(pk=conversation_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def absorbed_by(conversation_id: UUID) -> UUID:
    """The conversation that one which is gone became part of. Raises `Http404`."""
    told = (
        Event.objects.filter(conversation_id=conversation_id, action=types.CONVERSATION_ABSORBED)
        .order_by("-seq")
        .first()
    )
    if told is None:
        raise Http404
    return UUID(told.data["into"])


def writers() -> list[Membership]:
    """Members who may have conversations, by name."""
    members = Membership.objects.active().with_user()
    found = [member for member in members if Verb.WRITE_INBOX in RIGHTS[member.role]]
    return sorted(found, key=lambda member: member.name.casefold())
