"""A stretch of the journal on its way to the sockets of one process."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from uuid import UUID

from events.audience import Audience
from events.models import Event
from live import fragments
from live.fragments import Fragment
from live.threads import in_thread

Interest = Callable[[str], Collection[str]]


class Batch:
    """Events after `after` up to and including `seq`, read once and rendered once per language.

    Rendering starts when the first socket asks, for all topics that the room's sockets of the
    same language follow (`interest`); a topic followed later is rendered in addition.
    """

    def __init__(
        self, workspace_id: UUID, after: int, events: Sequence[Event], interest: Interest
    ) -> None:
        self.workspace_id = workspace_id
        self.after = after
        self.events = events
        self.seq = events[-1].seq
        # Sockets with equal ears share the text of their frame; "" is nothing to tell.
        self.frames: dict[object, str] = {}
        self._interest = interest
        self._renderings: dict[str, dict[str, asyncio.Task[list[Fragment]]]] = {}
        self._found: dict[tuple[str, frozenset[str]], asyncio.Task[list[Fragment]]] = {}

    @cached_property
    def audiences(self) -> dict[int, Audience | None]:
        """Who may hear, by `seq`; None = every member."""
        return {
            event.seq: Audience.from_json(event.audience) if event.audience else None
            for event in self.events
        }

    @cached_property
    def changes(self) -> dict[int, set[str]]:
        """Names of what has changed, by `seq`."""
        return {event.seq: fragments.changes_of(event) for event in self.events}

    @cached_property
    def topics(self) -> set[str]:
        """Everything that could be rendered."""
        return {topic for event in self.events for topic in fragments.topics_of(event)}

    @cached_property
    def actions(self) -> set[str]:
        return {event.action for event in self.events}

    async def fragments(self, language: str, topics: Collection[str]) -> list[Fragment]:
        """The fragments of these topics, in order. Raises when the database stays away."""
        wanted = frozenset(self.topics.intersection(topics))
        if not wanted:
            return []
        found = self._begin(language, wanted)
        # A socket that closes must not take the rendering with it: others wait for it too.
        return found.result() if found.done() else await asyncio.shield(found)

    async def prepare(self, followed: Iterable[tuple[str, frozenset[str]]], seconds: float) -> None:
        """Render for these languages and topics, waiting at most so long. What fails will raise
        for who asks for it."""
        for language, topics in followed:
            if wanted := frozenset(self.topics.intersection(topics)):
                self._begin(language, wanted)
        await self.rendered(seconds)

    async def rendered(self, seconds: float) -> None:
        """Wait until everything that was asked for is rendered, at most so long."""
        if asked := [task for task in self._found.values() if not task.done()]:
            await asyncio.wait(asked, timeout=seconds)

    def _begin(self, language: str, wanted: frozenset[str]) -> "asyncio.Task[list[Fragment]]":
        found = self._found.get((language, wanted))
        if found is None:
            found = asyncio.create_task(self._find(language, wanted))
            self._found[language, wanted] = found
        return found

    async def _find(self, language: str, wanted: frozenset[str]) -> list[Fragment]:
        rendered = self._renderings.setdefault(language, {})
        if not rendered.keys() >= wanted:
            more = (self.topics.intersection(self._interest(language)) | wanted) - rendered.keys()
            rendering = in_thread(fragments.render, self.workspace_id, language, self.events, more)
            rendered.update(dict.fromkeys(more, asyncio.create_task(rendering)))
        made = await asyncio.gather(*{rendered[topic] for topic in wanted})
        found = [one for each in made for one in each if one.topic in wanted]
        return sorted(found, key=lambda fragment: fragment.seq)
