"""The queues of the inbox: which conversations a list shows, in which order, page by page.

Each list walks one index: one status a query, keyset paged. "All" is two lists merged, because
`status in (...)` ordered by activity would read every open conversation. Counters stop at
MOST_COUNTED.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from inbox.filters import (
    ACTIVITY,
    ALL,
    MINE,
    NEW,
    TEAM,
    UNANSWERED,
    WAITING,
    Cursor,
    Filters,
)
from inbox.models import Conversation
from inbox.search import matching_conversations
from workspaces.models import Membership
from workspaces.zones import moments

PAGE = 50
MOST_ROWS = 200
MOST_COUNTED = 100

COUNTED = (NEW, MINE, TEAM, UNANSWERED, ALL)
_Status = Conversation.Status


@dataclass
class Page:
    """Rows, and where the next ones begin."""

    rows: list[Conversation]
    next: Cursor | None = None


@dataclass
class _Section:
    """Rows of several queries in one order: by a moment, `falling` or not, then by id."""

    parts: list[QuerySet[Conversation]]
    field: str
    falling: bool

    def rows(self, after: Cursor | None, wanted: int) -> list[Conversation]:
        """So many of them, after a place."""
        lists = [
            islice(_after(part, after, self.field, self.falling, wanted), wanted)
            for part in self.parts
        ]
        return list(islice(merge(*lists, key=self._key), wanted))

    def _key(self, row: Conversation) -> tuple[float, UUID]:
        moment: datetime = getattr(row, self.field)
        return (-1 if self.falling else 1) * moment.timestamp(), row.id


@dataclass
class Queue:
    """One list of one viewer. `visible` is what the viewer may see."""

    viewer: Membership
    filters: Filters
    visible: QuerySet[Conversation]

    def page(self, after: Cursor | None = None, rows: int = PAGE) -> Page:
        """The next rows of the list, at most MOST_ROWS."""
        wanted = max(1, min(rows, MOST_ROWS))
        found: list[Conversation] = []
        places: list[Cursor] = []
        for number, section in enumerate(self._sections()):
            if after is not None and number < after.section:
                continue
            start = after if after is not None and number == after.section else None
            rest = section.rows(start, wanted + 1 - len(found))
            found += rest
            places += [Cursor(getattr(row, section.field), row.id, number) for row in rest]
            if len(found) > wanted:
                return Page(found[:wanted], places[wanted - 1])
        return Page(found)

    def found(self) -> list[QuerySet[Conversation]]:
        """All that is asked for, in no order: parts that have no row in common."""
        return list(self._parts())

    def counters(self) -> dict[str, int]:
        """How many conversations each view holds, at most MOST_COUNTED, in one query."""
        parts = {name: self._of_view(name) for name in COUNTED}
        statements, parameters = [], []
        for statuses in parts.values():
            inner = [part.values("pk")[:MOST_COUNTED].query.sql_with_params() for part in statuses]
            union = " union all ".join(f"({sql})" for sql, _ in inner)
            statements.append(f"(select count(*) from ({union}) counted)")  # noqa: S608  Django's
            parameters += [value for _, values in inner for value in values]
        with connection.cursor() as cursor:
            cursor.execute(f"select {', '.join(statements)}", parameters)
            counts: tuple[int, ...] = cursor.fetchone()
        return {name: min(count, MOST_COUNTED) for name, count in zip(parts, counts, strict=True)}

    def _sections(self) -> list[_Section]:
        """The list's parts that follow each other, each in its own order: newest activity first;
        the unanswered by who has waited longest."""
        filters, parts = self.filters, list(self._parts())
        if filters.sort.removeprefix("-") == WAITING:
            is_longest_last = filters.sort.startswith("-")
            waits, rest = Q(waiting_since__isnull=False), Q(waiting_since=None)
            return [
                _Section([part.filter(waits) for part in parts], "waiting_since", is_longest_last),
                _Section([part.filter(rest) for part in parts], "last_activity_at", True),
            ]
        if filters.view == UNANSWERED and not filters.query and not filters.sort:
            return [_Section(parts, "waiting_since", False)]
        return [_Section(parts, "last_activity_at", filters.sort != ACTIVITY)]

    def _parts(self) -> Iterable[QuerySet[Conversation]]:
        filters = self.filters
        if filters.builder.error is not None:
            return []
        if filters.query:
            found = matching_conversations(filters.query)
            parts = [self.visible.filter(pk__in=found)]
        else:
            parts = self._of_view(filters.view)
        narrow = Q()
        if filters.channel:
            narrow &= Q(channel_id=filters.channel)
        if filters.assignee:
            narrow &= Q(assignee_id=filters.assignee)
        if filters.unread:
            narrow &= Q(unread_count__gt=0)
        if filters.builder.is_asked:
            narrow &= filters.builder.condition.q(moments())
        return [part.filter(narrow) for part in parts]

    def _of_view(self, view: str) -> list[QuerySet[Conversation]]:
        """The parts of a view, each of one status where the order is by activity."""
        seen = self.visible
        if view == NEW:
            return [seen.filter(status=_Status.NEW)]
        if view == MINE:
            return [seen.filter(status=_Status.ACCEPTED, assignee_id=self.viewer.id)]
        if view == TEAM:
            return [seen.filter(status=_Status.ACCEPTED)]
        if view == UNANSWERED:
            return [seen.filter(waiting_since__isnull=False)]
        if view == ALL:
            return [seen.filter(status=_Status.NEW), seen.filter(status=_Status.ACCEPTED)]
        return [seen.filter(status=_Status.CLOSED)]


def _after(
    part: QuerySet[Conversation], cursor: Cursor | None, field: str, falling: bool, rows: int
) -> Iterator[Conversation]:
    if cursor:
        # Both halves, so that PostgreSQL starts in the index at the first and stops reading ties
        # at the second.
        side, edge = ("lt", "lte") if falling else ("gt", "gte")
        part = part.filter(**{f"{field}__{edge}": cursor.at}).filter(
            Q(**{f"{field}__{side}": cursor.at}) | Q(pk__gt=cursor.id)
        )
    ordered = part.order_by(f"-{field}" if falling else field, "id")
    return iter(ordered.as_rows()[:rows])  # type: ignore[attr-defined]
