"""What the address of a page asks: the question of its report, and how to show the answer."""

from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.http import QueryDict
from django.urls import reverse

from analytics.api.questions import question_of
from analytics.metrics import metrics_of
from analytics.reports.catalogue import Report
from analytics.reports.filtering import VOCABULARY
from analytics.reports.question import Question
from analytics.reports.steps import step
from core.conditions.builder import Builder

# What is carried from page to page; the rest of an address is a page's own.
SHARED: Final = ("period", "from", "to", "compare", "base", "model", "currency", "filter")
OWN: Final = ("group", "sort", "columns", "show", "limit")


@dataclass
class Asked:
    """A report, its question and the one it is compared with, in one workspace's pages."""

    slug: str
    report: Report
    parameters: dict[str, str]
    question: Question
    compared: Question | None
    builder: Builder
    own: bool = False
    shown: list[str] = field(default_factory=list)
    sort: str = ""

    @classmethod
    def of(cls, slug: str, report: Report, query: QueryDict, agent_id: UUID | None) -> "Asked":
        """Raises `rest_framework.exceptions.ValidationError` for what cannot be asked."""
        parameters = {name: query[name] for name in (*SHARED, *OWN) if query.get(name)}
        question, compared = question_of(report, parameters, agent_id=agent_id)
        if report.group == "day" and "group" not in parameters:
            by = step(question)
            question, compared = question.grouped(by), compared and compared.grouped(by)
        known = [one.key for one in metrics_of(report.name)]
        shown = [key for key in parameters.get("columns", "").split(",") if key in known]
        sort = parameters.get("sort", "")
        sort = sort if sort.lstrip("-") in known else ""
        if sort and report.instead is None:
            question = replace(question, order=sort)
        return cls(
            slug,
            report,
            parameters,
            question,
            compared,
            Builder.from_address(query, VOCABULARY),
            own=agent_id is not None,
            shown=shown,
            sort=sort,
        )

    @property
    def page(self) -> str:
        """The address of the report's page, without anything asked."""
        return reverse("reports:report", args=[self.slug, self.report.name])

    def query(self, **changes: str) -> str:
        """The address's parameters with changes; an empty one goes. `from` is spelt `from_`."""
        changed = {name.rstrip("_"): value for name, value in changes.items()}
        values = {**self.parameters, **changed}
        return urlencode({name: value for name, value in values.items() if value})

    def address(self, **changes: str) -> str:
        """The same page, asked otherwise."""
        query = self.query(**changes)
        return f"{self.page}?{query}" if query else self.page

    def elsewhere(self, report: Report) -> str:
        """Another report of the same period and filter."""
        kept = {name: value for name, value in self.parameters.items() if name in SHARED}
        kept.pop("base", None)
        address = reverse("reports:report", args=[self.slug, report.name])
        return f"{address}?{urlencode(kept)}" if kept else address

    def behind(self, metric: str, cell: dict[str, Any] | None = None, **changes: str) -> str:
        """Where the rows behind a cell are; without `cell`, behind the total."""
        more = {"metric": metric, "cell": orjson.dumps(cell).decode() if cell else "", **changes}
        address = reverse("reports:rows", args=[self.slug, self.report.name])
        return f"{address}?{self.query(**more)}"

    def kept(self, *without: str) -> dict[str, str]:
        """The parameters besides these, for a form's hidden fields."""
        return {name: value for name, value in self.parameters.items() if name not in without}
