"""Inquiries, replies and their times, counted from the journal with a clock for each chat."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from analytics.facts import sources, writing
from analytics.facts.clocks import Clock, clocks_of, keep
from analytics.facts.hours import WorkingTime
from analytics.models import Fact, Kind, ReportSettings
from events import types
from events.models import Event
from inbox.models import Message

OPENINGS: Final = (types.CONVERSATION_REOPENED,)
TAKINGS: Final = (
    types.CONVERSATION_ACCEPTED,
    types.CONVERSATION_ASSIGNED,
    types.CONVERSATION_ROUTED,
)
ACTIONS: Final = (
    *OPENINGS,
    *TAKINGS,
    types.CONVERSATION_CLOSED,
    types.CONVERSATION_SETTLED,
    types.MESSAGE_RECEIVED,
    types.MESSAGE_SENT,
)
_ENDINGS: Final = frozenset({types.CONVERSATION_CLOSED, types.CONVERSATION_SETTLED})
_NO_QUESTIONS: Final = frozenset({"system", "reaction"})
# What a program wrote, or one letter to many, answers nobody.
NOT_BY_PEOPLE: Final = ("auto", "auto_reply", "is_bot", "broadcast")


class Clocks:
    """Reads a batch of events into facts; `write` puts down both facts and clocks."""

    def __init__(self, events: list[Event]) -> None:
        events = [event for event in events if not _is_broadcast(event)]
        self._facts: list[Fact] = []
        self._counts: dict[tuple[Any, ...], Fact] = {}
        self._working = WorkingTime()
        ids = {event.conversation_id for event in events if event.conversation_id}
        self._clocks = clocks_of(ids)
        sent = [event.subject_id for event in events if event.action == types.MESSAGE_SENT]
        self._sent = {
            row["id"]: row
            for row in Message.objects.filter(pk__in=sent).values("id", "author_id", "payload")
        }
        asking = self._asking(events)
        self._touches = sources.touches_of(event.actor_id for event in asking)
        promised = ReportSettings.objects.first()
        self._target = (promised or ReportSettings()).first_reply_target
        self._known = self._contacts_with_inquiries(asking)

    def read(self, event: Event) -> None:
        """Take one event in."""
        if event.conversation_id is None or _is_broadcast(event):
            return
        clock = self._clocks.get(event.conversation_id)
        if clock is None:
            clock = self._clocks[event.conversation_id] = Clock(event.conversation_id)
        if event.action == types.MESSAGE_RECEIVED:
            self._received(clock, event)
        elif event.action == types.MESSAGE_SENT:
            self._was_sent(clock, event)
        elif event.action in TAKINGS:
            self._taken(clock, event)
        elif event.action == types.CONVERSATION_CLOSED:
            self._closed(clock, event)
        elif event.action == types.CONVERSATION_SETTLED:
            clock.turn_at, clock.is_answered = None, True
        elif event.actor_type != "contact" and not clock.cycle:
            # Opened by us: nobody has asked.
            _begin(clock, event.seq, event.at, asked_at=None)

    def write(self) -> None:
        """Facts and clocks, in the transaction of the cursor."""
        writing.add([*self._facts, *self._counts.values()])
        keep(self._clocks.values())

    def _received(self, clock: Clock, event: Event) -> None:
        data = event.data
        if data.get("direction") != "incoming" or data.get("kind") in _NO_QUESTIONS:
            return
        at = _said_at(event)
        clock.channel_id = UUID(data["channel"])
        clock.contact_id = event.actor_id
        _follow(clock, event.audience)
        self._count(Kind.MESSAGE_IN, clock, at, None, event)
        if data.get("is_rating"):
            return
        if not clock.cycle:
            _begin(clock, event.seq, at, asked_at=at)
            fact = self._fact(Kind.INQUIRY, clock, at)
            # Whether this is the first time that the customer turns to us.
            fact.flag = clock.contact_id not in self._known
            self._known.add(clock.contact_id)
            touches = self._touches.get(event.actor_id, []) if event.actor_id else []
            sources.name_source(fact, sources.last_non_direct(sources.in_window(touches, at)))
        if clock.rests_since is not None:
            clock.rested += max(0.0, (at - clock.rests_since).total_seconds())
            clock.rests_since = None
        clock.turn_at = clock.turn_at or at

    def _was_sent(self, clock: Clock, event: Event) -> None:
        message = self._sent.get(event.subject_id)
        if event.data.get("direction") != "outgoing" or message is None:
            return
        at = _said_at(event)
        clock.channel_id = UUID(event.data["channel"])
        if any(message["payload"].get(sign) for sign in NOT_BY_PEOPLE):
            return
        # A program that answers does so for who has the conversation.
        agent = message["author_id"]
        if agent is None and event.data.get("client_id"):
            agent = clock.agent_id
        self._count(Kind.MESSAGE_OUT, clock, at, agent, event)
        if not clock.cycle:
            _begin(clock, event.seq, at, asked_at=None)
        if clock.turn_at is not None and at >= clock.turn_at:
            if clock.asked_at is not None and not clock.is_answered:
                fact = self._timed(Kind.FIRST_REPLY, clock, clock.asked_at, at, agent)
                fact.flag = (fact.business_seconds or 0.0) <= self._target
            self._timed(Kind.REPLY, clock, clock.turn_at, at, agent, key=event.subject_id)
            clock.turn_at, clock.is_answered = None, True
        if clock.turn_at is None:
            clock.rests_since = clock.rests_since or at

    def _taken(self, clock: Clock, event: Event) -> None:
        data = event.data
        _follow(clock, event.audience)
        if "team" in data:
            clock.team_id = UUID(data["team"]) if data["team"] else None
        agent = UUID(data["assignee"]) if data.get("assignee") else None
        is_news = agent is not None and agent != clock.agent_id
        clock.agent_id = agent
        if is_news or (agent and event.action == types.CONVERSATION_ACCEPTED):
            self._fact(Kind.TAKEN, clock, event.at, agent=agent, key=agent)

    def _closed(self, clock: Clock, event: Event) -> None:
        if clock.cycle and clock.asked_at is not None:
            rested = clock.rested
            if clock.rests_since is not None:
                rested += max(0.0, (event.at - clock.rests_since).total_seconds())
            fact = self._fact(Kind.RESOLUTION, clock, event.at, agent=clock.agent_id)
            fact.seconds = max(0.0, (event.at - clock.asked_at).total_seconds())
            # Without the time in which it was the customer's turn.
            fact.business_seconds = max(0.0, fact.seconds - rested)
        clock.cycle, clock.asked_at, clock.opened_at = 0, None, None
        clock.turn_at = clock.rests_since = None
        clock.is_answered, clock.rested = False, 0.0

    def _timed(
        self,
        kind: str,
        clock: Clock,
        start: datetime,
        end: datetime,
        agent: UUID | None,
        key: Any = "",
    ) -> Fact:
        fact = self._fact(kind, clock, end, agent=agent, key=key)
        fact.seconds = (end - start).total_seconds()
        fact.business_seconds = self._working.between(clock.channel_id, clock.team_id, start, end)
        return fact

    def _count(
        self, kind: str, clock: Clock, at: datetime, agent: UUID | None, event: Event
    ) -> None:
        """Messages are many: those of a batch, a quarter of an hour and the same dimensions are
        one fact."""
        # Quarters: there are zones whose days begin between our hours.
        quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        key = (kind, clock.channel_id, clock.team_id, agent, quarter)
        if key in self._counts:
            self._counts[key].n += 1
            return
        self._counts[key] = Fact(
            kind=kind,
            natural_key=f"{event.seq}",
            at=quarter,
            channel_id=clock.channel_id,
            team_id=clock.team_id,
            agent_id=agent,
        )

    def _fact(
        self,
        kind: str,
        clock: Clock,
        at: datetime,
        *,
        agent: UUID | None = None,
        key: Any = "",
    ) -> Fact:
        fact = Fact(
            kind=kind,
            natural_key=f"{clock.conversation_id}:{clock.cycle}:{key}",
            at=at,
            conversation_id=clock.conversation_id,
            contact_id=clock.contact_id,
            channel_id=clock.channel_id,
            team_id=clock.team_id,
            agent_id=agent,
        )
        self._facts.append(fact)
        return fact

    def _asking(self, events: list[Event]) -> list[Event]:
        """Messages that may begin a cycle: all others need nothing from the database."""
        closed = {event.conversation_id for event in events if event.action in _ENDINGS}
        going_on = {id_ for id_, clock in self._clocks.items() if clock.cycle} - closed
        return [
            event
            for event in events
            if event.action == types.MESSAGE_RECEIVED and event.conversation_id not in going_on
        ]

    def _contacts_with_inquiries(self, asking: list[Event]) -> set[UUID | None]:
        ids = {event.actor_id for event in asking}
        found = Fact.objects.filter(kind=Kind.INQUIRY, contact_id__in=ids, voided_at=None)
        return set(found.values_list("contact_id", flat=True))


def _is_broadcast(event: Event) -> bool:
    """One letter to many, as the engine tells of it: no clock goes by it."""
    return event.action == types.MESSAGE_SENT and "broadcast" in event.data


def _begin(clock: Clock, seq: int, at: datetime, *, asked_at: datetime | None) -> None:
    clock.cycle, clock.opened_at, clock.asked_at = seq, at, asked_at
    clock.is_answered, clock.turn_at = False, None
    clock.rests_since, clock.rested = None, 0.0


def _said_at(event: Event) -> datetime:
    """When the platform says that it was said."""
    told = event.data.get("sent_at")
    moment = datetime.fromisoformat(told) if told else event.at
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _follow(clock: Clock, audience: dict[str, Any] | None) -> None:
    """The team, and who has it, as the event's audience has them; it may also name who had it."""
    audience = audience or {}
    teams, members = audience.get("teams") or [], audience.get("members") or []
    if len(teams) == 1:
        clock.team_id = UUID(teams[0]) if teams[0] else None
    if len(members) == 1:
        clock.agent_id = UUID(members[0]) if members[0] else None
