"""Keeping a long-lived connection's plans good.

Plans made while tables were empty stay with a connection, and the planner believes an ANALYZE of an
empty table for ever. Once rows are there they are analysed, which also makes every connection plan
anew: the prototype stored 595 messages a second before and 3600 after.
"""

import logging
from typing import Any, Final

import psycopg
from psycopg import Connection

logger = logging.getLogger(__name__)

TABLES: Final = (
    "contacts_contact",
    "contacts_contactidentity",
    "contacts_touch",
    "inbox_conversation",
    "inbox_message",
    "inbox_inboundenvelope",
    "events_event",
)
# After so many envelopes, tables of which the planner knows fewer rows than that are analysed.
MILESTONES: Final = (250, 1_000, 10_000, 100_000)

_STALE: Final = """
    select relname from pg_class
    where oid = any(%s::regclass[]) and reltuples < %s and pg_relation_size(oid) > 0
"""


class Hygiene:
    """Counts envelopes, and analyses at the milestones."""

    def __init__(self) -> None:
        self.counted = 0

    def count(self, connection: Connection[Any], envelopes: int) -> None:
        """Note that so many were sorted."""
        before, self.counted = self.counted, self.counted + envelopes
        if any(before < milestone <= self.counted for milestone in MILESTONES):
            self._analyze(connection)

    def _analyze(self, connection: Connection[Any]) -> None:
        try:
            rows = connection.execute(_STALE, (list(TABLES), self.counted / 2)).fetchall()
            if names := [row[0] for row in rows]:
                connection.execute(f"analyze {', '.join(names)}")
        except psycopg.errors.InsufficientPrivilege as error:
            logger.info("The tables could not be analysed: %s", error)
