"""One batch of one channel, in one transaction."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from psycopg import Connection

from channels_connectors.types import (
    InboundConsent,
    InboundDelete,
    InboundEdit,
    InboundProfile,
    InboundReachability,
    InboundReaction,
    InboundStatus,
    InboundTemplate,
    InboundTyping,
)
from events import bulk
from events.bulk import Fact
from inbox.sorter import (
    account,
    answers,
    changes,
    channels,
    chats,
    consents,
    conversations,
    echoes,
    envelopes,
    facts,
    messages,
    people,
    ratings,
    references,
    statuses,
    targets,
    threads,
    touches,
)
from inbox.sorter.aftermath import Aftermath
from inbox.sorter.arrivals import Arrival
from inbox.sorter.channels import KnownChannel
from inbox.sorter.envelopes import Contents
from inbox.sorter.references import Reference, Reply
from inbox.sorter.targets import Target
from inbox.sorter.threads import Thread

LIMIT: Final = 200
PROFILE_AGE: Final = timedelta(days=7)
# Whoever typed longer ago than this has stopped.
TYPING_AGE: Final = timedelta(seconds=10)

# The lock keeps a channel's batches in order when several sorters run.
_ENTER: Final = """
    select set_config('app.workspace_id', %s, true),
        pg_try_advisory_xact_lock(hashtextextended(%s, 0))
