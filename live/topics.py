"""Topics: what a page follows, such as one conversation. A socket may follow only what it may see.

A topic is `kind:id`. The app that owns the kind registers who may follow it; a kind that nobody
registered can't be followed.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from events.models import Event
from workspaces.models import Membership

MayFollow = Callable[[Membership, UUID], bool]

MOST = 50  # topics of one socket


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of topic and who may follow it."""

    may_follow: MayFollow
    recheck: frozenset[str]


_kinds: dict[str, Kind] = {}


def register_topic(kind: str, may_follow: MayFollow, *, recheck: Iterable[str] = ()) -> None:
    """Let members follow `kind:<id>` when `may_follow(membership, id)`, asked in the scope.

    After an event with an action of `recheck` the question is asked again.
    """
    _kinds[kind] = Kind(may_follow, frozenset(recheck))


def topic(kind: str, key: UUID) -> str:
    """How a topic is spelled."""
    return f"{kind}:{key}"


def conversation(key: UUID) -> str:
    """The topic of an agent's open conversation."""
    return topic("conversation", key)


def of_conversation(event: Event) -> str | None:
    """The topic of the conversation that an event is about."""
    return conversation(event.conversation_id) if event.conversation_id else None


def allowed(membership: Membership, topics: Collection[str]) -> set[str]:
    """Those of the topics that the member may follow. Runs queries in the workspace's scope."""
    return {name for name in list(topics)[:MOST] if _is_allowed(membership, name)}


def rechecks(actions: set[str]) -> bool:
    """Whether any of the actions may take a topic away from somebody."""
    return any(not kind.recheck.isdisjoint(actions) for kind in _kinds.values())


def _is_allowed(membership: Membership, name: str) -> bool:
    kind, _, key = name.partition(":")
    try:
        return kind in _kinds and _kinds[kind].may_follow(membership, UUID(key))
    except ValueError:
        return False
