"""The worker's signs of life and death."""

from celery.signals import (
    heartbeat_sent,
    worker_process_init,
    worker_ready,
    worker_shutting_down,
)
from redis import RedisError

from config.health import WORKER_KEY, WORKER_SECONDS
from config.launch.children import die_with_parent
from core.redis import client


@worker_ready.connect
@heartbeat_sent.connect
def beat(**kwargs: object) -> None:
    """Renew the key. Redis being away is what the check reports anyway."""
    try:
        client().set(WORKER_KEY, "1", ex=WORKER_SECONDS)
    except RedisError:
        return


@worker_shutting_down.connect
def leave(**kwargs: object) -> None:
    """Say at once that this worker is going; another one renews the key within two seconds."""
    try:
        client().delete(WORKER_KEY)
    except RedisError:
        return


@worker_process_init.connect
def follow(**kwargs: object) -> None:
    """A process of the pool ends with the worker, even when that one gets a kill -9."""
    die_with_parent()
