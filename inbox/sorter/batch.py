"""One batch of one channel, in one transaction."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from events import bulk
from events.bulk import Fact
from inbox.sorter import channels, conversations, envelopes, facts, messages, threads
from inbox.sorter.aftermath import Aftermath
from inbox.sorter.arrivals import Arrival
from inbox.sorter.channels import KnownChannel
from inbox.sorter.envelopes import Contents
from inbox.sorter.threads import Thread

LIMIT: Final = 200

# The lock keeps a channel's batches in order when several sorters run.
_ENTER: Final = """
    select set_config('app.workspace_id', %s, true),
        pg_try_advisory_xact_lock(hashtextextended(%s, 0))
"""


@dataclass(slots=True)
class Outcome:
    """How many envelopes were taken, and what is to do once they are committed."""

    taken: int = 0
    aftermath: Aftermath | None = None


@dataclass(slots=True)
class Batch:
    """What the parts of a batch work on."""

    connection: Connection[Any]
    channel: KnownChannel
    contents: Contents
    has_waiting: bool
    threads: dict[str, Thread] = field(default_factory=dict)
    fresh: list[Arrival] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    aftermath: Aftermath = field(default_factory=Aftermath)


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
        taken, has_waiting = envelopes.claim(connection, workspace_id, channel_id, limit, only)
        if not taken:
            return Outcome()
        channel = channels.known(connection, workspace_id, channel_id)
        contents = envelopes.read(channel.connector, taken)
        batch = Batch(connection, channel, contents, has_waiting)
        _write(batch)
        return Outcome(len(taken), batch.aftermath)


def _write(batch: Batch) -> None:
    connection, channel = batch.connection, batch.channel
    _receive(batch)
    envelopes.finish(connection, channel.workspace_id, batch.contents)
    batch.aftermath.seq = bulk.write(connection, channel.workspace_id, batch.facts)
    batch.aftermath.actions = {fact.action for fact in batch.facts}
    batch.aftermath.place = (channel.workspace_id, channel.id)


def _receive(batch: Batch) -> None:
    connection, channel, arrivals = batch.connection, batch.channel, batch.contents.arrivals
    if not arrivals:
        return
    firsts: dict[str, Arrival] = {}
    for arrival in arrivals:
        firsts.setdefault(arrival.chat_id, arrival)
    found = threads.find(connection, channel, firsts)
    if missing := {key: first for key, first in firsts.items() if key not in found}:
        found |= threads.create(connection, channel, missing)
    batch.threads = found
    batch.fresh = messages.add(connection, channel, found, arrivals)
    reopened = conversations.save(connection, channel, found.values())
    attachments = [(found.id, found.attachments) for found in batch.fresh if found.attachments]
    batch.aftermath.attachments += messages.add_attachments(connection, channel, attachments)
    batch.facts += facts.of_new_people(channel, list(found.values()))
    batch.facts += facts.of_reopened(channel, reopened)
    batch.facts += facts.of_arrivals(channel, found, batch.fresh)
