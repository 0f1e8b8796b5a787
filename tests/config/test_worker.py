"""What the worker does once, when it has started."""

import gc

import pytest
from celery.signals import worker_init, worker_ready

from config import preloading


@pytest.fixture
def undone():
    yield
    gc.unfreeze()


def test_the_collector_never_walks_again_what_was_loaded_at_the_start(undone):
    loaded = [object]

    preloading.keep()

    made_afterwards = [object]
    walked = gc.get_objects()
    assert not any(found is loaded for found in walked)
    assert any(found is made_afterwards for found in walked)


def test_a_worker_that_starts_loads_first_and_then_keeps():
    assert preloading.preload in [receiver() for _, receiver in worker_init.receivers]
    assert preloading.keep in [receiver() for _, receiver in worker_ready.receivers]
