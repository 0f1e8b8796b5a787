"""The sorter's process: waits for pokes, sweeps every second, drains one channel after another."""

import logging
import time
from collections import deque
from typing import Any, Final

import psycopg
import redis
from django.conf import settings
from psycopg import Connection, errors

from core.postgresql.connections import connection_parameters
from inbox.letterbox.pokes import INBOUND, Place, poke, unpack
from inbox.sorter import batch, poison
from inbox.sorter.batch import LIMIT, Outcome
from inbox.sorter.conversations import Raced
from inbox.sorter.hygiene import Hygiene
from inbox.sorter.messenger import Messenger

logger = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 1.0
# How long news of a message of ours may wait that came before its receipt was written.
REFERENCES_SECONDS: Final = 3.0
# Without Redis the sweep is the only sign of new envelopes.
LONELY_SWEEP_SECONDS: Final = 0.2
# Plans and memory of a connection grow old.
CONNECTION_SECONDS: Final = 300.0
# Batches of one channel before the others get their turn.
TURN: Final = 5
RETRIES: Final = 5
# A channel in trouble is left alone for so long.
PAUSE: Final = 2.0
# An agent's open transaction must not hold up everybody's messages (milliseconds).
LOCK_TIMEOUT: Final = 3000
STATEMENT_TIMEOUT: Final = 60_000

_SWEEP: Final = """
    select workspace_id, channel_id from channels_with_new_envelopes(make_interval(secs => %s))
"""
_LANDED: Final = "select workspace_id, channel_id from channels_with_landed_references()"


