"""What the templates of the inbox are given, part by part of the screen.

Each part is a Turbo frame; a request for one frame gets that frame and runs its queries only.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_connectors.models import Channel
from contacts.models import Label
from core.http import accepts_stream
from core.ids import uuid7
from inbox import outgoing
from inbox.bubbles import Bubble, Fact
from inbox.models import Conversation, Message
from inbox.models.message import Direction, Status
from inbox.queues import ALL, ARCHIVE, MINE, NEW, PAGE, TEAM, UNANSWERED, Cursor, Filters, Queue
from inbox.thread import read
from workspaces.models import Membership
from workspaces.permissions import RIGHTS, Verb, can

VIEWS = {
    NEW: (gettext_lazy("New"), "bell"),
    MINE: (gettext_lazy("Mine"), "user"),
    TEAM: (gettext_lazy("Team"), "people"),
    UNANSWERED: (gettext_lazy("Unanswered"), "clock"),
    ALL: (gettext_lazy("All"), "inbox"),
    ARCHIVE: (gettext_lazy("Archive"), "archive"),
}
MOST_HISTORY = 12
EMOJIS = (
    *("🙂", "😀", "😉", "😊", "😍", "🤝", "👍", "👌", "🙏", "👏", "💪", "🔥", "❤️", "🎉", "✅"),
    *("❗", "❓", "⏰", "📞", "📷", "📦", "🚚", "💳", "📍", "😅", "😂", "🤔", "😢", "😮", "👋"),
)


@dataclass(frozen=True)
class Gate:
    """Why writing is limited; behind a wall the composer is put away."""

    words: str
    icon: str = "lock"
    is_wall: bool = True


def frame_of(request: HttpRequest) -> str:
    """The Turbo frame that asks; empty for a whole page."""
    return request.headers.get("Turbo-Frame", "")


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
        "inbox_url": reverse("inbox:index", args=[slug]),
        "uploads_url": reverse("inbox:uploads", args=[slug]),
        "files_url": files_url(slug),
        "can_write": can(request.membership, Verb.WRITE_INBOX),
        "can_connect": can(request.membership, Verb.MANAGE_CHANNELS),
        "is_frame": bool(frame_of(request)),
    }


def visible(request: HttpRequest) -> QuerySet[Conversation]:
    """Conversations that the viewer may see. Asks for their rights once a request."""
    seen = getattr(request, "visible_conversations", None)
    if seen is None:
        seen = request.visible_conversations = Conversation.objects.visible_to(request.membership)
    return seen


def files_url(slug: str) -> str:
    """The address under which attachments are."""
    return f"/w/{slug}/files/"


def queue(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Views with their counters, and the first rows."""
    filters: Filters = context["filters"]
    asked = Queue(request.membership, filters, visible(request))
    counters = asked.counters()
    channels = [
        {
            "id": channel.id,
            "kind": channel.kind,
            "name": channel.name,
            "is_current": channel.id == filters.channel,
            "is_broken": channel.status in {Channel.Status.BROKEN, Channel.Status.DISCONNECTED},
            "state": channel.get_status_display(),
            "address": Filters(view=ALL, channel=channel.id).address(),
        }
        for channel in Channel.objects.visible_to(request.membership).order_by("created_at")
        if channel.status != Channel.Status.DISCONNECTED
    ]
    is_plain = not filters.query and not filters.channel
    return {
        "views": [
            {
                "label": label,
                "icon": icon,
                "count": counters.get(name),
                "is_debt": name == UNANSWERED,
                "is_current": is_plain and name == filters.view,
                "address": Filters(view=name).address(),
            }
            for name, (label, icon) in VIEWS.items()
        ],
        "channels": channels,
        "title": _("Search") if filters.query else _title(filters, channels),
        "unanswered": counters[UNANSWERED],
        "new_count": counters[NEW],
        "page": asked.page(rows=_rows(request)),
    }


