"""What the address of a table asks for: the search, the conditions, the order, the place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from contacts.models import Contact
from contacts.table.searching import matching
from contacts.vocabulary import CONTACTS
from core.api.cursors import BadCursor, Cursor, Order, turned
from core.conditions import Moments
from core.conditions.builder import Builder
from core.conditions.paging import first_rows
from workspaces.zones import moments as moments_in_scope

PAGE: Final = 50
LONGEST_SEARCH: Final = 100
# The order behind its name in an address; each is walked along an index.
ORDERS: Final[dict[str, Order]] = {
    "-created": ("-created_at", "-id"),
    "created": ("created_at", "id"),
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "-updated": ("-updated_at", "-id"),
    "updated": ("updated_at", "id"),
}
USUAL: Final = "-created"


@dataclass(frozen=True)
class Page:
    """The contacts of a page, and the cursors of its neighbours."""

    contacts: list[Contact]
    previous: str = ""
    next: str = ""


@dataclass
class Asked:
    """A table as it is asked for. Unknown values fall back, so that no link of ours can break."""

    builder: Builder
    query: str = ""
    sort: str = USUAL
    cursor: Cursor | None = None

    @classmethod
    def from_address(cls, parameters: Mapping[str, Any]) -> "Asked":
        sort = str(parameters.get("sort") or "")
        sort = sort if sort in ORDERS else USUAL
        try:
            place = str(parameters.get("cursor") or "")
            cursor = Cursor.parse(place, ORDERS[sort], Contact) if place else None
        except BadCursor:
            cursor = None
        query = str(parameters.get("q") or "").replace("\0", "").strip()[:LONGEST_SEARCH]
        return cls(Builder.from_address(parameters, CONTACTS), query, sort, cursor)

    def keep(self, *without: str) -> dict[str, str]:
        """The parameters of this list, without some of them; the place in it is never kept."""
        known = {
            "q": self.query,
            "sort": "" if self.sort == USUAL else self.sort,
            "filter": self.builder.as_json,
        }
        return {name: value for name, value in known.items() if value and name not in without}

    def address(self, *without: str, **more: str) -> str:
        """As a query string, with further parameters."""
        return urlencode({**self.keep(*without), **more})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query) or self.builder.is_asked

    def found(self, viewer: Any, moments: Moments | None = None) -> QuerySet[Contact]:
        """All contacts that are asked for, in no order. None where the filter cannot be read."""
        contacts: QuerySet[Contact] = Contact.objects.visible_to(viewer)
        if self.builder.error is not None:
            return contacts.none()
        return contacts.filter(self.condition(moments or moments_in_scope()))

    def condition(self, moments: Moments) -> Q:
        """The search and the conditions together."""
        condition = self.builder.condition.q(moments)
        return matching(self.query) & condition if self.query else condition

    def page(self, viewer: Any, size: int = PAGE) -> Page:
        """The page at the cursor, found in the same time however far it lies."""
        order = ORDERS[self.sort]
        backwards = self.cursor is not None and self.cursor.backwards
        walked = turned(order) if backwards else order
        if self.builder.error is not None:
            return Page([])
        moments = moments_in_scope()
        of_order = self.builder.condition.on_column(order[0].removeprefix("-"))
        contacts = first_rows(
            Contact.objects.visible_to(viewer),
            self.condition(moments),
            walked,
            size + 1,
            from_place=self.cursor.beyond(walked) if self.cursor is not None else Q(),
            of_order=of_order.q(moments),
        )
        more, contacts = len(contacts) > size, contacts[:size]
        if backwards:
            contacts.reverse()
        if not contacts:
            return Page([])
        before = more if backwards else self.cursor is not None
        after = True if backwards else more
        return Page(
            contacts,
            str(Cursor.at(contacts[0], order, backwards=True)) if before else "",
            str(Cursor.at(contacts[-1], order)) if after else "",
        )
