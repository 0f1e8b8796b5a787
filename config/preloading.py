"""What the worker does once, before the processes or threads of its pool begin."""

import sys

from celery.signals import worker_init

from channels_connectors import registry
from core.postgresql.connections import share_connections


@worker_init.connect
def preload(**kwargs: object) -> None:
    """The processes of the pool share the memory, and the first reply does not wait."""
    registry.load_sending()
    share_connections()
    # Threads that wait for PostgreSQL and platforms come and go: one that computes must not hold
    # up a reply for 5 ms each time.
    sys.setswitchinterval(0.001)
