"""What is so at this moment: customers who wait, and clocks that have run out unanswered."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from analytics.facts.hours import WorkingTime
from analytics.metrics.cells import NOW, Cell
from analytics.models import ConversationClock, ReportSettings
from analytics.reports.filtering import PERSON, conjuncts
from analytics.reports.question import Question
from analytics.rollups import state
from core.conditions.nodes import Leaf
from inbox.models import Conversation
from workspaces.zones import moments

Key = tuple[Any, ...]

# The key of what belongs to no row, but to the total.
TOTAL: Final[Key] = ("total alone",)
_OF_CONVERSATION: Final = {
    "agent_id": "assignee_id",
    "team_id": "team_id",
    "channel_id": "channel_id",
}
_KNOWN: Final = frozenset({*_OF_CONVERSATION, PERSON})


def add_now(cells: dict[Key, Cell], question: Question) -> None:
    """Add what waits now to the cells of a question."""
    keys = question.grouping.columns
    is_told = set(keys) <= set(_OF_CONVERSATION)
    for *values, count in waiting(question).values_list(*_OF_CONVERSATION).annotate(Count("id")):
        have = dict(zip(_OF_CONVERSATION, values, strict=True))
        _cell(cells, keys, have, is_told).add((NOW, "waiting"), count)
    for have, count in _overdue(question):
        _cell(cells, keys, have, is_told).add((NOW, "overdue"), count)


def waiting(question: Question) -> QuerySet[Conversation]:
    """Conversations whose customer waits for us, with the columns of facts; the filter is asked
    where it speaks of those."""
    found = Conversation.objects.filter(waiting_since__isnull=False).exclude(status="closed")
    found = found.annotate(agent_id=F("assignee_id"), conversation_id=F("id")).order_by()
    if question.agent_id is not None:
        found = found.filter(assignee_id=question.agent_id)
    narrowed: QuerySet[Conversation] = found.filter(_narrowing(question))
    return narrowed


def _narrowing(question: Question) -> Q:
    """The filter, as far as it speaks of what is known here."""
    found = Q()
    for part in conjuncts(question.condition):
        leaves = [part] if isinstance(part, Leaf) else part.leaves
        if all(leaf.field.path in _KNOWN for leaf in leaves):
            found &= part.q(moments())
    return found


def _overdue(question: Question) -> Iterable[tuple[dict[str, Any], int]]:
    """Questions of the period that nobody has answered in the time that was promised: for whom,
    and how many."""
    start, end = state.bounds(question.first, question.last)
    clocks = ConversationClock.objects.filter(
        _narrowing(question), is_answered=False, asked_at__gte=start, asked_at__lt=end
    )
    if question.agent_id is not None:
        clocks = clocks.filter(agent_id=question.agent_id)
    target = (ReportSettings.objects.first() or ReportSettings()).first_reply_target
    places = clocks.order_by().values_list("channel_id", "team_id").distinct()
    late = WorkingTime().late(places, "asked_at", timezone.now(), target)
    if late is None:
        return
    for *values, count in clocks.filter(late).values_list(*_OF_CONVERSATION).annotate(Count("id")):
        yield dict(zip(_OF_CONVERSATION, values, strict=True)), count


def _cell(cells: dict[Key, Cell], keys: list[str], have: dict[str, Any], is_told: bool) -> Cell:
    key = tuple(have[name] for name in keys) if is_told else TOTAL
    return cells.setdefault(key, Cell())
