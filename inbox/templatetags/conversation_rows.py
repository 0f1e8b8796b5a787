"""{% conversation_rows page.rows %}: the rows of the agent's list, as page, frame and stream have
them."""

import time
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from inbox.models import Conversation
from inbox.panels import RowNote
from inbox.templatetags.attachments import avatar_url

register = template.Library()

TEMPLATE: Final = "inbox/_conversation_row.html"
# Seconds. Clocks go on in the browser, and moments become "yesterday" there.
KEPT_FOR: Final = 600


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


class _Place(NamedTuple):
    """Where and how it is drawn."""

    inbox_url: str
    address: str
    language: str | None
    zone: str


@register.simple_tag(takes_context=True)
def conversation_rows(context: template.Context, rows: Iterable[Conversation]) -> SafeString:
    """Each conversation as a row, one after the other."""
    place = _Place(
        context["inbox_url"],
        context["address"],
        get_language(),
        get_current_timezone_name(),
    )
    now = int(time.time())
    current = context.get("current")
    parts = [
        _drawn(
            _row(found, context["viewer"].id, context["files_url"]),
            current is not None and found.id == current.id,
            place,
            (now + found.id.int) // KEPT_FOR,  # each at its own time, never all at once
        )
        for found in rows
    ]
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


@lru_cache(maxsize=8192)
def _drawn(row: Row, is_current: bool, place: _Place, _moment: int) -> str:
    """One row. A list is asked for anew with every message on every screen, and fifty rows, of
    which hardly one differs from a moment ago, would take most of its time."""
    drawn = get_template(TEMPLATE).template  # type: ignore[attr-defined]
    context: dict[str, Any] = {**row._asdict(), **place._asdict(), "row": row}
    context["is_current"] = is_current
    made: str = drawn.render(template.Context(context))
    return made
