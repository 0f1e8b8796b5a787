"""The sockets of agents' pages: /ws/live/<workspace>/ and /ws/live/?workspace=<workspace>."""

import asyncio
import logging
import time
from collections.abc import Collection, Hashable
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError

from events import types
from events.audience import Audience, verb_of
from events.models import Event
from live import access, ephemeral, presence, topics, typists
from live.access import Member
from live.batch import Batch
from live.ephemeral import Whisper
from live.follower import Follower
from live.guard import guard
from live.sockets import NOT_A_MEMBER, NOT_LOGGED_IN, TOO_MANY, TRY_LATER, Closed
from live.threads import in_thread
from workspaces.models import Visibility
from workspaces.permissions import Verb, can
from workspaces.presence import State

logger = logging.getLogger(__name__)

TYPING_EVERY = 3.0  # seconds; pages forget after 6

# After these a member's rights may be others, or gone.
_OF_MEMBERS = frozenset({types.MEMBER_CHANGED, types.MEMBER_REMOVED})
_OF_ALL = frozenset({types.TEAM_CHANGED, types.CHANNEL_UPDATED})


class AgentSocket(Follower):
    """A page of a logged-in member."""

    member: Member

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        super().__init__(scope, receive, send)
        self._page = uuid4().hex
        self._wanted: set[str] = set()
        self._typed_at: dict[str, float] = {}
        self._state = State.ONLINE
        self._state_changed = asyncio.Event()

    async def arrive(self) -> None:
        """Accept and say hello. A code tells the page why not, which HTTP 403 could not."""
        if not self.comes_from_our_pages():
            raise Closed(NOT_LOGGED_IN)
        await self.accept()
        await self._log_in()
        if not guard().admit(self):
            raise Closed(TOO_MANY)
        self.workspace_id = self.member.workspace_id
        self.language = self.member.language
        await self.follow()

    async def work(self) -> None:
        await asyncio.gather(super().work(), self._be_present())

    async def depart(self) -> None:
        guard().release(self)
        await super().depart()
        if hasattr(self, "workspace_id"):
            presence.disappear(self.workspace_id, self.member.membership_id, self._page)

    async def hear(self, message: dict[str, Any]) -> None:
        """hello, topics, typing, presence; anything else is ignored."""
        kind = message.get("type")
        if kind in {"hello", "topics"}:
            await self._watch(message)
        elif kind == "typing":
            await self._type(message)
        elif kind == "presence" and message.get("state") in presence.STATES:
            self._state = State(message["state"])
            self._state_changed.set()

    def hears(self, event: Event, audience: Audience | None) -> bool:
        listener = self.member.listener
        return audience is None or (
            can(listener, verb_of(event.action)) and audience.includes(listener)
        )

    def ears(self) -> Hashable:
        listener = self.member.listener
        if listener.visibility == Visibility.ALL:
            return listener.role, listener.hidden_channel_ids
        return listener

    def hears_whisper(self, whisper: Whisper) -> bool:
        if whisper.conversation_id is None:
            return True
        own = whisper.data.get("who", {}).get("id") == str(self.member.membership_id)
        return not own and topics.conversation(whisper.conversation_id) in self.topics

    async def before(self, batch: Batch) -> None:
        about_me = not _OF_MEMBERS.isdisjoint(batch.actions) and any(
            event.action in _OF_MEMBERS and event.subject_id == self.member.membership_id
            for event in batch.events
        )
        if about_me or not _OF_ALL.isdisjoint(batch.actions):
            await self._reload()

    async def after(self, batch: Batch) -> None:
        # Whoever loses a conversation still sees it go, then nothing more of it.
        limited = self.member.listener.visibility != Visibility.ALL
        if limited and self.topics and topics.rechecks(batch.actions):
            self.topics = frozenset(await self._allowed(self.topics))

    async def _log_in(self) -> None:
        session_key = access.session_key_of(self.header(b"cookie"))
        try:
            user = await in_thread(access.user_of, session_key)
            if user is None:
                raise Closed(NOT_LOGGED_IN)
            member = await in_thread(access.enter, session_key, user, self._slug())
        except DatabaseError:
            raise Closed(TRY_LATER) from None
        if member is None:
            raise Closed(NOT_A_MEMBER)
        self.member = member

    async def _reload(self) -> None:
        try:
            member = await in_thread(access.again, self.member, self._wanted)
        except DatabaseError:
            raise Closed(TRY_LATER) from None
        if member is None:
            raise Closed(NOT_A_MEMBER)
        self.member, self.topics = member, member.topics

    def _slug(self) -> str:
        named = self.scope["url_route"]["kwargs"].get("slug")
        asked = parse_qs(self.scope["query_string"].decode("latin-1")).get("workspace", [""])
        return str(named or asked[0])

    async def _watch(self, message: dict[str, Any]) -> None:
        asked, language = message.get("topics"), message.get("language")
        if isinstance(language, str) and language in dict(settings.LANGUAGES):
            self.language = language
        wanted = (
            {name for name in asked if isinstance(name, str)} if isinstance(asked, list) else set()
        )
        unknown = wanted - self.topics
        self._wanted = wanted
        allowed = await self._allowed(unknown) if unknown else set()
        self.watch((wanted & self.topics) | allowed, message.get("since"))

    async def _allowed(self, wanted: Collection[str]) -> set[str]:
        try:
            return await in_thread(access.allowed_topics, self.member, wanted)
        except DatabaseError:
            raise Closed(TRY_LATER) from None

    async def _type(self, message: dict[str, Any]) -> None:
        try:
            conversation_id = UUID(str(message.get("conversation")))
        except ValueError:
            return
        topic, now = topics.conversation(conversation_id), time.monotonic()
        if topic not in self.topics or not can(self.member.listener, Verb.WRITE_INBOX):
            return
        if now - self._typed_at.get(topic, -TYPING_EVERY) < TYPING_EVERY:
            return
        self._typed_at = {topic: now}
        internal = bool(message.get("internal"))
        who = ephemeral.typing(
            "member", self.member.membership_id, self.member.name, internal=internal
        )
        await ephemeral.publish_soon(self.workspace_id, ephemeral.TYPING, who, conversation_id)
        if not internal:
            await in_thread(typists.tell, self.workspace_id, conversation_id)

    async def _be_present(self) -> None:
        while True:
            self._state_changed.clear()
            await presence.appear(
                self.workspace_id, self.member.membership_id, self._page, self._state
            )
            try:
                async with asyncio.timeout(presence.RENEW_EVERY):
                    await self._state_changed.wait()
            except TimeoutError:
                continue
