"""What events look like on screens. Apps register it; the sockets know no template.

Fat news: a renderer turns a batch of events into Turbo Streams for the pages that follow a topic.
Thin news: names of what has changed; a page reloads the Turbo frames that declare such a name.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils import translation

from events.audience import Audience
from events.models import Event
from live import topics
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a page, the same for every viewer: Turbo Stream elements for one topic.

    `seq` is the event's it tells of, the last one's if it tells of several. Without an audience
    of its own the event's applies.
    """

    topic: str
    stream: str
    seq: int
    audience: Audience | None = None


Render = Callable[[list[Event]], list[Fragment]]
TopicOf = Callable[[Event], str | None]
Names = Callable[[Event], Iterable[str]]


@dataclass(frozen=True, slots=True)
class _Renderer:
    actions: frozenset[str]
    render: Render
    topic_of: TopicOf


_renderers: list[_Renderer] = []
_changes: list[tuple[frozenset[str], frozenset[str] | Names]] = []


def register_renderer(
    actions: Iterable[str], render: Render, *, topic_of: TopicOf = topics.of_conversation
) -> None:
    """Have `render(events)` make the fragments of these events.

    Called in a thread, in the workspace's scope, with the language active, once per batch and
    language, and only with events whose topic (`topic_of`) some open page of that language
    follows. Render from the rows as they are now, so that telling an event twice does no harm.
    """
    _renderers.append(_Renderer(frozenset(actions), render, topic_of))


def register_changes(actions: Iterable[str], names: Iterable[str] | Names) -> None:
    """Say what these events change: names, or a function of the event that gives them."""
    _changes.append((frozenset(actions), names if callable(names) else frozenset(names)))


def topics_of(event: Event) -> set[str]:
    """The topics under which an event may be rendered."""
    found = (
        renderer.topic_of(event) for renderer in _renderers if event.action in renderer.actions
    )
    return {topic for topic in found if topic}


def changes_of(event: Event) -> set[str]:
    """The names of what an event changes."""
    return {
        name
        for actions, names in _changes
        if event.action in actions
        for name in (names(event) if callable(names) else names)
    }


def render(
    workspace_id: UUID, language: str, events: Collection[Event], wanted: Collection[str]
) -> list[Fragment]:
    """The fragments of the wanted topics, in the order of their events. Blocks.

    A renderer that fails is logged and left out: one broken template must not stop the socket.
    A database that is away raises, and the caller tries again.
    """
    work = []
    for renderer in _renderers:
        mine = [
            event
            for event in events
            if event.action in renderer.actions and renderer.topic_of(event) in wanted
        ]
        if mine:
            work.append((renderer.render, mine))
    with translation.override(language):
        return sorted(_run(workspace_id, work), key=lambda fragment: fragment.seq)


def _run(workspace_id: UUID, work: list[tuple[Render, list[Event]]]) -> list[Fragment]:
    """All in one transaction; when one fails, each in its own."""
    try:
        with workspace_scope(workspace_id):
            return [fragment for render, events in work for fragment in render(events)]
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(work) > 1:
            return [fragment for each in work for fragment in _run(workspace_id, [each])]
        logger.exception("A renderer failed: %s", work[0][0])
        return []
