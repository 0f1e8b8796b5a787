"""Imports of the worker that are worth doing once, before its processes fork."""

from celery.signals import worker_init

from channels_connectors import registry


@worker_init.connect
def preload(**kwargs: object) -> None:
    """The processes of the pool share the memory, and the first reply does not wait."""
    registry.load_sending()
