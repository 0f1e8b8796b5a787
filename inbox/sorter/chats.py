"""One chat under several names: aliases that a platform tells beside its id, and moved chats.

Everything else knows a chat by the one id that its identity has. Here the names of a batch are
brought to that id before anything is looked up. A batch in which every chat is known by its own
name and none tells of another asks nothing of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from channels_connectors.types import InboundChatMoved, InboundProfile
from core.postgresql.arrays import texts, uuids
from events.bulk import Fact
from inbox.sorter import facts, kept
from inbox.sorter.channels import KnownChannel
from inbox.sorter.envelopes import Contents
from inbox.sorter.settling import settle
from inbox.sorter.threads import Thread

_IDENTITIES: Final = """
    select id, external_id, aliases, contact_id from contacts_contactidentity
    where workspace_id = %(workspace)s and channel_id = %(channel)s
        and external_id = any(%(names)s)
    union
    select id, external_id, aliases, contact_id from contacts_contactidentity
    where workspace_id = %(workspace)s and id = any(array(
        select identity_id from identities_by_alias(%(channel)s, %(names)s)
    ))
    order by id
"""
_BY_ALIAS: Final = """
    select external_id, aliases from contacts_contactidentity
    where workspace_id = %s and id = any(array(select identity_id from identities_by_alias(%s, %s)))
"""
_RENAME: Final = """
    update contacts_contactidentity set external_id = %s where workspace_id = %s and id = %s
"""
_ADD_ALIASES: Final = """
    update contacts_contactidentity i set aliases = array(
        select name from (
            select unnest(i.aliases) as name
            union select u.name from unnest(%(ids)s::uuid[], %(names)s::text[]) u (id, name)
                where u.id = i.id
        ) known where name <> i.external_id order by name
    )
    where i.workspace_id = %(workspace)s and i.id = any(%(ids)s)
"""
_CONVERSATIONS: Final = """
    select id, team_id, assignee_id from inbox_conversation
    where workspace_id = %s and identity_id = %s
