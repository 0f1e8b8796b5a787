"""The facts of a deal, worked out whole from its row, its history and its payments.

Whatever happens to a deal, all of its facts are worked out anew and compared with those that are
known: an outcome that was taken back, an amount put right, a source found later then fall out by
themselves, and doing it twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from analytics.exchange import converted
from analytics.facts import sources, writing
from analytics.facts.customers import derive_new_customers
from analytics.facts.hours import JudgementTerm
from analytics.facts.money import minor
from analytics.models import Fact, Kind
from analytics.rollups import state
from contacts.models import Touch
from crm.models import Deal, DealChange, LeadRefusal, Payment

_CHUNK: Final = 500
_OUTCOMES: Final = {"won": Kind.WON, "lost": Kind.LOST, "not_a_lead": Kind.REJECTED}
_DECIDED: Final = frozenset({LeadRefusal.State.UPHELD, LeadRefusal.State.OVERTURNED})
# Those that marketing contested; what sales took back after that still was.
_CONTESTED: Final = frozenset({LeadRefusal.State.CONTESTED, *_DECIDED})
_FOLLOWED: Final = ("stage", "status", "owner", "team")


def derive_deals(deal_ids: Iterable[UUID], *, seq: int) -> None:
    """Bring the facts of deals in line with the deals; `seq` is the event that told of them."""
    wanted = list(dict.fromkeys(deal_ids))
    for start in range(0, len(wanted), _CHUNK):
        _derive(wanted[start : start + _CHUNK], seq)


def _derive(deal_ids: list[UUID], seq: int) -> None:
    deals = list(Deal.objects.filter(pk__in=deal_ids))
    history: dict[UUID, list[DealChange]] = {}
    changes = DealChange.objects.filter(deal_id__in=deal_ids, field__in=_FOLLOWED)
    for change in changes.order_by("at", "id"):
        history.setdefault(change.deal_id, []).append(change)
    payments: dict[UUID, list[Payment]] = {}
    for payment in Payment.objects.filter(deal_id__in=deal_ids).order_by("id"):
        payments.setdefault(payment.deal_id, []).append(payment)
    refusals: dict[UUID, list[LeadRefusal]] = {}
    for refusal in LeadRefusal.objects.filter(deal_id__in=deal_ids).order_by("refused_at", "id"):
        refusals.setdefault(refusal.deal_id, []).append(refusal)
    touches = sources.touches_of(deal.contact_id for deal in deals)
    term = JudgementTerm()
    wanted = [
        fact
        for deal in deals
        for fact in facts_of(
            deal,
            history.get(deal.pk, []),
            payments.get(deal.pk, []),
            touches.get(deal.contact_id, []),
            refusals.get(deal.pk, []),
            term,
        )
    ]
    for fact in wanted:
        fact.natural_key = f"{fact.natural_key}@{seq}"
    known = list(
        Fact.objects.filter(deal_id__in=deal_ids, voided_at=None).exclude(kind=Kind.NEW_CUSTOMER)
    )
    contacts = {deal.contact_id for deal in deals} | {fact.contact_id for fact in known}
    with writing.marked_together():
        writing.replace(known, wanted)
        derive_new_customers(contacts, deal_ids, seq=seq)


def facts_of(
    deal: Deal,
    history: list[DealChange],
    payments: list[Payment],
    touches: list[Touch],
    refusals: Sequence[LeadRefusal] = (),
    term: JudgementTerm | None = None,
) -> list[Fact]:
    """All that counts of one deal, unsaved. `history` and `refusals` have the earliest first."""
    return _OfDeal(deal, history, touches, refusals, term or JudgementTerm()).facts(payments)


class _OfDeal:
    def __init__(
        self,
        deal: Deal,
        history: list[DealChange],
        touches: list[Touch],
        refusals: Sequence[LeadRefusal],
        term: JudgementTerm,
    ) -> None:
        self.deal, self.history, self.refusals, self.term = deal, history, refusals, term
        self.source = sources.source_of_deal(deal, touches)

    def facts(self, payments: list[Payment]) -> list[Fact]:
        deal = self.deal
        decided_at = deal.closed_at
        found = [self._fact(Kind.LEAD, deal.created_at, whose=decided_at)]
        found[0].amount = minor(deal.amount)
        _convert(found[0], deal.created_at.astimezone(state.zone()).date())
        is_won = deal.status == Deal.Status.WON
        accepted_at = deal.accepted_at or (deal.closed_at if is_won else None)
        if accepted_at is not None and deal.status != Deal.Status.NOT_A_LEAD:
            found.append(self._fact(Kind.ACCEPTED, accepted_at, whose=decided_at))
        is_refused = deal.status == Deal.Status.NOT_A_LEAD
        found[0].flag = is_refused or accepted_at is not None
        found += self._judgements(accepted_at)
        found += self._stages()
        if deal.closed_at is not None and deal.status in _OUTCOMES:
            found.append(self._outcome(deal.closed_at))
        found += [
            self._fact(Kind.REOPENED, change.at, key=change.pk, whose=change.at)
            for change in self.history
            if change.field == "status" and change.after == Deal.Status.OPEN
        ]
        for payment in payments:
            found.append(self._payment(Kind.PAYMENT, payment))
            if payment.amount < 0 and is_won:
                found.append(self._payment(Kind.REFUND, payment))
        return found

    def _outcome(self, closed_at: datetime) -> Fact:
        deal = self.deal
        fact = self._fact(_OUTCOMES[deal.status], closed_at, whose=closed_at)
        fact.amount, fact.cost = minor(deal.amount), minor(deal.cost)
        _convert(fact, closed_at.astimezone(state.zone()).date())
        fact.flag = deal.cost is not None
        if fact.kind == Kind.REJECTED:
            fact.flag = any(refusal.is_disputed for refusal in self.refusals)
        fact.seconds = max(0.0, (closed_at - deal.created_at).total_seconds())
        fact.loss_reason_id = deal.loss_reason_id
        return fact

    def _judgements(self, accepted_at: datetime | None) -> list[Fact]:
        """Sales' first word, and what was said of each refusal, each with the time it took."""
        deal, found = self.deal, []
        moments = [refusal.refused_at for refusal in self.refusals[:1]]
        if deal.status == Deal.Status.NOT_A_LEAD and not moments and deal.closed_at:
            moments.append(deal.closed_at)
        if accepted_at is not None:
            moments.append(accepted_at)
        if moments:
            at = min(moments)
            lasted = self.term.lasted(deal.channel_id, deal.team_id, deal.created_at, at)
            is_timely = lasted <= self.term.target
            fact = self._lasting(Kind.JUDGED, at, deal.created_at, flag=is_timely)
            fact.business_seconds = lasted
            found.append(fact)
        for refusal in self.refusals:
            if refusal.answered_at is None:
                continue
            is_contested = refusal.state in _CONTESTED
            found.append(
                self._lasting(
                    Kind.ANSWERED, refusal.answered_at, refusal.refused_at,
                    key=refusal.pk, flag=is_contested,
                )
            )  # fmt: skip
            if refusal.decided_at is not None and refusal.state in _DECIDED:
                found.append(
                    self._lasting(
                        Kind.SETTLED, refusal.decided_at, refusal.answered_at,
                        key=refusal.pk, flag=refusal.state == LeadRefusal.State.OVERTURNED,
                    )
                )  # fmt: skip
        return found

    def _lasting(
        self, kind: str, at: datetime, since: datetime, *, key: Any = "", flag: bool
    ) -> Fact:
        fact = self._fact(kind, at, key=key, whose=at)
        fact.amount, fact.flag = minor(self.deal.amount), flag
        fact.seconds = max(0.0, (at - since).total_seconds())
        return fact

    def _stages(self) -> list[Fact]:
        """Each entry into a stage, with the seconds it lasted once it is over."""
        moves = [change for change in self.history if change.field == "stage"]
        first = moves[0].before if moves else self.deal.stage_id
        entries: list[tuple[Any, Any, datetime]] = [("birth", first, self.deal.created_at)]
        entries += [(move.pk, move.after, move.at) for move in moves]
        found = []
        for place, (key, stage_id, at) in enumerate(entries):
            fact = self._fact(Kind.STAGE, at, key=key, whose=at)
            fact.stage_id = UUID(str(stage_id)) if stage_id else None
            fact.amount = minor(self.deal.amount)
            _convert(fact, at.astimezone(state.zone()).date())
            if place + 1 < len(entries):
                fact.seconds = max(0.0, (entries[place + 1][2] - at).total_seconds())
            found.append(fact)
        return found

    def _payment(self, kind: str, payment: Payment) -> Fact:
        # A day has no moment: its noon is within it wherever the company moves.
        noon = datetime.combine(payment.paid_on, time(12), state.zone()).astimezone(UTC)
        fact = self._fact(kind, noon, key=payment.pk, whose=self.deal.closed_at)
        fact.on_day = payment.paid_on
        fact.amount, fact.currency = minor(payment.amount), payment.currency
        _convert(fact, payment.paid_on)
        return fact

    def _fact(self, kind: str, at: datetime, *, key: Any = "", whose: datetime | None) -> Fact:
        """`whose`: the moment at which who had the deal counts; None is now."""
        deal = self.deal
        source, medium, campaign, ad, term = self.source
        return Fact(
            kind=kind,
            natural_key=f"{deal.pk}:{key}" if key else str(deal.pk),
            at=at,
            born_at=deal.created_at,
            deal_id=deal.pk,
            contact_id=deal.contact_id,
            conversation_id=deal.conversation_id,
            agent_id=self._at("owner", deal.owner_id, whose),
            team_id=self._at("team", deal.team_id, whose),
            channel_id=deal.channel_id,
            pipeline_id=deal.pipeline_id,
            stage_id=deal.stage_id if kind != Kind.STAGE else None,
            source=source,
            medium=medium,
            campaign=campaign,
            ad=ad,
            term=term,
            currency=deal.currency,
        )

    def _at(self, field: str, now: UUID | None, moment: datetime | None) -> UUID | None:
        """What a reference was at a moment: what the first later change found there."""
        if moment is None:
            return now
        for change in self.history:
            if change.field == field and change.at > moment:
                return UUID(str(change.before)) if change.before else None
        return now


def _convert(fact: Fact, on: date) -> None:
    """Into the workspace's currency by the rate of a day, where that is known."""
    own = fact.currency
    fact.amount, fact.currency = converted(fact.amount, own, on)
    fact.cost, _currency = converted(fact.cost, own, on)
