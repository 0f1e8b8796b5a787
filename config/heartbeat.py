"""The worker's sign of life: a key that runs out soon after the worker stops."""

from celery.signals import heartbeat_sent, worker_ready, worker_shutting_down
from core.redis import client
from redis import RedisError

from config.health import WORKER_KEY, WORKER_SECONDS


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
