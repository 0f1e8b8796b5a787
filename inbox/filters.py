"""What a list is asked for: the view, the search, the filters, and the place to go on from."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import QueryDict

from core.conditions.builder import LONGEST, Builder
from inbox.vocabulary_of_conversations import CONVERSATIONS

NEW, MINE, TEAM, UNANSWERED, ALL, ARCHIVE = "new", "mine", "team", "unanswered", "all", "archive"
VIEWS = (NEW, MINE, TEAM, UNANSWERED, ALL, ARCHIVE)
# Who has waited longest, or shortest, comes first and then those who do not wait; or the latest
# activity comes first, or the oldest. Each walks an index.
WAITING, ACTIVITY = "waiting", "activity"
SORTS = (WAITING, f"-{WAITING}", f"-{ACTIVITY}", ACTIVITY)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of a row in its list; `section` counts the list's parts that follow each other."""

    at: datetime
    id: UUID
    section: int = 0

    def __str__(self) -> str:
        place = f"{(self.at - _EPOCH) // _MICROSECOND}.{self.id.hex}"
        return f"{place}.{self.section}" if self.section else place

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """From an address; None for what is no cursor."""
        micros, _, rest = text.partition(".")
        id, _, section = rest.partition(".")
        try:
            return cls(_EPOCH + int(micros) * _MICROSECOND, UUID(id), int(section or 0))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class Filters:
    """What the address asks for. Unknown values fall back, so that no link of ours can break.

    `filter` is a document of conditions as it came: see `builder`. `saved` is the kept view that
    this began with, whatever has been changed since.
    """

    view: str = MINE
    query: str = ""
    channel: UUID | None = None
    assignee: UUID | None = None
    unread: bool = False
    filter: str = ""
    sort: str = ""
    saved: UUID | None = None

    @classmethod
    def from_address(cls, parameters: QueryDict) -> "Filters":
        view = parameters.get("view", "")
        return cls(
            view=view if view in VIEWS else MINE,
            query=parameters.get("q", "").strip()[:100],
            channel=_uuid(parameters.get("channel")),
            assignee=_uuid(parameters.get("assignee")),
            unread=parameters.get("unread") == "1",
            # One letter more than is read, so that what is too long is refused and not cut.
            filter=parameters.get("filter", "").replace("\0", "")[: LONGEST + 1],
            sort=parameters["sort"] if parameters.get("sort") in SORTS else "",
            saved=_uuid(parameters.get("saved")),
        )

    @cached_property
    def builder(self) -> Builder:
        """The conditions; its `error` tells why they cannot be read, and then nothing is found."""
        return Builder.from_text(self.filter, CONVERSATIONS)

    def address(self, **changes: Any) -> str:
        """As a query string, with changes."""
        asked = replace(self, **changes)
        parameters = QueryDict(mutable=True)
        parameters["view"] = asked.view
        if asked.query:
            parameters["q"] = asked.query
        for name in ("channel", "assignee"):
            if value := getattr(asked, name):
                parameters[name] = str(value)
        if asked.unread:
            parameters["unread"] = "1"
        if asked.filter:
            parameters["filter"] = asked.filter
        if asked.sort:
            parameters["sort"] = asked.sort
        if asked.saved:
            parameters["saved"] = str(asked.saved)
        return parameters.urlencode()

    def keep(self) -> dict[str, str]:
        """The parameters of an address, without the conditions."""
        return dict(QueryDict(self.address(filter="")).items())

    @property
    def narrowing(self) -> int:
        """How many filters are on beside the view and the search."""
        return sum([bool(self.channel), bool(self.assignee), self.unread, bool(self.filter)])


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
