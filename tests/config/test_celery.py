"""Beat asks by name and the worker must know the names."""

import pytest

from config.celery import app
from config.schedule import SCHEDULE


@pytest.fixture(scope="module", autouse=True)
def loaded():
    app.loader.import_default_modules()


@pytest.mark.parametrize("name", SCHEDULE)
def test_the_worker_knows_what_beat_asks_for(name):
    assert SCHEDULE[name]["task"] in app.tasks


@pytest.mark.parametrize("name", SCHEDULE)
def test_beat_asks_into_a_queue_that_somebody_reads(name):
    queues = {queue.name for queue in app.conf.task_queues}
    task = app.tasks[SCHEDULE[name]["task"]]
    asked = SCHEDULE[name].get("options", {}).get("queue", "default")
    assert asked in queues
    # Beat runs without Django and does not see the task's own queue.
    assert asked == (getattr(task, "queue", None) or "default")


def test_a_lost_worker_loses_no_task_and_no_task_outlives_its_visibility():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit
