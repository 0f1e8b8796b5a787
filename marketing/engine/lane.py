"""The sends of one broadcast on one channel, in one process."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
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
from marketing.engine.outcomes import Outcome
from marketing.engine.preparing import Prepared, Workshop
from marketing.models import Broadcast

if TYPE_CHECKING:
    from marketing.engine.loop import Broadcaster

logger = logging.getLogger(__name__)

# Recipients that are looked at together, and for how long a platform's rate lets them last.
LEASED: Final = 50
LEASED_SECONDS: Final = 4.0
# Of these `sending` is committed together: so few are in doubt when the process dies.
HANDFUL: Final = 8
# Sends of one lane under way: a platform that hangs holds these and no more.
MOST_UNDER_WAY: Final = 24
LONGEST_WAIT: Final = 1.0
# Somebody's own chat is full; the others go first (seconds).
CHAT_WAIT: Final = timedelta(seconds=2)


@dataclass
class Batch:
    """Recipients that are leased and whose messages are made."""

    connector: Connector
    capabilities: Capabilities
    token: UUID
    ready: list[Prepared]


class Lane:
    """Claims, asks the pace, sends, until nothing is due."""

    def __init__(
        self, broadcaster: "Broadcaster", workspace_id: UUID, broadcast_id: UUID, channel_id: UUID
    ) -> None:
        self._broadcaster = broadcaster
        self._workspace_id, self._broadcast_id = workspace_id, broadcast_id
        self._channel_id = channel_id
        self._under_way: set[asyncio.Task[None]] = set()

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

    async def _scoped(self, work, *arguments):  # type: ignore[no-untyped-def]
        return await self._broadcaster.in_scope(self._workspace_id, work, *arguments)

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
                handful = waiting[: await self._places(len(waiting))]
                if not handful:
                    if await self._is_over(batch):
                        return
                    continue
                waiting = await self._send_handful(batch, handful, waiting)
        finally:
            if waiting:
                left = [one.recipient_id for one in waiting]
                await self._scoped(claims.give_back, left, batch.token)

    async def _send_handful(
        self, batch: Batch, handful: Sequence[Prepared], waiting: list[Prepared]
    ) -> list[Prepared]:
        """Send those of the handful whose turn it is; returns who still waits."""
        turnstile, went = self._broadcaster.turnstile, 0
        try:
            pace = self._broadcaster.pace(self._workspace_id, self._channel_id, batch.capabilities)
            addresses = [one.outbound.chat_id for one in handful]
            free, wait = await self._broadcaster.database(pace.take_some, addresses)
            asked = handful if not wait else handful[: len(free)]
            if wait:
                # The pace stops at the first that does not fit: those before it had their answer.
                asked = [one for one in handful if one.outbound.chat_id in free]
            going = [one for one in asked if one.outbound.chat_id in set(free)]
            full = [one for one in asked if one.outbound.chat_id not in set(free)]
            begun: set[UUID] = set()
            if going:
                ids = [one.recipient_id for one in going]
                begun = await self._scoped(claims.begin_sending, ids, batch.token)
            if full:
                later = timezone.now() + CHAT_WAIT
                await self._scoped(
                    self._postpone, [one.recipient_id for one in full], batch.token, later
                )
            for one in going:
                if one.recipient_id in begun:
                    went += 1
                    self._start(batch, one)
            done = {one.recipient_id for one in (*going, *full)}
            if len(begun) < len(going):
                # Paused, stopped or lost: what is left goes back and the lane ends with its claim.
                left = [one for one in going if one.recipient_id not in begun]
                await self._scoped(
                    claims.give_back, [one.recipient_id for one in left], batch.token
                )
        finally:
            turnstile.leave(len(handful) - went)
        if wait:
            await asyncio.sleep(min(wait, LONGEST_WAIT))
        return [one for one in waiting if one.recipient_id not in done]

    def _postpone(self, ids: list[UUID], token: UUID, later) -> None:  # type: ignore[no-untyped-def]
        claims.give_back(ids, token, at=later)

    async def _places(self, wanted: int) -> int:
        """Take places for a handful: at least one, waiting for it; 0 while all must wait."""
        breaker = self._broadcaster.breaker(self._channel_id)
        if breaker.wait() or breaker.most == 0:
            await asyncio.sleep(min(max(breaker.wait(), 0.05), LONGEST_WAIT))
            return 0
        if len(self._under_way) >= MOST_UNDER_WAY:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        most = min(wanted, HANDFUL, MOST_UNDER_WAY - len(self._under_way), breaker.most or HANDFUL)
        if most <= 0:
            return 0
        await self._broadcaster.turnstile.enter(self._workspace_id)
        count = 1
        while count < most and self._broadcaster.turnstile.try_enter():
            count += 1
        return count

    async def _is_over(self, batch: Batch) -> bool:
        """Whether the broadcast was held up while the platform is left alone."""

        def is_running() -> bool:
            running = Broadcast.objects.filter(
                pk=self._broadcast_id, status=Broadcast.Status.RUNNING
            )
            return bool(running.exists())

        return self._broadcaster.breaker(self._channel_id).wait() > LONGEST_WAIT or not (
            await self._scoped(is_running)
        )

    def _start(self, batch: Batch, one: Prepared) -> None:
        self._broadcaster.breaker(self._channel_id).probe()
        task = asyncio.create_task(self._send(batch, one))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, batch: Batch, one: Prepared) -> None:
        """Send, and hand on what came of it. Never raises."""
        result: SendReceipt | ConnectorError
        try:
            async with asyncio.timeout(claims.SEND_SECONDS):
                result = await batch.connector.send(one.outbound)
        except ConnectorError as error:
            result = error
        except TimeoutError:
            result = ConnectorError("transient", NO_ANSWER, maybe_sent=True)
        except Exception as error:
            logger.exception("The connector %r broke its contract.", batch.connector)
            detail = type(error).__name__
            result = ConnectorError("transient", FAULT, maybe_sent=True, detail=detail)
        failed = isinstance(result, ConnectorError) and result.error_class == "transient"
        self._broadcaster.breaker(self._channel_id).note(failed=failed)
        if isinstance(result, ConnectorError):
            pace = self._broadcaster.pace(self._workspace_id, self._channel_id, batch.capabilities)
            await self._broadcaster.database(pace.heed, one.outbound.chat_id, result)
        place = (self._workspace_id, self._broadcast_id, self._channel_id)
        self._broadcaster.writer.add(place, Outcome(one, batch.token, result))