class Sorter:
    """One loop. `stop` ends it after the batch at hand."""

    def __init__(self) -> None:
        self.stopping = False
        self.messenger = Messenger()
        self.hygiene = Hygiene()
        self._redis = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=1
        )
        self._redis_away_until = 0.0
        self._swept_at = self._looked_for_references_at = 0.0
        self._backlog: deque[Place] = deque()
        self._was_poked = False
        self._paused: dict[Place, float] = {}

    def stop(self, *_: Any) -> None:
        """End soon. Fit for a signal handler."""
        self.stopping = True

    def run(self) -> None:
        """Work until stopped, through restarts of PostgreSQL and Redis."""
        wait = 0.2
        while not self.stopping:
            try:
                with connect() as connection:
                    wait = 0.2
                    self._serve(connection)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                logger.warning("The database does not answer: %s", error)
                time.sleep(wait)
                wait = min(wait * 2, 2.0)
        self.messenger.close()

    def drain(self, connection: Connection[Any]) -> int:
        """Sort all that there is now; returns the number of envelopes. For tests and benches."""
        total, taken = 0, -1
        while taken:
            taken = 0
            self._backlog.extend(self._waiting(connection, 0))
            while self._backlog:
                taken += self._serve_one(connection, self._backlog.popleft())
            total += taken
        return total

    def _serve(self, connection: Connection[Any]) -> None:
        ends = time.monotonic() + CONNECTION_SECONDS
        while not self.stopping and time.monotonic() < ends:
            self._sweep(connection)
            place = self._next()
            if place is not None and time.monotonic() > self._paused.get(place, 0.0):
                self._serve_one(connection, place)

    def _serve_one(self, connection: Connection[Any], place: Place) -> int:
        taken = self._turn(connection, place)
        self.hygiene.count(connection, taken)
        return taken

    def _sweep(self, connection: Connection[Any]) -> None:
        now = time.monotonic()
        lonely = now < self._redis_away_until
        if now - self._swept_at < (LONELY_SWEEP_SECONDS if lonely else SWEEP_SECONDS):
            return
        self._swept_at = now
        self._paused = {place: until for place, until in self._paused.items() if until > now}
        try:
            found = self._waiting(connection, 0 if lonely else 1)
            if now - self._looked_for_references_at > REFERENCES_SECONDS:
                self._looked_for_references_at = now
                found += [(row[0], row[1]) for row in connection.execute(_LANDED)]
        except errors.UndefinedFunction:
            logger.warning("The database is not migrated yet.")
            time.sleep(SWEEP_SECONDS)
            return
        known = set(self._backlog)
        self._backlog.extend(place for place in found if place not in known)

    def _waiting(self, connection: Connection[Any], seconds: float) -> list[Place]:
        rows = connection.execute(_SWEEP, (seconds,)).fetchall()
        return [(row[0], row[1]) for row in rows]

    def _next(self) -> Place | None:
        """The channel to serve: poked, else one that a sweep or a full turn left behind."""
        # Neither may starve the other.
        if self._backlog and self._was_poked:
            self._was_poked = False
            return self._backlog.popleft()
        poked = self._poked(wait=not self._backlog)
        self._was_poked = poked is not None
        if poked is None and self._backlog:
            return self._backlog.popleft()
        return poked

    def _poked(self, *, wait: bool) -> Place | None:
        now = time.monotonic()
        if now < self._redis_away_until:
            if wait:
                time.sleep(LONELY_SWEEP_SECONDS)
            return None
        rest = max(0.05, self._swept_at + SWEEP_SECONDS - now)
        try:
            if wait:
                popped: Any = self._redis.bzpopmin([INBOUND], timeout=min(rest, 0.5))
                return unpack(popped[1]) if popped else None
            members: Any = self._redis.zpopmin(INBOUND)
            return unpack(members[0][0]) if members else None
        except (redis.RedisError, OSError) as error:
            logger.warning("Redis does not answer, sweeping meanwhile: %s", error)
            self._redis_away_until = time.monotonic() + SWEEP_SECONDS
        except ValueError:
            logger.warning("A poke could not be read.")
        return None

    def _turn(self, connection: Connection[Any], place: Place) -> int:
        """A few batches of one channel; returns the number of envelopes taken."""
        taken = 0
        try:
            for _ in range(TURN):
                outcomes = self._sort(connection, place)
                if outcomes is None:
                    # Another sorter is at it and may have claimed before the news came.
                    time.sleep(0.002)
                    poke(place)
                    return taken
                for outcome in outcomes:
                    taken += outcome.taken
                    self.messenger.send(outcome.aftermath)
                is_full = any(outcome.is_full for outcome in outcomes)
                if not is_full and sum(outcome.taken for outcome in outcomes) < LIMIT:
                    return taken
        except poison.PASSING as error:
            if connection.closed:
                raise
            logger.warning("Channel %s waits: %r", place[1], error)
            self._paused[place] = time.monotonic() + PAUSE
            return taken
        except Exception:
            logger.exception("Channel %s cannot be sorted.", place[1])
            self._paused[place] = time.monotonic() + PAUSE
            return taken
        self._backlog.append(place)
        return taken

    def _sort(self, connection: Connection[Any], place: Place) -> list[Outcome] | None:
        for _ in range(RETRIES):
            try:
                outcome = batch.sort(connection, *place)
            except (errors.DeadlockDetected, errors.SerializationFailure, Raced) as error:
                logger.info("A batch is taken again: %r", error)
            except poison.PASSING:
                raise
            except Exception as error:
                logger.warning("A batch failed, looking for the envelope to blame: %r", error)
                return poison.isolate(connection, place)
            else:
                return None if outcome is None else [outcome]
        raise errors.SerializationFailure("a batch failed again and again")


def connect() -> Connection[Any]:
    """A connection as the loop uses it."""
    parameters = connection_parameters()
    options = (
        f"{parameters['options']} -c lock_timeout={LOCK_TIMEOUT}"
        f" -c statement_timeout={STATEMENT_TIMEOUT} -c application_name=sorter"
    )
    return psycopg.connect(
        **{"connect_timeout": 5, **parameters, "options": options}, prepare_threshold=2
    )
