"""Finding the envelope that spoils its batch, so that it keeps nobody but itself."""

import logging
import time
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import Connection, errors

from core.postgresql.connections import SET_WORKSPACE
from events import bulk
from inbox.letterbox.pokes import Place
from inbox.sorter import batch, envelopes, facts
from inbox.sorter.aftermath import Aftermath
from inbox.sorter.batch import LIMIT, Outcome
from inbox.sorter.channels import Unreadable
from inbox.sorter.conversations import Raced

logger = logging.getLogger(__name__)

ATTEMPTS: Final = 3
PAUSE: Final = 0.1

# Nothing that an envelope could be blamed for: the server, a lock, or a database that is not
# migrated yet. They pass, and nothing is parked meanwhile.
PASSING: Final = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.UndefinedColumn,
    errors.UndefinedTable,
    errors.UndefinedFunction,
    errors.InsufficientPrivilege,
    errors.IdleInTransactionSessionTimeout,
    Raced,
    Unreadable,
)

_OLDEST: Final = """
    select id from inbox_inboundenvelope
    where workspace_id = %s and channel_id = %s and state <> 'done' and state = 'new'
    order by id limit %s
"""


def isolate(connection: Connection[Any], place: Place) -> list[Outcome]:
    """Sort the oldest envelopes in halves of halves; what fails alone is parked.

    Raises what passes by itself (PASSING).
    """
    with connection.transaction():
        connection.execute(SET_WORKSPACE, (str(place[0]),))
        rows = connection.execute(_OLDEST, (*place, LIMIT)).fetchall()
    return _sort(connection, place, [row[0] for row in rows])


def _sort(connection: Connection[Any], place: Place, ids: list[UUID]) -> list[Outcome]:
    if not ids:
        return []
    if len(ids) == 1:
        return _alone(connection, place, ids[0])
    try:
        outcome = batch.sort(connection, *place, only=ids)
    except PASSING:
        raise
    except Exception:
        middle = len(ids) // 2
        return [
            *_sort(connection, place, ids[:middle]),
            *_sort(connection, place, ids[middle:]),
        ]
    return [outcome] if outcome else []


def _alone(connection: Connection[Any], place: Place, envelope_id: UUID) -> list[Outcome]:
    for attempt in range(ATTEMPTS):
        try:
            outcome = batch.sort(connection, *place, only=[envelope_id])
        except PASSING:
            raise
        except Exception as error:
            failure: Exception = error
            time.sleep(PAUSE * 2**attempt)
        else:
            return [outcome] if outcome else []
    logger.error("An envelope was parked: %r", failure, exc_info=failure)
    told = facts.of_parked(place[1], 1)
    with connection.transaction():
        connection.execute(SET_WORKSPACE, (str(place[0]),))
        reason = f"{type(failure).__name__}: {failure}"
        envelopes.park(connection, place[0], [(envelope_id, reason)])
        seq = bulk.write(connection, place[0], told)
    actions = {fact.action for fact in told}
    return [Outcome(1, Aftermath(place=place, seq=seq, actions=actions))]