def more_rows(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The rows after those already on the page."""
    after = Cursor.parse(request.GET.get("after", ""))
    return {"page": Queue(request.membership, context["filters"], visible(request)).page(after)}


def conversation(request: HttpRequest, found: Conversation) -> dict[str, Any]:
    """The addresses of a conversation and what its head says; no queries."""
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
        "marks_read": can(request.membership, Verb.WRITE_INBOX) and is_mine,
        "emojis": EMOJIS,
        **limits(found),
    }


def thread(request: HttpRequest, found: Conversation, facts: list[Fact]) -> dict[str, Any]:
    """The last messages."""
    unread = found.unread_count
    return {"thread": read(found, request.membership, unread=unread, facts=facts)}


def limits(found: Conversation) -> dict[str, Any]:
    """What the conversation's channel takes, and why it takes nothing."""
    try:
        capabilities = outgoing.capabilities_of(found.channel)
    except ValidationError as error:
        return {"gate": Gate(error.messages[0]), "text_limit": 0, "max_file_bytes": 0}
    return {
        "gate": _gate(found),
        "text_limit": capabilities.text_limit,
        "max_file_bytes": capabilities.max_file_bytes,
    }


def blanks(request: HttpRequest) -> dict[str, Any]:
    """Bubbles without content, from which the browser makes those it shows before the server."""
    return {
        "blank_reply": _blank(request, Direction.OUTGOING, Status.QUEUED),
        "blank_note": _blank(request, Direction.INTERNAL, Status.SENT),
    }


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


def _blank(request: HttpRequest, direction: Direction, status: Status) -> Bubble:
    message = Message(id=uuid7(), direction=direction, status=status, author=request.membership)
    # Nothing hangs on it, and nothing needs to be asked for.
    message.shown_attachments, message.shown_reactions = [], []
    return Bubble([message])


def _gate(found: Conversation) -> Gate | None:
    channel = found.channel
    if channel.status == Channel.Status.PAUSED:
        return Gate(_("The channel is paused. An administrator can switch it on."))
    if not found.identity.is_reachable:
        reason = found.identity.unreachable_reason
        words = _("The customer cannot be written to here.")
        return Gate(f"{words} {capfirst(_(reason))}" if reason else words)
    if channel.status == Channel.Status.BROKEN:
        words = _("The channel needs attention: messages wait until it works again.")
        return Gate(words, icon="alert", is_wall=False)
    return None


def _title(filters: Filters, channels: list[dict[str, Any]]) -> str:
    chosen = next((channel for channel in channels if channel["is_current"]), None)
    return str(chosen["name"]) if chosen else str(VIEWS[filters.view][0])


def _rows(request: HttpRequest) -> int:
    rows = request.GET.get("rows", "")
    return int(rows) if rows.isdecimal() and len(rows) < 5 else PAGE


def card(request: HttpRequest, found: Conversation, facts: list[Fact]) -> dict[str, Any]:
    """The customer: channels, labels, other conversations, and what the journal tells."""
    contact = found.contact
    others = visible(request).filter(contact=contact)
    return {
        "can_edit": can(request.membership, Verb.WRITE_CONTACTS),
        "identities": contact.identities.select_related("channel").order_by("created_at"),
        "labels": list(contact.labels.order_by("name")),
        "known_labels": Label.objects.order_by("name").values_list("name", flat=True)[:200],
        "others": others.exclude(pk=found.pk).newest_first().for_list()[:5],
        "history": facts[::-1][:MOST_HISTORY],
    }


def writers() -> list[Membership]:
    """Members who may have conversations, by name."""
    members = Membership.objects.active().with_user()
    found = [member for member in members if Verb.WRITE_INBOX in RIGHTS[member.role]]
    return sorted(found, key=lambda member: member.name.casefold())


def accepts_page_only(request: HttpRequest) -> bool:
    """Whether the caller is a browser without our scripts."""
    return not accepts_stream(request) and "text/html" in request.headers.get("Accept", "")
