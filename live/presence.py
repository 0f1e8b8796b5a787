"""Who is here now, as colleagues see it: Redis, one entry per open page, gone within a minute.

Routing trusts the lease in PostgreSQL instead (`workspaces.presence`), which is renewed from here.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Iterable
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

import redis
from django.db import DatabaseError

from core.redis import async_client, client, workspace_key
from live import ephemeral
from live.threads import in_thread
from workspaces import presence as lease
from workspaces.presence import State
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

TTL: Final = 60  # seconds
RENEW_EVERY: Final = 25.0
TELL_EVERY: Final = 2.0  # per workspace and process
GRACE: Final = 5.0  # a page that is being reloaded has not left
REDIS_TAKES: Final = 2.0
STATES: Final = (State.ONLINE, State.AWAY)
UNREACHABLE: Final = (redis.RedisError, OSError, TimeoutError)

_told: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[UUID, asyncio.Task[None]]] = (
    WeakKeyDictionary()
)
_leaving: set[asyncio.Task[None]] = set()


def states(workspace_id: UUID) -> dict[UUID, State]:
    """Members with an open page, for a page being rendered; nobody while Redis is away."""
    now = time.time()
    pipeline = client().pipeline(transaction=False)
    for state in STATES:
        pipeline.zrangebyscore(_key(workspace_id, state), now, "+inf")
    try:
        return _combined(pipeline.execute())
    except UNREACHABLE:
        return {}


async def appear(workspace_id: UUID, membership_id: UUID, page: str, state: State) -> None:
    """This page is open and its member online or away. Repeat every RENEW_EVERY seconds."""
    entry, until = f"{membership_id}:{page}", time.time() + TTL
    pipeline = async_client().pipeline()
    for other in STATES:
        if other == state:
            pipeline.zadd(_key(workspace_id, other), {entry: until})
            pipeline.expire(_key(workspace_id, other), TTL * 2)
        else:
            pipeline.zrem(_key(workspace_id, other), entry)
    await _tried(pipeline.execute())
    await _settle(workspace_id, membership_id, otherwise=state)


def disappear(workspace_id: UUID, membership_id: UUID, page: str) -> None:
    """This page is closed; its member has left unless another one opens soon."""
    task = asyncio.create_task(_disappear(workspace_id, membership_id, page))
    _leaving.add(task)
    task.add_done_callback(_leaving.discard)


async def _disappear(workspace_id: UUID, membership_id: UUID, page: str) -> None:
    entry = f"{membership_id}:{page}"
    pipeline = async_client().pipeline()
    for state in STATES:
        pipeline.zrem(_key(workspace_id, state), entry)
    await _tried(pipeline.execute())
    await asyncio.sleep(GRACE)
    await _settle(workspace_id, membership_id, otherwise=None)


async def _settle(workspace_id: UUID, membership_id: UUID, *, otherwise: State | None) -> None:
    """Bring the lease and the colleagues in line with all pages of a member.

    `otherwise` is what this page says, for when Redis can't tell of the others; None = nothing
    is known, and the lease runs out by itself.
    """
    now = await _states_now(workspace_id)
    state = now.get(membership_id, State.OFFLINE) if now is not None else otherwise
    if state is not None:
        try:
            await in_thread(_touch, workspace_id, membership_id, state)
        except DatabaseError as error:
            logger.warning("The lease of presence was not renewed: %s", error)
    tell_soon(workspace_id)


def tell_soon(workspace_id: UUID) -> None:
    """Tell the open pages who came and went: at once, then at most every TELL_EVERY seconds."""
    tasks = _told.setdefault(asyncio.get_running_loop(), {})
    if workspace_id not in tasks or tasks[workspace_id].done():
        tasks[workspace_id] = asyncio.create_task(_tell(workspace_id))
    elif tasks[workspace_id].get_name() != "again":
        tasks[workspace_id].set_name("again")


async def _tell(workspace_id: UUID) -> None:
    me = asyncio.current_task()
    assert me is not None
    while True:
        me.set_name("once")
        await _tell_changes(workspace_id)
        await asyncio.sleep(TELL_EVERY)
        if me.get_name() != "again":
            return


async def _tell_changes(workspace_id: UUID) -> None:
    """Compare with what was told last, by whichever process, and tell the difference."""
    key = workspace_key(workspace_id, "presence", "told")
    now = await _states_now(workspace_id)
    reading = async_client().pipeline(transaction=False)
    reading.hgetall(key)
    told = await _tried(reading.execute())
    if now is None or told is None:
        return
    before = {name.decode(): state.decode() for name, state in told[0].items()}
    after = {str(member): str(state) for member, state in now.items()}
    gone = before.keys() - after.keys()
    changed = {member: state for member, state in after.items() if before.get(member) != state}
    if not changed and not gone:
        return
    pipeline = async_client().pipeline()
    if changed:
        pipeline.hset(key, mapping=changed)
    if gone:
        pipeline.hdel(key, *gone)
    await _tried(pipeline.execute())
    news = {**changed, **dict.fromkeys(gone, str(State.OFFLINE))}
    await ephemeral.publish_soon(workspace_id, ephemeral.PRESENCE, {"members": news})


async def _states_now(workspace_id: UUID) -> dict[UUID, State] | None:
    pipeline = async_client().pipeline(transaction=False)
    now = time.time()
    for state in STATES:
        pipeline.zremrangebyscore(_key(workspace_id, state), "-inf", f"({now}")
        pipeline.zrangebyscore(_key(workspace_id, state), now, "+inf")
    found = await _tried(pipeline.execute())
    return None if found is None else _combined(found[1::2])


async def _tried(answer: Awaitable[Any]) -> Any:
    """What Redis answers, or None when it doesn't."""
    try:
        async with asyncio.timeout(REDIS_TAKES):
            return await answer
    except UNREACHABLE as error:
        logger.debug("Presence: Redis does not answer: %s", error)
        return None


def _combined(found: Iterable[Iterable[bytes]]) -> dict[UUID, State]:
    """The best state of each member's pages; `found` in the order of STATES, best first."""
    combined: dict[UUID, State] = {}
    for state, entries in zip(STATES, found, strict=True):
        for entry in entries:
            combined.setdefault(UUID(entry.decode().partition(":")[0]), state)
    return combined


def _touch(workspace_id: UUID, membership_id: UUID, state: State) -> None:
    with workspace_scope(workspace_id):
        lease.touch(membership_id, state)


def _key(workspace_id: UUID, state: State) -> str:
    return workspace_key(workspace_id, "presence", state)
