"""Ends the sockets of sessions that are over: log-out, deactivation, a new password.

The journal tells at once of a membership that ends. A session ends without an event, so one
query every few seconds asks for all sockets of this process.
"""

import asyncio
import logging
from typing import Protocol
from weakref import WeakKeyDictionary

from core.postgresql.connections import async_pool
from live.access import Member
from live.hub import DATABASE_AWAY
from live.sockets import NOT_LOGGED_IN

logger = logging.getLogger(__name__)

EVERY = 3.0  # seconds; a socket may outlive its session by less than five
MOST_OF_ONE_USER = 20

_SESSIONS = (
    "select session_key from django_session where session_key = any(%s) and expire_date > now()"
)
_MEMBERSHIPS = """
    select u.id, u.password, m.membership_id
    from workspaces_user u cross join lateral memberships_of_user(u.id) m
    where u.id = any(%s) and u.is_active
"""


class Guarded(Protocol):
    """A socket of a member."""

    member: Member

    def end(self, code: int) -> None: ...


class Guard:
    """Watches over the members' sockets of one event loop."""

    def __init__(self) -> None:
        self._sockets: set[Guarded] = set()
        self._task: asyncio.Task[None] | None = None

    def admit(self, socket: Guarded) -> bool:
        """Begin to watch; False when the user has too many sockets here already."""
        user_id = socket.member.user_id
        if sum(other.member.user_id == user_id for other in self._sockets) >= MOST_OF_ONE_USER:
            return False
        self._sockets.add(socket)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return True

    def release(self, socket: Guarded) -> None:
        """Stop watching."""
        self._sockets.discard(socket)
        if not self._sockets and self._task is not None:
            self._task.cancel()
            self._task = None

    async def check(self) -> None:
        """End every socket whose session or membership is over."""
        members = {socket: socket.member for socket in self._sockets}
        sessions = list({member.session_key for member in members.values()})
        users = list({member.user_id for member in members.values()})
        pool = await async_pool()
        async with pool.connection() as connection:
            cursor = await connection.execute(_SESSIONS, (sessions,))
            alive = {row[0] for row in await cursor.fetchall()}
            cursor = await connection.execute(_MEMBERSHIPS, (users,))
            valid = set(await cursor.fetchall())
        for socket, member in members.items():
            known = (member.user_id, member.password, member.membership_id)
            if member.session_key not in alive or known not in valid:
                socket.end(NOT_LOGGED_IN)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.check()
            except DATABASE_AWAY as error:
                logger.warning("Sessions can't be checked: %s", error)
            except Exception:
                logger.exception("Checking sessions failed.")


_guards: WeakKeyDictionary[asyncio.AbstractEventLoop, Guard] = WeakKeyDictionary()


def guard() -> Guard:
    """The running event loop's guard."""
    loop = asyncio.get_running_loop()
    if loop not in _guards:
        _guards[loop] = Guard()
    return _guards[loop]