"""


@dataclass(slots=True)
class Identity:
    """An address as it is stored."""

    id: UUID
    external_id: str
    aliases: list[str]
    contact_id: UUID


@dataclass(slots=True)
class Chat:
    """What a batch says of one chat, whichever names it uses."""

    names: set[str] = field(default_factory=set)
    moves: list[InboundChatMoved] = field(default_factory=list)
    waiting: list[UUID] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)

    def current_name(self) -> str:
        """The id that counts: where the chat moved last, else the one that is known."""
        left = {move.chat_id for move in self.moves}
        moves = sorted(self.moves, key=lambda move: str(move.at))
        last = [move.new_chat_id for move in moves if move.new_chat_id not in left]
        target = (last or [move.new_chat_id for move in moves] or [""])[-1]
        for known in self.identities:
            # It went on from there before this news came.
            if target in known.aliases and known.external_id not in left:
                return known.external_id
        return target or (self.identities[0].external_id if self.identities else "")


def bring_together(
    connection: Connection[Any], channel: KnownChannel, contents: Contents, *, waiting: bool
) -> tuple[list[Fact], dict[str, Chat]]:
    """Give every item of the batch the id that its chat is known by; settle what became one.

    `waiting`: moves may be kept from before. Returns the facts, and by its id each chat that is
    new, for `name_new`.
    """
    groups = _groups(contents)
    moves = [item for item, _ in contents.changes if isinstance(item, InboundChatMoved)]
    earlier = kept.moves(connection, channel) if waiting else {}
    if not groups and not moves and not earlier:
        return [], {}
    chats = _chats(connection, channel, groups, moves, earlier)
    here = {found.chat_id for found in contents.arrivals}
    told: list[Fact] = []
    new: dict[str, Chat] = {}
    renamed: dict[str, str] = {}
    for chat in chats:
        name = chat.current_name() or next(iter(sorted(chat.names & here)), "")
        if chat.identities:
            told += _settle(connection, channel, chat, name)
        elif chat.names & here:
            new[name] = chat
        else:
            known = set(earlier.values())
            kept.keep(connection, channel, [move for move in chat.moves if move not in known])
            continue
        kept.forget(connection, channel, chat.waiting)
        renamed |= dict.fromkeys(chat.names - {name}, name)
    rename(contents, renamed)
    return told, new


def by_alias(
    connection: Connection[Any], channel: KnownChannel, names: Iterable[str]
) -> dict[str, str]:
    """The ids of the chats that are known by these names as by a second one."""
    wanted = set(names)
    rows = connection.execute(
        _BY_ALIAS, (channel.workspace_id, channel.id, texts(list(wanted)))
    ).fetchall()
    return {alias: row[0] for row in rows for alias in wanted & set(row[1])}


def find(
    connection: Connection[Any], channel: KnownChannel, names: Iterable[str]
) -> list[Identity]:
    """The identities that have any of these names, the oldest first."""
    rows = connection.execute(
        _IDENTITIES,
        {
            "workspace": channel.workspace_id,
            "channel": channel.id,
            "names": texts(list(names)),
        },
    ).fetchall()
    return [Identity(*row) for row in rows]


def rename(contents: Contents, names: dict[str, str]) -> None:
    """Call the chats of a batch by other ids."""
    if not names:
        return
    for found in contents.arrivals:
        found.chat_id = names.get(found.chat_id, found.chat_id)
    contents.changes = [
        (replace(item, chat_id=names[chat_id]), at)  # type: ignore[call-arg]
        if (chat_id := getattr(item, "chat_id", None)) in names
        and not isinstance(item, InboundChatMoved)
        else (item, at)
        for item, at in contents.changes
    ]


def name_new(
    connection: Connection[Any],
    channel: KnownChannel,
    threads: dict[str, Thread],
    chats: dict[str, Chat],
) -> list[Fact]:
    """Keep the other names of chats that this batch made, once they are written."""
    made = [(threads[name], name, chat) for name, chat in chats.items() if name in threads]
    names = {thread.identity_id: chat.names - {name} for thread, name, chat in made}
    _add_aliases(connection, channel, names)
    return [
        facts.of_moved_chat(
            channel,
            thread.identity_id,
            (thread.conversation_id, thread.team_id, thread.assignee_id),
            before=chat.moves[0].chat_id,
            after=name,
        )
        for thread, name, chat in made
        if chat.moves
    ]


def _groups(contents: Contents) -> list[set[str]]:
    """Names that stand for one chat, as the people who wrote tell them."""
    found = [
        {arrival.chat_id, *arrival.person.aliases}
        for arrival in contents.arrivals
        if arrival.person
        and arrival.person.aliases
        and arrival.is_incoming
        and not arrival.is_group
    ]
    found += [
        {item.chat_id, *item.person.aliases}
        for item, _ in contents.changes
        if isinstance(item, InboundProfile) and item.person.aliases
    ]
    return found


def _chats(
    connection: Connection[Any],
    channel: KnownChannel,
    groups: list[set[str]],
    moves: list[InboundChatMoved],
    earlier: dict[UUID, InboundChatMoved],
) -> list[Chat]:
    together = _Together()
    for group in groups:
        together.join(group)
    for move in (*moves, *earlier.values()):
        together.join({move.chat_id, move.new_chat_id})
    identities = find(connection, channel, together.names())
    for known in identities:
        together.join({known.external_id, *known.aliases})
    chats: dict[str, Chat] = {}
    for name in together.names():
        chats.setdefault(together.root(name), Chat()).names.add(name)
    for move in (*moves, *earlier.values()):
        chat = chats[together.root(move.chat_id)]
        if move not in chat.moves:
            chat.moves.append(move)
    for key, move in earlier.items():
        chats[together.root(move.chat_id)].waiting.append(key)
    for known in identities:
        chats[together.root(known.external_id)].identities.append(known)
    return list(chats.values())


class _Together:
    """Which names belong to one chat."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def names(self) -> list[str]:
        return list(self._above)

    def root(self, name: str) -> str:
        above = self._above.setdefault(name, name)
        while above != name:
            name, above = above, self._above[above]
        return name

    def join(self, names: Iterable[str]) -> None:
        roots = [self.root(name) for name in names]
        for root in roots:
            self._above[root] = roots[0]


def _settle(
    connection: Connection[Any], channel: KnownChannel, chat: Chat, name: str
) -> list[Fact]:
    """Make the identities of a chat one, which has this id; the oldest stays."""
    oldest, *others = chat.identities
    told: list[Fact] = []
    for other in others:
        told += settle(
            connection,
            channel,
            absorbed=(other.id, other.contact_id),
            kept=(oldest.id, oldest.contact_id),
        )
    before = oldest.external_id
    if before != name:
        connection.execute(_RENAME, (name, channel.workspace_id, oldest.id))
        told.append(_moved(connection, channel, oldest, before, name))
    if others or before != name or chat.names - {name} != set(oldest.aliases):
        _add_aliases(connection, channel, {oldest.id: chat.names})
    return told


def _add_aliases(
    connection: Connection[Any], channel: KnownChannel, names: dict[UUID, set[str]]
) -> None:
    pairs = [(key, name) for key, found in names.items() for name in sorted(found)]
    if pairs:
        connection.execute(
            _ADD_ALIASES,
            {
                "workspace": channel.workspace_id,
                "ids": uuids([key for key, _ in pairs]),
                "names": texts([name for _, name in pairs]),
            },
        )


def _moved(
    connection: Connection[Any], channel: KnownChannel, known: Identity, before: str, after: str
) -> Fact:
    row = connection.execute(_CONVERSATIONS, (channel.workspace_id, known.id)).fetchone()
    return facts.of_moved_chat(channel, known.id, row, before=before, after=after)
