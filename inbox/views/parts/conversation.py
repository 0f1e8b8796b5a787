"""An open conversation: its head, its messages, what its channel takes."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from core.ids import uuid7
from inbox.bubbles import Bubble
from inbox.facts import Fact
from inbox.letters.composing import draft
from inbox.models import Conversation, Message
from inbox.models.message import Direction, Status
from inbox.thread import read
from inbox.views.parts.gate import limits
from live import presence
from workspaces.permissions import Verb, can

EMOJIS = (
    *("🙂", "😀", "😉", "😊", "😍", "🤝", "👍", "👌", "🙏", "👏", "💪", "🔥", "❤️", "🎉", "✅"),
    *("❗", "❓", "⏰", "📞", "📷", "📦", "🚚", "💳", "📍", "😅", "😂", "🤔", "😢", "😮", "👋"),
)


def conversation(request: HttpRequest, found: Conversation) -> dict[str, Any]:
    """The addresses of a conversation and what its head says; almost no queries."""
    slug = request.workspace.slug
    url = reverse("inbox:conversation", args=[slug, found.id])
    is_mine = found.assignee_id in {None, request.membership.id}
    return {
        "conversation": found,
        "conversation_url": url,
        "messages_url": f"{url}messages/",
        "absolute_url": request.build_absolute_uri(url),
        "contact_name": found.contact.display_name,
        "is_group": found.identity.is_group,
        "customer_address": found.identity.external_id,
        "assignee_online": _is_online(request, found),
        "marks_read": can(request.membership, Verb.WRITE_INBOX) and is_mine,
        "emojis": EMOJIS,
        "changes_all": can(request.membership, Verb.CHANGE_OTHERS),
        **limits(found),
    }


def _is_online(request: HttpRequest, found: Conversation) -> bool | None:
    if found.assignee_id is None:
        return None
    now = presence.states(request.workspace.id)
    return now.get(found.assignee_id) == presence.State.ONLINE


def thread(request: HttpRequest, found: Conversation, facts: list[Fact]) -> dict[str, Any]:
    """The last messages."""
    unread = found.unread_count
    known: dict[str, Any] = {"thread": read(found, request.membership, unread=unread, facts=facts)}
    if limits(found)["has_subject"]:
        known["letter_draft"] = draft(found)
    return known


def blanks(request: HttpRequest) -> dict[str, Any]:
    """Bubbles without content, from which the browser makes those it shows before the server."""
    return {
        "blank_reply": _blank(request, Direction.OUTGOING, Status.QUEUED),
        "blank_note": _blank(request, Direction.INTERNAL, Status.SENT),
    }


def _blank(request: HttpRequest, direction: Direction, status: Status) -> Bubble:
    message = Message(id=uuid7(), direction=direction, status=status, author=request.membership)
    # Nothing hangs on it, and nothing needs to be asked for.
    message.shown_attachments, message.shown_reactions, message.shown_changes = [], [], []
    return Bubble([message])
