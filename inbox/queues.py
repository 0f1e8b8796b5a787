"""The queues of the inbox: which conversations a list shows, in which order, page by page.

Each list walks one index: one status a query, keyset paged. "All" is two lists merged, because
`status in (...)` ordered by activity would read every open conversation. Counters stop at
MOST_COUNTED.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from inbox.filters import ALL, MINE, NEW, TEAM, UNANSWERED, Cursor, Filters
from inbox.models import Conversation
from inbox.search import matching_conversations
from workspaces.models import Membership

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
class Queue:
    """One list of one viewer. `visible` is what the viewer may see."""

    viewer: Membership
    filters: Filters
    visible: QuerySet[Conversation]

    def page(self, after: Cursor | None = None, rows: int = PAGE) -> Page:
        """The next rows of the list, at most MOST_ROWS."""
        wanted = max(1, min(rows, MOST_ROWS))
        lists = [
            islice(_after(part, after, self.order_field, wanted + 1), wanted + 1)
            for part in self._parts()
        ]
        found = list(islice(merge(*lists, key=self._sort_key), wanted + 1))
        if len(found) <= wanted:
            return Page(found)
        last = found[wanted - 1]
        return Page(found[:wanted], Cursor(getattr(last, self.order_field), last.id))

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

    @property
    def order_field(self) -> str:
        """Newest activity first; the unanswered by who has waited longest."""
        is_debt = self.filters.view == UNANSWERED and not self.filters.query
        return "waiting_since" if is_debt else "last_activity_at"

    def _sort_key(self, row: Conversation) -> tuple[float, UUID]:
        moment: datetime = getattr(row, self.order_field)
        sign = 1 if self.order_field == "waiting_since" else -1
        return sign * moment.timestamp(), row.id

    def _parts(self) -> Iterable[QuerySet[Conversation]]:
        filters = self.filters
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
    part: QuerySet[Conversation], cursor: Cursor | None, order_field: str, rows: int
) -> Iterator[Conversation]:
    descending = order_field == "last_activity_at"
    if cursor:
        # Both halves, so that PostgreSQL starts in the index at the first and stops reading ties
        # at the second.
        side, edge = ("lt", "lte") if descending else ("gt", "gte")
        part = part.filter(**{f"{order_field}__{edge}": cursor.at}).filter(
            Q(**{f"{order_field}__{side}": cursor.at}) | Q(pk__gt=cursor.id)
        )
    ordered = part.order_by(f"-{order_field}" if descending else order_field, "id")
    return iter(ordered.as_rows()[:rows])  # type: ignore[attr-defined]