"""
Kind = TypeVar("Kind")


@dataclass(slots=True)
class Outcome:
    """How many envelopes were taken, and what is to do once they are committed.

    `is_full`: as many as the channel may have in memory, so that more may be waiting.
    """

    taken: int = 0
    aftermath: Aftermath | None = None
    is_full: bool = False


def sort(
    connection: Connection[Any],
    workspace_id: UUID,
    channel_id: UUID,
    *,
    limit: int = LIMIT,
    only: list[UUID] | None = None,
) -> Outcome | None:
    """Sort the oldest new envelopes of a channel, or `only` these. None: another sorter has it.

    Whatever is raised, nothing was written.
    """
    with connection.transaction():
        entered = connection.execute(_ENTER, (str(workspace_id), str(channel_id))).fetchone()
        if not entered or not entered[1]:
            return None
        channel = channels.known(connection, workspace_id, channel_id)
        most = min(limit, channel.envelopes_at_once)
        taken, waiting = envelopes.claim(connection, workspace_id, channel_id, most, only)
        if not taken and not references.can_be_taken(connection, channel):
            return Outcome()
        batch = _Batch(connection, channel, envelopes.read(channel.connector, taken))
        waiting = waiting or not taken
        batch.receive(look_for_waiting=waiting)
        batch.introduce(look_for_waiting=waiting)
        batch.apply(look_for_waiting=waiting)
        batch.hear_of_account()
        return Outcome(len(taken), batch.finish(), is_full=len(taken) == most)


@dataclass(slots=True)
class _Batch:
    connection: Connection[Any]
    channel: KnownChannel
    contents: Contents
    threads: dict[str, Thread] = field(default_factory=dict)
    fresh: list[Arrival] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    aftermath: Aftermath = field(default_factory=Aftermath)

    def receive(self, *, look_for_waiting: bool) -> None:
        """Messages, with the chats that they are in."""
        connection, channel, arrivals = self.connection, self.channel, self.contents.arrivals
        answers.bring_home(connection, channel, arrivals)
        told, named = chats.bring_together(
            connection, channel, self.contents, waiting=look_for_waiting
        )
        self.facts += told
        self._find_threads()
        firsts: dict[str, Arrival] = {}
        for arrival in arrivals:
            firsts.setdefault(arrival.chat_id, arrival)
        if missing := {key: it for key, it in firsts.items() if key not in self.threads}:
            self.threads |= threads.create(connection, channel, missing)
        moved = chats.name_new(connection, channel, self.threads, named) if named else []
        if not arrivals:
            return
        arrivals = echoes.without_parts(connection, channel, arrivals)
        self.facts += echoes.adopt(connection, channel, self.threads, arrivals)
        self.fresh = messages.add(connection, channel, self.threads, arrivals)
        rated = ratings.take(connection, channel, self.threads, self.fresh)
        reopened = conversations.save(connection, channel, self.threads.values())
        self._add_files([(it.id, it.attachments) for it in self.fresh if it.attachments])
        self.facts += facts.of_new_people(channel, list(self.threads.values()))
        self.facts += [*moved, *facts.of_reopened(channel, reopened)]
        self.facts += facts.of_arrivals(channel, self.threads, self.fresh) + rated
        news = [it for it in self.fresh if not it.is_past]
        self.facts += touches.add(connection, channel, self.threads, news)
        self.aftermath.acknowledges = [it.acknowledge for it in self.fresh if it.acknowledge]
        self._note_strangers()

    def introduce(self, *, look_for_waiting: bool) -> None:
        """What is said of people."""
        self.facts += consents.apply(
            self.connection, self.channel, self._of(InboundConsent), waiting=look_for_waiting
        )
        arguments = (self.connection, self.channel, self.threads, self.fresh)
        self.facts += people.introduce(*arguments, self._of(InboundProfile))
        self.facts += people.reach(*arguments, self._of(InboundReachability))
        self._note_typing()

    def apply(self, *, look_for_waiting: bool) -> None:
        """What is said of messages, now and before they came. What finds none is kept."""
        news: list[Reference] = references.one_by_one(item for item, _ in self.contents.changes)
        news += [Reply(it.reply_to, it.id) for it in self.fresh if it.reply_to]
        if look_for_waiting:
            news += references.take(self.connection, self.channel)
        if not news:
            return
        pairs, homeless = self._find_targets(news)
        targets.lock(self.connection, self.channel, [target for target, _ in pairs])
        self._apply(pairs)
        references.keep(self.connection, self.channel, homeless)

    def hear_of_account(self) -> None:
        """What is said of the account itself."""
        self.facts += account.note(self.connection, self.channel, self.contents.notices)
        told, self.aftermath.asks_templates = account.change_templates(
            self.connection, self.channel, self._of(InboundTemplate)
        )
        self.facts += told

    def finish(self) -> Aftermath:
        """Mark the envelopes and, last of all, tell the journal."""
        workspace_id = self.channel.workspace_id
        self.facts += facts.of_parked(self.channel.id, len(self.contents.parked))
        envelopes.finish(self.connection, workspace_id, self.contents)
        self.aftermath.place = (workspace_id, self.channel.id)
        self.aftermath.seq = bulk.write(self.connection, workspace_id, self.facts)
        self.aftermath.actions = {fact.action for fact in self.facts}
        return self.aftermath

    def _find_targets(
        self, news: list[Reference]
    ) -> tuple[list[tuple[Target, Reference]], list[Reference]]:
        names = {references.target_id(item) for item in news}
        by_name = targets.find(self.connection, self.channel, names)
        ours = statuses.client_references([it for it in news if isinstance(it, InboundStatus)])
        by_id = targets.find_by_id(self.connection, self.channel, ours) if ours else {}
        pairs: list[tuple[Target, Reference]] = []
        homeless: list[Reference] = []
        for item in news:
            target = by_name.get(references.target_id(item))
            if target is None and isinstance(item, InboundStatus):
                target = next(
                    (by_id[i] for i in statuses.client_references([item]) if i in by_id), None
                )
            if target is None:
                homeless.append(item)
            else:
                pairs.append((target, item))
        return pairs, homeless

    def _apply(self, pairs: list[tuple[Target, Reference]]) -> None:
        arguments = (self.connection, self.channel)
        changes.reply(*arguments, _only(Reply, pairs))
        told, files = changes.edit(*arguments, _only(InboundEdit, pairs))
        self._add_files(files)
        self.facts += told
        self.facts += changes.react(*arguments, _only(InboundReaction, pairs))
        self.facts += statuses.apply(*arguments, _only(InboundStatus, pairs))
        self.facts += changes.delete(*arguments, _only(InboundDelete, pairs))

    def _add_files(self, owners: list[tuple[UUID, Any]]) -> None:
        if owners:
            added = messages.add_attachments(self.connection, self.channel, owners)
            self.aftermath.attachments += added

    def _find_threads(self) -> None:
        """The chats that the batch speaks of, by their own names or by other ones."""
        wanted = {found.chat_id for found in self.contents.arrivals} | self._other_chats()
        self.threads = threads.find(self.connection, self.channel, wanted)
        if strange := wanted - self.threads.keys():
            names = chats.by_alias(self.connection, self.channel, strange)
            chats.rename(self.contents, names)
            again = set(names.values()) - self.threads.keys()
            self.threads |= threads.find(self.connection, self.channel, again)

    def _other_chats(self) -> set[str]:
        return {
            item.chat_id
            for item, _ in self.contents.changes
            if isinstance(item, InboundProfile | InboundReachability | InboundTyping)
        }

    def _note_strangers(self) -> None:
        if not self.channel.has_profiles:
            return
        old = datetime.now(UTC) - PROFILE_AGE
        self.aftermath.strangers = [
            thread.identity_id
            for thread in self.threads.values()
            if thread.arrivals
            and (thread.profile_fetched_at is None or thread.profile_fetched_at < old)
        ]

    def _note_typing(self) -> None:
        recent = datetime.now(UTC) - TYPING_AGE
        self.aftermath.typing = [
            (thread.conversation_id, thread.contact_id, thread.name)
            for item, received_at in self.contents.changes
            if isinstance(item, InboundTyping)
            and received_at > recent
            and (thread := self.threads.get(item.chat_id))
        ]

    def _of(self, kind: type[Kind]) -> list[Kind]:
        return [item for item, _ in self.contents.changes if isinstance(item, kind)]


def _only(kind: type[Kind], pairs: list[tuple[Target, Reference]]) -> list[tuple[Target, Kind]]:
    return [(target, item) for target, item in pairs if isinstance(item, kind)]
