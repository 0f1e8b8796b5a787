"""What changed of a deal, by whom, kept for ever: the rows of `DealChange` and the journal."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from crm.models import ClosedPeriod, Deal, DealChange, PipelineAccess
from events.audience import Audience
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership
from workspaces.zones import local_day

By = Membership | ApiToken | Actor | None


@dataclass
class Changes:
    """Gathers what one action changes of a deal; `keep` writes it down.

    `rule` names what acted when no member did. `days` are further days, besides the deal's own, on
    which the change counts. The audience of before is taken at once: whoever loses sight of a deal
    must see it go.
    """

    deal: Deal
    by: By
    rule: str = ""
    days: set[date] = field(default_factory=set)
    at: datetime = field(default_factory=timezone.now)
    _rows: list[DealChange] = field(default_factory=list)
    _before: Audience | None = None

    def __post_init__(self) -> None:
        self._before = audience_of(self.deal)

    def note(
        self, name: str, before: Any, after: Any, *, before_words: Any = "", after_words: Any = ""
    ) -> None:
        """One field had one value and has another."""
        self._rows.append(
            DealChange(
                deal=self.deal,
                field=name,
                before=plain(before),
                after=plain(after),
                before_words=_words(before, before_words),
                after_words=_words(after, after_words),
                author=self.by if isinstance(self.by, Membership) else None,
                author_name=name_of(self.by),
                rule=self.rule,
                at=self.at,
            )
        )

    def __bool__(self) -> bool:
        return bool(self._rows)

    def as_data(self) -> dict[str, Any]:
        """The changes as the journal tells them."""
        return {row.field: {"before": row.before, "after": row.after} for row in self._rows}

    def keep(self, action: str, **data: Any) -> None:
        """Write the rows and record the fact. A no-op when nothing changed."""
        if not self._rows:
            return
        is_late = self._touches_closed_books()
        for row in self._rows:
            row.is_late = is_late
        DealChange.objects.bulk_create(self._rows)
        facts = {"changes": self.as_data(), **deal_facts(self.deal), **data}
        if self.rule:
            facts["rule"] = self.rule
        if is_late:
            facts["is_late"] = True
        record_deal(action, self.deal, by=self.by, before=self._before, at=self.at, **facts)

    def _touches_closed_books(self) -> bool:
        """Whether a period that the deal counts in was closed before this change."""
        closed = ClosedPeriod.objects.order_by("-until").first()
        if closed is None:
            return False
        counted = self.deal.closed_at or self.deal.created_at
        was_closed = [row.before for row in self._rows if row.field == "closed_at" and row.before]
        moments = [counted, *(datetime.fromisoformat(text) for text in was_closed)]
        days = {local_day(moment) for moment in moments} | self.days
        return any(day <= closed.until for day in days)


def record_deal(
    action: str,
    deal: Deal,
    /,
    *,
    by: By,
    before: Audience | None = None,
    at: datetime | None = None,
    **data: Any,
) -> None:
    """Put a fact about a deal into the journal, for those who may see it; `at` is now, if not
    given."""
    now = audience_of(deal)
    if before is not None:
        now |= before
    record(
        action,
        subject=deal,
        by=by,
        data=data,
        audience=now,
        conversation_id=deal.conversation_id,
        at=at,
    )


def audience_of(deal: Deal) -> Audience:
    """Who may hear of it now: the twin of `DealQuerySet.visible_to`."""
    insiders = None
    if deal.pipeline.is_restricted:
        access = PipelineAccess.objects.filter(pipeline=deal.pipeline_id)
        insiders = frozenset(access.values_list("team_id", flat=True))
    return Audience(
        deal.channel_id, frozenset({deal.team_id}), frozenset({deal.owner_id}), insiders
    )


def deal_facts(deal: Deal) -> dict[str, Any]:
    """What a reader of the journal needs to know of a deal without loading it."""
    return {
        "number": deal.number,
        "pipeline": str(deal.pipeline_id),
        "stage": str(deal.stage_id),
        "status": deal.status,
        "contact": str(deal.contact_id),
        "conversation": str(deal.conversation_id) if deal.conversation_id else None,
        "channel": str(deal.channel_id) if deal.channel_id else None,
        "owner": str(deal.owner_id) if deal.owner_id else None,
        "team": str(deal.team_id) if deal.team_id else None,
        "amount": plain(deal.amount),
        "currency": deal.currency,
        "source": deal.source,
        "campaign": deal.campaign,
    }


def plain(value: Any) -> Any:
    """A value as the API shows it."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, UUID):
        return str(value)
    return value


def name_of(by: By) -> str:
    """Who did it, as they were called then."""
    if isinstance(by, Membership | ApiToken):
        return by.name[:200]
    return ""


def _words(value: Any, words: Any) -> str:
    if words:
        return str(words)[:200]
    return "" if value is None or isinstance(value, UUID | list | dict) else str(value)[:200]
