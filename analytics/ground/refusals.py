"""Refused leads as both sides read them: what was said, what shows it, what is at stake."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.reports.worth import Worth
from core import money
from crm.models import LeadRefusal, LossReason
from crm.models.stage import Group
from inbox.models import Message
from workspaces.permissions import Verb, can

PER_PAGE: Final = 30
# So many are sorted by money; there are never as many open ones.
MOST_BY_MONEY: Final = 500
State = LeadRefusal.State
VIEWS: Final[dict[str, tuple[str | Promise, tuple[str, ...]]]] = {
    "open": (_("Without a last word"), (State.WAITING, State.CONTESTED)),
    "waiting": (_("Wait for marketing"), (State.WAITING,)),
    "contested": (_("Disputed"), (State.CONTESTED,)),
    "settled": (_("Decided"), (State.UPHELD, State.OVERTURNED)),
    "agreed": (pgettext_lazy("refusals", "Agreed"), (State.AGREED, State.LAPSED)),
    "all": (pgettext_lazy("refusals", "All"), tuple(State.values)),
}
USUAL: Final = "open"


@dataclass(frozen=True)
class Row:
    """A refusal with what its reader may do to it; `evidence` only where they may read it."""

    refusal: LeadRefusal
    worth: str
    is_estimate: bool
    evidence: Message | None
    can_answer: bool
    can_settle: bool

    @property
    def is_late(self) -> bool:
        """Whether little time is left for an answer: less than a day."""
        left = self.refusal.answer_due_at - timezone.now()
        return self.refusal.state == State.WAITING and left.total_seconds() < 86_400


@dataclass(frozen=True)
class Filters:
    """What the address asks for."""

    view: str = USUAL
    reason: str = ""
    source: str = ""
    query: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        view = query.get("view", "")
        return cls(
            view if view in VIEWS else USUAL,
            _id(query.get("reason", "")),
            query.get("source", "")[:100].replace("\0", ""),
            query.get("q", "")[:100].replace("\0", "").strip(),
        )

    def narrow(self, found: Any) -> Any:
        """The refusals that pass."""
        found = found.filter(state__in=VIEWS[self.view][1])
        if self.reason:
            found = found.filter(reason_id=self.reason)
        if self.source:
            found = found.filter(deal__source=self.source)
        if self.query:
            found = found.filter(deal__contact__name__icontains=self.query)
        return found


def seen_by(viewer: Any) -> Any:
    """All refusals that a member may see, with what a row shows."""
    return LeadRefusal.objects.visible_to(viewer).for_list()


def page_of(viewer: Any, filters: Filters, number: str) -> tuple[Page[Any], list[Row]]:
    """One page of the list, the latest first."""
    found = filters.narrow(seen_by(viewer)).newest_first()
    page = Paginator(found, PER_PAGE).get_page(number)
    return page, rows(viewer, page.object_list)


def largest(viewer: Any, count: int) -> tuple[list[Row], int]:
    """The disputes about most money, and how many there are; without any, what waits longest."""
    disputes = seen_by(viewer).filter(state=State.CONTESTED)
    found = list(disputes.order_by("-answered_at", "id")[:MOST_BY_MONEY])
    worth = Worth()
    found.sort(key=lambda refusal: -worth.of(refusal.deal)[0])
    return rows(viewer, found[:count], worth), len(found)


def rows(viewer: Any, found: Any, worth: Worth | None = None) -> list[Row]:
    """Refusals with what is at stake."""
    found = list(found)
    if not found:
        return []
    worth = worth or Worth()
    keys = [one.evidence_id for one in found if one.evidence_id]
    seen = Message.objects.visible_to(viewer).in_bulk(keys)
    answers, settles = can(viewer, Verb.ANSWER_REFUSALS), can(viewer, Verb.SETTLE_REFUSALS)
    told = []
    for one in found:
        amount, is_estimate = worth.of(one.deal)
        told.append(
            Row(
                one,
                money.words(amount, worth.currency) if amount else "",
                is_estimate,
                seen.get(one.evidence_id),
                answers and one.state == State.WAITING,
                settles and one.state == State.CONTESTED,
            )
        )
    return told


def reasons() -> Any:
    """Why leads may be refused, for the filter."""
    return LossReason.objects.filter(outcome=Group.NOT_A_LEAD, parent__isnull=False).order_by(
        "position"
    )


def sources(viewer: Any) -> list[str]:
    """Where refused leads came from, for the filter."""
    found = LeadRefusal.objects.visible_to(viewer).exclude(deal__source="")
    names = found.values_list("deal__source", flat=True).distinct().order_by("deal__source")
    return list(names[:100])


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
