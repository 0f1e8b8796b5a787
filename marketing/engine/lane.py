"""The sends of one broadcast on one channel, in one process."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from channels_connectors.base import Connector
from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.registry import connector_class, connector_for
from channels_connectors.types import Capabilities, SendReceipt
from inbox.delivery.sending import FAULT, NO_ANSWER
from marketing.engine import claims, judging
from marketing.engine.flights import Flight
from marketing.engine.outcomes import Outcome
from marketing.engine.preparing import Prepared, Workshop
from marketing.engine.width import Width
from marketing.models import Broadcast
from workspaces.scope import workspace_scope

if TYPE_CHECKING:
    from marketing.engine.loop import Broadcaster

logger = logging.getLogger(__name__)

# Recipients that are looked at together, and for how long a platform's rate lets them last.
LEASED: Final = 200
LEASED_SECONDS: Final = 4.0
# Of these `sending` is committed together: as many as begin in a moment.
FIRST_HANDFUL: Final = 8
LARGEST_HANDFUL: Final = 64
SMALLEST_HANDFUL: Final = 2
QUICKLY: Final = 0.2
# Who has not begun by then waits again: a pause must bite, and others want the places.
BEGINS_WITHIN: Final = 0.8
LONGEST_WAIT: Final = 1.0
# A quick rate gives its tokens one by one: they are gathered for so long, which loses none of them,
# since a bucket holds those of half a second for us.
GATHERED_SECONDS: Final = 0.2
QUICK: Final = 10.0
# Somebody's own chat is full; the others go first (seconds).
CHAT_WAIT: Final = timedelta(seconds=2)


@dataclass
class Batch:
    """Recipients that are leased and whose messages are made."""

    connector: Connector
    capabilities: Capabilities
    token: UUID
    ready: list[Prepared]


@dataclass
class Start:
    """Of a handful: for whom `sending` is committed, who is done with for now, and how long the
    pace wants the others to wait."""

    flight: Flight | None = None
    going: list[Prepared] = field(default_factory=list)
    done: set[UUID] = field(default_factory=set)
    wait: float = 0.0


class Lane:
    """Claims, asks the pace, sends, until nothing is due."""

    def __init__(
        self, broadcaster: "Broadcaster", workspace_id: UUID, broadcast_id: UUID, channel_id: UUID
    ) -> None:
        self._broadcaster = broadcaster
        self._workspace_id, self._broadcast_id = workspace_id, broadcast_id
        self._channel_id = channel_id
        self._under_way: set[asyncio.Task[None]] = set()
        self._width, self._has_room = Width(), asyncio.Event()
        self._handful = FIRST_HANDFUL

    async def run(self) -> None:
        """Send until nothing is due now. Never raises."""
        try:
            while not self._broadcaster.stopping:
                batch = await self._scoped(self._claim)
                if batch is None:
                    break
                await self._send_batch(batch)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("A lane waits for the database: %s", error)
        except Exception:
            logger.exception("A lane of broadcast %s broke.", self._broadcast_id)
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _scoped(self, work: Any, *arguments: Any) -> Any:
        return await self._broadcaster.in_scope(self._workspace_id, work, *arguments)

    @property
    def _place(self) -> tuple[UUID, UUID, UUID]:
        return self._workspace_id, self._broadcast_id, self._channel_id

    def _claim(self) -> Batch | None:
        """The next batch; None when nobody is due. In a thread, in the workspace's scope."""
        broadcast = Broadcast.objects.filter(
            pk=self._broadcast_id, status=Broadcast.Status.RUNNING
        ).first()
        channel = Channel.objects.filter(pk=self._channel_id).first()
        if broadcast is None or channel is None or not channel.can_send:
            return None
        kind = connector_class(channel.kind)
        # Here and not at the first send, where it would hold up the loop for seconds.
        kind.load_sending()
        capabilities = kind.capabilities_with(channel.settings)
        rate = capabilities.sends_per_second
        count = min(LEASED, max(1, round(rate * LEASED_SECONDS))) if rate else LEASED
        self._width.rate = rate
        token, found = claims.lease(broadcast, self._channel_id, count)
        if not found:
            return None
        fit = judging.judge(broadcast, self._channel_id, found)
        prepared, refused = Workshop(broadcast, channel).prepare(fit)
        judging.leave_out({one.recipient_id: one.reason for one in refused})
        return Batch(connector_for(channel), capabilities, token, prepared)

    async def _send_batch(self, batch: Batch) -> None:
        waiting = list(batch.ready)
        try:
            while waiting and not self._broadcaster.stopping:
                places = await self._places(len(waiting))
                if not places:
                    if await self._is_over():
                        return
                    continue
                start = await self._send_handful(batch, waiting[:places])
                waiting = [one for one in waiting if one.recipient_id not in start.done]
                if start.wait and waiting:
                    await asyncio.sleep(self._gathering(batch, start.wait))
        finally:
            if waiting:
                left = [one.recipient_id for one in waiting]
                await self._scoped(claims.give_back, left, batch.token)

    async def _send_handful(self, batch: Batch, handful: Sequence[Prepared]) -> Start:
        """Send those of the handful whose turn it is."""
        went = 0
        try:
            start: Start = await self._broadcaster.database(self._begin, batch, handful)
            began = time.monotonic()
            try:
                async with asyncio.timeout(BEGINS_WITHIN):
                    for one in start.going:
                        await self._room()
                        self._start(batch, one, start.flight)
                        went += 1
            except TimeoutError:
                logger.debug("A platform is slow: %d wait again.", len(start.going) - went)
            self._adapt(time.monotonic() - began)
            if went < len(start.going):
                left = [one.recipient_id for one in start.going[went:]]
                await self._take_back(start.flight, left, batch.token)
        finally:
            self._broadcaster.turnstile.leave(len(handful) - went)
        return start

    def _begin(self, batch: Batch, handful: Sequence[Prepared]) -> Start:
        """Ask the pace and commit `sending`. In a thread."""
        pace = self._broadcaster.pace(self._workspace_id, self._channel_id, batch.capabilities)
        by_address = {one.outbound.chat_id: one for one in handful}
        taken = pace.take_some(list(by_address))
        start = Start(wait=taken.wait)
        going = [by_address[address] for address in taken.free]
        full = [by_address[address].recipient_id for address in taken.full]
        start.done = {one.recipient_id for one in going} | set(full)
        ids = [one.recipient_id for one in going]
        if ids:
            start.flight = Flight(self._place, batch.token, ids)
        try:
            with workspace_scope(self._workspace_id):
                begun = claims.begin_sending(ids, batch.token) if ids else set()
                if full:
                    claims.give_back(full, batch.token, at=timezone.now() + CHAT_WAIT)
                # Paused, stopped or lost: what is left goes back, and the lane ends with its claim.
                lost = [pk for pk in ids if pk not in begun]
                if lost:
                    claims.give_back(lost, batch.token)
        except BaseException:
            if start.flight is not None:
                # The commit may have been taken all the same.
                start.flight.leave(len(ids))
            raise
        if start.flight is not None and lost:
            start.flight.settle(len(lost))
        start.going = [one for one in going if one.recipient_id in begun]
        return start

    async def _take_back(self, flight: Flight | None, ids: list[UUID], token: UUID) -> None:
        """Let those wait again whose calls have not begun."""
        assert flight is not None
        try:
            await self._scoped(claims.take_back, ids, token)
        except BaseException:
            flight.leave(len(ids))
            raise
        flight.settle(len(ids))

    def _adapt(self, seconds: float) -> None:
        """Commit `sending` for as many as begin in a moment."""
        if seconds < QUICKLY:
            self._handful = min(LARGEST_HANDFUL, self._handful * 2)
        elif seconds > 2 * QUICKLY:
            self._handful = max(SMALLEST_HANDFUL, self._handful // 2)

    def _gathering(self, batch: Batch, wait: float) -> float:
        """How long to wait, at least as the pace asks."""
        is_quick = batch.capabilities.sends_per_second >= QUICK
        return min(max(wait, GATHERED_SECONDS) if is_quick else wait, LONGEST_WAIT)

    async def _places(self, wanted: int) -> int:
        """Take places for a handful: at least one, waiting for it; 0 while all must wait."""
        breaker = self._broadcaster.breaker(self._channel_id)
        if breaker.wait() or breaker.most == 0:
            await asyncio.sleep(min(max(breaker.wait(), 0.05), LONGEST_WAIT))
            return 0
        await self._room()
        most = min(wanted, self._handful, breaker.most or wanted)
        await self._broadcaster.turnstile.enter(self._workspace_id)
        count = 1
        while count < most and self._broadcaster.turnstile.try_enter():
            count += 1
        return count

    async def _room(self) -> None:
        """Wait until another call may be under way."""
        while self._width.is_full(len(self._under_way)):
            self._has_room.clear()
            await self._has_room.wait()

    async def _is_over(self) -> bool:
        """Whether the broadcast was held up while the platform is left alone."""

        def is_running() -> bool:
            running = Broadcast.objects.filter(
                pk=self._broadcast_id, status=Broadcast.Status.RUNNING
            )
            return bool(running.exists())

        return self._broadcaster.breaker(self._channel_id).wait() > LONGEST_WAIT or not (
            await self._scoped(is_running)
        )

    def _start(self, batch: Batch, one: Prepared, flight: Flight | None) -> None:
        assert flight is not None
        self._broadcaster.breaker(self._channel_id).probe()
        task = asyncio.create_task(self._send(batch, one, flight))
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._has_room.set()

    async def _send(self, batch: Batch, one: Prepared, flight: Flight) -> None:
        """Send, and hand on what came of it. Never raises."""
        began = time.monotonic()
        result = await _call(batch.connector, one, flight)
        flight.end(one.recipient_id, result)
        failed = isinstance(result, ConnectorError) and result.error_class == "transient"
        self._broadcaster.breaker(self._channel_id).note(failed=failed)
        if not failed:
            self._width.note(time.monotonic() - began)
        pace = self._broadcaster.pace(self._workspace_id, self._channel_id, batch.capabilities)
        if isinstance(result, ConnectorError):
            await self._broadcaster.database(pace.heed, one.outbound.chat_id, result)
        else:
            pace.arrived()
        self._broadcaster.writer.add(self._place, Outcome(one, batch.token, result, flight))


async def _call(
    connector: Connector, one: Prepared, flight: Flight
) -> SendReceipt | ConnectorError:
    try:
        flight.begin(one.recipient_id)
    except OSError as error:
        logger.warning("Nothing is sent, since it cannot be noted down: %s", error)
        return ConnectorError("transient", FAULT, detail=type(error).__name__)
    try:
        async with asyncio.timeout(claims.SEND_SECONDS):
            return await connector.send(one.outbound)
    except ConnectorError as error:
        return error
    except TimeoutError:
        return ConnectorError("transient", NO_ANSWER, maybe_sent=True)
    except Exception as error:
        logger.exception("The connector %r broke its contract.", connector)
        return ConnectorError("transient", FAULT, maybe_sent=True, detail=type(error).__name__)
