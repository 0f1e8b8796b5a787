"""Cards of the board: everything that one shows, read for hundreds of them in three queries.

Plain rows and no model objects: four columns of eighty cards are made for each look at a board.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from crm.models import Deal
from events.audience import Audience
from workspaces.scope import current_workspace_id

MOST_LABELS: Final = 3

# Written out: as a list of hundreds of parameters the ids take longer to write than to find.
_LABELS: Final = """
    select of.contact_id, l.name, l.color from contacts_contactlabel of
    join contacts_label l on l.id = of.label_id and l.workspace_id = of.workspace_id
    where of.workspace_id = %s and of.contact_id = any(%s) order by l.name
"""
_TASKS: Final = """
    select distinct on (deal_id) deal_id, due_at, has_time from crm_task
    where workspace_id = %s and deal_id = any(%s) and done_at is null order by deal_id, due_at
"""


class Row(NamedTuple):
    """The columns of a card's deal, its customer and its conversation."""

    id: UUID
    number: int
    title: str
    stage_id: UUID
    status: str
    position: str
    stage_since: datetime
    amount: Decimal | None
    currency: str
    owner_id: UUID | None
    team_id: UUID | None
    channel_id: UUID | None
    contact_id: UUID
    conversation_id: UUID | None
    source: str
    medium: str
    campaign: str
    contact__name: str
    contact__phone: str
    contact__email: str
    channel__kind: str | None
    conversation__last_message_text: str | None
    conversation__last_message_kind: str | None
    conversation__last_message_direction: str | None
    conversation__last_message_status: str | None
    conversation__waiting_since: datetime | None
    owner_name: str | None


@dataclass(slots=True)
class Card:
    """A deal as a card of the board."""

    row: Row
    labels: list[tuple[str, str]] = field(default_factory=list)
    due_at: datetime | None = None
    due_has_time: bool = True

    @property
    def id(self) -> UUID:
        return self.row.id

    @property
    def key(self) -> str:
        """Its place, comparable as text, as the column's order compares position and id."""
        return f"{self.row.position} {self.row.id}"

    @property
    def cursor(self) -> str:
        """Its place in an address."""
        return f"{self.row.position}.{self.row.id}"

    @property
    def audience(self) -> Audience:
        """Who may see it."""
        row = self.row
        return Audience(row.channel_id, frozenset({row.team_id}), frozenset({row.owner_id}))


def rows(deals: QuerySet[Deal]) -> QuerySet[Any]:
    """The deals as `Row`s."""
    owner_name = Coalesce(
        NullIf(F("owner__user__name"), Value("")), F("owner__user__email"), output_field=CharField()
    )
    names = [name for name in Row._fields if name != "owner_name"]
    return deals.values_list(*names, owner_name)


def load(deals: QuerySet[Deal]) -> list[Card]:
    """The cards of these deals, in their order. Three queries."""
    return with_extras(Row(*row) for row in rows(deals))


def with_extras(found: Iterable[Row]) -> list[Card]:
    """Cards of rows, with the labels of their customers and the next task of each. Two queries."""
    cards = [Card(row) for row in found]
    if not cards:
        return cards
    labels = _labels({card.row.contact_id for card in cards})
    tasks = _next_tasks([card.id for card in cards])
    for card in cards:
        card.labels = labels.get(card.row.contact_id, [])[:MOST_LABELS]
        if task := tasks.get(card.id):
            card.due_at, card.due_has_time = task
    return cards


def _labels(contacts: set[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_LABELS, [current_workspace_id(), list(contacts)])
        for contact_id, name, color in cursor.fetchall():
            found[contact_id].append((name, color))
    return found


def _next_tasks(deals: list[UUID]) -> dict[UUID, tuple[datetime, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(_TASKS, [current_workspace_id(), deals])
        return {deal_id: (due_at, has_time) for deal_id, due_at, has_time in cursor.fetchall()}
