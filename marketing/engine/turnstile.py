"""How many messages may be under way in this process, shared fairly.

Workspaces take turns: a company's million recipients do not hold up another's fifty.
"""

import asyncio
from collections import deque
from uuid import UUID


class Turnstile:
    """Places for sends that are under way or not yet written down."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: dict[UUID, deque[asyncio.Future[None]]] = {}
        self._turns: deque[UUID] = deque()

    async def enter(self, workspace_id: UUID) -> None:
        """Wait for a place."""
        if self._free > 0 and not self._turns:
            self._free -= 1
            return
        future = asyncio.get_running_loop().create_future()
        if workspace_id not in self._waiting:
            self._waiting[workspace_id] = deque()
            self._turns.append(workspace_id)
        self._waiting[workspace_id].append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.leave()
            raise

    def try_enter(self) -> bool:
        """Take a place if there is one for which nobody waits."""
        if self._free <= 0 or self._turns:
            return False
        self._free -= 1
        return True

    def leave(self, count: int = 1) -> None:
        """Give places back: the next workspace's turn."""
        for _ in range(count):
            self._free += 1
            self._admit()

    def _admit(self) -> None:
        while self._free > 0 and self._turns:
            workspace_id = self._turns.popleft()
            queue = self._waiting[workspace_id]
            future = queue.popleft()
            if queue:
                self._turns.append(workspace_id)
            else:
                del self._waiting[workspace_id]
            if not future.done():
                self._free -= 1
                future.set_result(None)
