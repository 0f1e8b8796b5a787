"""What floors above show beside a conversation: sections of the customer's card, notes in the rows
of lists, sections of a channel's page.

A section of the card is a frame of its own, fetched when it comes into sight from an address that
takes the workspace's slug and the conversation's id.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from channels_connectors.models import Channel
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.permissions import Verb, can


@dataclass(frozen=True)
class Section:
    """A section of the card: its frame's id, its address, who may see it and what changes it.

    `changed` gives the names of `live.fragments.register_changes`, parted by spaces.
    """

    frame: str
    address: str
    title: str | Promise
    verb: Verb
    changed: Callable[[Conversation], str]
    order: int = 50


@dataclass(frozen=True)
class ShownSection:
    """One of them for one conversation."""

    frame: str
    title: str | Promise
    url: str
    changed: str


@dataclass(frozen=True)
class RowNote:
    """A few words on a row, and a detail after them; `tone` is "" or "won"."""

    words: str
    detail: str = ""
    tone: str = ""


RowNotes = Callable[[Membership, Collection[UUID]], dict[UUID, RowNote]]
ChannelSection = Callable[[HttpRequest, Channel], dict[str, Any] | None]

_sections: list[Section] = []
_row_notes: list[RowNotes] = []
_channel_sections: list[tuple[str, ChannelSection]] = []


def register_section(section: Section) -> None:
    """Show a section on the card of every conversation."""
    _sections.append(section)
    _sections.sort(key=lambda one: one.order)


def register_row_notes(find: RowNotes) -> None:
    """Note something on rows: `find(viewer, conversation ids)` gives the notes in one query."""
    _row_notes.append(find)


def register_channel_section(template: str, context: ChannelSection) -> None:
    """Show a template on every channel's page, with what `context(request, channel)` gives; where
    that is None it is left out."""
    _channel_sections.append((template, context))


def sections(viewer: Membership, slug: str, conversation: Conversation) -> list[ShownSection]:
    """The sections that the viewer may see, in their order."""
    return [
        ShownSection(
            section.frame,
            section.title,
            reverse(section.address, args=[slug, conversation.pk]),
            section.changed(conversation),
        )
        for section in _sections
        if can(viewer, section.verb)
    ]


def note_rows(viewer: Membership, rows: list[Conversation]) -> list[Conversation]:
    """The same rows, each with `note`: what the first of the floors above has to say, or None."""
    ids = [row.pk for row in rows]
    notes: dict[UUID, RowNote] = {}
    for find in _row_notes:
        notes = {**find(viewer, ids), **notes} if ids else notes
    for row in rows:
        row.note = notes.get(row.pk)  # type: ignore[attr-defined]
    return rows


def channel_sections(request: HttpRequest, channel: Channel) -> list[dict[str, Any]]:
    """Each section's `template` and what it is given as `section`."""
    found = []
    for template, context in _channel_sections:
        given = context(request, channel)
        if given is not None:
            found.append({"template": template, "section": given})
    return found
