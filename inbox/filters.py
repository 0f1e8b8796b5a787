"""What a list is asked for: the view, the search, the filters, and the place to go on from."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import QueryDict

NEW, MINE, TEAM, UNANSWERED, ALL, ARCHIVE = "new", "mine", "team", "unanswered", "all", "archive"
VIEWS = (NEW, MINE, TEAM, UNANSWERED, ALL, ARCHIVE)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of a row in its list."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}.{self.id.hex}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """From an address; None for what is no cursor."""
        micros, _, id = text.partition(".")
        try:
            return cls(_EPOCH + int(micros) * _MICROSECOND, UUID(id))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class Filters:
    """What the address asks for. Unknown values fall back, so that no link of ours can break."""

    view: str = MINE
    query: str = ""
    channel: UUID | None = None
    assignee: UUID | None = None
    unread: bool = False

    @classmethod
    def from_address(cls, parameters: QueryDict) -> "Filters":
        view = parameters.get("view", "")
        return cls(
            view=view if view in VIEWS else MINE,
            query=parameters.get("q", "").strip()[:100],
            channel=_uuid(parameters.get("channel")),
            assignee=_uuid(parameters.get("assignee")),
            unread=parameters.get("unread") == "1",
        )

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
        return parameters.urlencode()

    @property
    def narrowing(self) -> int:
        """How many filters are on beside the view and the search."""
        return sum([bool(self.channel), bool(self.assignee), self.unread])


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
