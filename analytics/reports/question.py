"""What is asked of a report."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from analytics.attribution.weights import DEFAULT, Model
from analytics.models import Base
from analytics.reports import filtering
from analytics.reports.grouping import DIMENSIONS, Grouping
from core.conditions import Condition, parse
from workspaces.zones import moments, workspace_in_scope


@dataclass(frozen=True)
class Question:
    """A period of whole days, both included, and how to look at it.

    `agent_id` narrows to one member's own numbers. Money is in `currency` alone. Of more rows than
    `most` the first ones are told, by `order` (a metric's key, with a minus the largest first),
    and all others as one.
    """

    first: date
    last: date
    grouping: Grouping
    currency: str
    base: str = Base.BIRTH
    model: Model = DEFAULT
    condition: Condition = field(default_factory=Condition)
    agent_id: UUID | None = None
    most: int | None = None
    order: str = ""

    @property
    def narrowing(self) -> Q:
        """The filter, as of facts and rollups."""
        found = filtering.narrow(self.condition, moments())
        return found if self.agent_id is None else found & Q(agent_id=self.agent_id)

    @property
    def columns(self) -> set[str]:
        """The columns that the narrowing speaks of."""
        found = {leaf.field.path or leaf.field.name for leaf in self.condition.leaves}
        return found if self.agent_id is None else {*found, "agent_id"}

    @property
    def asks_people(self) -> bool:
        """Whether the filter speaks of contacts, whom facts know and rollups do not."""
        return filtering.PERSON in self.columns

    @property
    def tells_origins(self) -> bool:
        """Whether it makes a difference who gets the credit: what a deal is divided into comes to
        the whole of it wherever nobody asks where it came from."""
        return not filtering.ORIGIN.isdisjoint({*self.grouping.columns, *self.columns})

    @property
    def narrows_spend(self) -> bool:
        """Whether the filter can be asked of spend."""
        return self.agent_id is None and filtering.knows_spend(self.condition)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Question":
        """The same of the period of equal length right before."""
        length = timedelta(days=self.days)
        return replace(self, first=self.first - length, last=self.last - length)

    def within(self, first: date, last: date) -> "Question":
        """The same of another period."""
        return replace(self, first=first, last=last)

    def grouped(self, *names: str) -> "Question":
        """The same by other dimensions."""
        grouping = Grouping(tuple(DIMENSIONS[name] for name in names))
        return replace(self, grouping=grouping, order="")

    def narrowed(self, document: dict[str, Any]) -> "Question":
        """The same of what also holds to a document of conditions. Raises `InvalidCondition`."""
        more = parse(document, filtering.VOCABULARY)
        return replace(self, condition=Condition(every=[self.condition, more]))

    def as_document(self) -> dict[str, Any]:
        """How the report repeats what it was asked."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "base": str(self.base),
            "model": self.model,
            "group": [one.name for one in self.grouping.dimensions],
            "currency": self.currency,
            "time_zone": workspace_in_scope().time_zone,
        }
