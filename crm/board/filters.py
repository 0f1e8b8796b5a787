"""What the funnel's address asks for: the same for the board, the list and the forecast."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Self
from uuid import UUID

from django.http import QueryDict
from django.utils.dateparse import parse_date

from core import money
from core.conditions.builder import LONGEST, Builder
from crm.vocabulary import DEALS

ME, TEAM, NOBODY = "me", "team", "none"
# A source that nobody knows; no real one is called so.
UNKNOWN: Final = "-"
NAMES: Final = (
    "owner", "source", "channel", "least", "most", "untasked", "overdue", "label", "start", "end",
    "filter",
)  # fmt: skip


@dataclass(frozen=True)
class BoardFilters:
    """Narrows deals down. Unknown values fall back, so that no link of ours can break.

    `owner` is "me", "team", "none" or a member's id; `start` and `end` are days of the deal's
    birth, both included; amounts are in the deal's currency. `filter` is a document of conditions
    as it came: see `builder`.
    """

    query: str = ""
    owner: str = ""
    source: str = ""
    channel: UUID | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    untasked: bool = False
    overdue: bool = False
    label: UUID | None = None
    start: date | None = None
    end: date | None = None
    filter: str = ""

    @classmethod
    def from_address(cls, parameters: QueryDict) -> Self:
        def text(name: str, longest: int) -> str:
            return parameters.get(name, "").replace("\0", "").strip()[:longest]

        owner = text("owner", 40)
        return cls(
            query=text("q", 100),
            owner=owner if owner in {ME, TEAM, NOBODY} or _uuid(owner) else "",
            source=text("source", 120),
            channel=_uuid(parameters.get("channel")),
            least=_amount(parameters.get("least")),
            most=_amount(parameters.get("most")),
            untasked=parameters.get("untasked") == "1",
            overdue=parameters.get("overdue") == "1",
            label=_uuid(parameters.get("label")),
            start=_day(parameters.get("start")),
            end=_day(parameters.get("end")),
            # One letter more than is read, so that what is too long is refused and not cut.
            filter=text("filter", LONGEST + 1),
        )

    @cached_property
    def builder(self) -> Builder:
        """The conditions; its `error` tells why they cannot be read, and then nothing is found."""
        return Builder.from_text(self.filter, DEALS)

    def address(self, **changes: Any) -> str:
        """As a query string, with changes; what asks for nothing is left out."""
        asked = replace(self, **changes)
        parameters = QueryDict(mutable=True)
        if asked.query:
            parameters["q"] = asked.query
        for name in NAMES:
            value = getattr(asked, name)
            if value is True:
                parameters[name] = "1"
            elif value not in (None, "", False):
                parameters[name] = str(value)
        return parameters.urlencode()

    def without(self, *names: str) -> str:
        """The query string with these filters taken off."""
        plain = BoardFilters()
        return self.address(**{name: getattr(plain, name) for name in names})

    def keep(self, *without: str) -> dict[str, str]:
        """The parameters of an address, without some of them."""
        return dict(QueryDict(self.without(*without)).items())  # type: ignore[arg-type]

    @property
    def owner_id(self) -> UUID | None:
        """The member whose deals are asked for by id."""
        return _uuid(self.owner)

    @property
    def is_plain(self) -> bool:
        """Whether everything is shown."""
        return self == BoardFilters()


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _amount(text: str | None) -> Decimal | None:
    """An amount as people type it and as fields show it: `1 500,50`, `1,500.50`."""
    if not text or any(letter.isalpha() for letter in text):
        return None
    try:
        found = money.read(text)
    except ValueError:
        return None
    return found if abs(found) < 10**16 else None


def _day(text: str | None) -> date | None:
    try:
        found = parse_date(text or "")
    except ValueError:
        return None
    return found if found and 1900 < found.year < 9000 else None


amount_of = _amount
