"""Carries the news of a commit on, from a thread of its own: a slow Redis or broker must not hold
up the next batch. What it loses, the sweeps find."""

import logging
import queue
import threading
import time
from typing import Final
from uuid import UUID

from events import pokes
from inbox.delivery.tasks import acknowledge
from inbox.media import pokes as media
from inbox.sorter.aftermath import Aftermath
from inbox.tasks import ask_for_templates
from live import ephemeral

logger = logging.getLogger(__name__)

MOST: Final = 10_000
# Tasks a second. Of a flood of files the sweep takes the rest; strangers are asked for when they
# write again.
MOST_FILES: Final = 20
MOST_STRANGERS: Final = 3
CLOSE_SECONDS: Final = 1.0
# A button that nobody answered for longer has stopped waiting.
ACKNOWLEDGE_SECONDS: Final = 60


class Messenger:
    """Takes aftermaths without waiting."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Aftermath | None] = queue.Queue(MOST)
        self._thread = threading.Thread(target=self._work, name="messenger", daemon=True)
        self._thread.start()

    def send(self, aftermath: Aftermath | None) -> None:
        """Have it done soon; dropped when far too much is waiting."""
        if aftermath is None or aftermath.place is None:
            return
        try:
            self._queue.put_nowait(aftermath)
        except queue.Full:
            logger.warning("Too much waits to be told: pokes are dropped.")

    def close(self) -> None:
        """Tell what is waiting, within CLOSE_SECONDS."""
        try:
            self._queue.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(CLOSE_SECONDS)

    def _work(self) -> None:
        while (aftermath := self._queue.get()) is not None:
            try:
                tell(aftermath)
            except Exception:
                logger.exception("News of a commit was lost.")


def tell(aftermath: Aftermath) -> None:
    """Poke the screens, the subscriptions and the workers."""
    assert aftermath.place is not None
    workspace_id, channel_id = aftermath.place
    if aftermath.seq:
        pokes.publish(workspace_id, aftermath.seq, aftermath.actions)
    for conversation_id, contact_id, name in aftermath.typing:
        ephemeral.publish(
            workspace_id,
            ephemeral.TYPING,
            ephemeral.typing("contact", contact_id, name),
            conversation_id,
        )
    for attachment_id in _files.some_of(aftermath.attachments):
        media.fetch_attachment(workspace_id, attachment_id)
    for identity_id in _strangers.some_of(aftermath.strangers):
        media.fetch_profile(workspace_id, identity_id)
    if aftermath.asks_templates:
        ask_for_templates(workspace_id, channel_id)
    for data in aftermath.acknowledges:
        acknowledge.apply_async(
            [str(workspace_id), str(channel_id), data], expires=ACKNOWLEDGE_SECONDS
        )


class _Allowance:
    """So many a second."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._left, self._since = per_second, time.monotonic()

    def some_of(self, ids: list[UUID]) -> list[UUID]:
        """As many of them as may go now."""
        if not ids:
            return ids
        now = time.monotonic()
        if now - self._since >= 1.0:
            self._left, self._since = self._per_second, now
        allowed = ids[: self._left]
        self._left -= len(allowed)
        return allowed


_files = _Allowance(MOST_FILES)
_strangers = _Allowance(MOST_STRANGERS)
