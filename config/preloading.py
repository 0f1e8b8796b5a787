"""What the worker does once, so that no reply has to wait for it."""

import sys

from celery.signals import worker_init, worker_ready

from channels_connectors import registry
from core.postgresql.connections import share_connections
from core.warming import settle


@worker_init.connect
def preload(**kwargs: object) -> None:
    """The processes of the pool share the memory, and the first reply does not wait."""
    registry.load_sending()
    share_connections()
    # Threads that wait for PostgreSQL and platforms come and go: one that computes must not hold
    # up a reply for 5 ms each time.
    sys.setswitchinterval(0.001)


@worker_ready.connect
def keep(**kwargs: object) -> None:
    """All is loaded. A subscription that catches up makes so much that is soon forgotten that the
    collector would walk all of it every few seconds, and nothing else goes on meanwhile."""
    settle()
