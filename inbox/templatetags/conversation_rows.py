"""{% conversation_rows page.rows %}: the rows of the agent's list, as page, frame and stream have
them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from core.fragment_cache import FragmentCache, locale, turn
from inbox.models import Conversation
from inbox.panels import RowNote
from inbox.templatetags.attachments import avatar_url

register = template.Library()

TEMPLATE: Final = "inbox/_conversation_row.html"
# Seconds. Clocks go on in the browser.
KEPT_FOR: Final = 600

fragments: Final = FragmentCache(8_192)


class Row(NamedTuple):
    """All that a row shows, and nothing else: what is drawn of it may be kept by it."""

    id: UUID
    name: str
    contact_id: UUID
    picture: str
    channel_kind: str
    channel_name: str
    status: str
    last_activity_at: datetime
    last_message_text: str
    last_message_kind: str
    last_message_direction: str
    last_message_status: str
    unread_count: int
    waiting_since: datetime | None
    note: RowNote | None
    other_assignee: str


@register.simple_tag(takes_context=True)
def conversation_rows(context: template.Context, rows: Iterable[Conversation]) -> SafeString:
    """Each conversation as a row, one after the other."""
    inbox_url, address = context["inbox_url"], context["address"]
    place, current = f"{inbox_url}?{address} {locale()}", context.get("current")
    parts = []
    for found in rows:
        row = _row(found, context["viewer"].id, context["files_url"])
        is_current = current is not None and row.id == current.id
        shows = row, is_current, place, turn(row.id, KEPT_FOR)
        parts.append(fragments.get(shows, _draw, row, is_current, inbox_url, address))
    return mark_safe("".join(parts))  # noqa: S308  a template's output


def _row(found: Conversation, viewer: UUID, files_url: str) -> Row:
    contact = found.contact
    return Row(
        found.id,
        contact.display_name,
        contact.id,
        avatar_url(contact, files_url),
        found.channel_kind,  # type: ignore[attr-defined]
        found.channel_name,  # type: ignore[attr-defined]
        found.status,
        found.last_activity_at,
        found.last_message_text,
        found.last_message_kind,
        found.last_message_direction,
        found.last_message_status,
        found.unread_count,
        found.waiting_since,
        found.note,  # type: ignore[attr-defined]
        "" if found.assignee_id == viewer else found.assignee_name or "",  # type: ignore[attr-defined]
    )


def _draw(row: Row, is_current: bool, inbox_url: str, address: str) -> str:
    context = {**row._asdict(), "row": row, "is_current": is_current}
    return render_to_string(TEMPLATE, {**context, "inbox_url": inbox_url, "address": address})
