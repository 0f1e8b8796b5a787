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


def test_every_task_goes_into_a_queue_that_somebody_reads():
    queues = {queue.name for queue in app.conf.task_queues}
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    assert ours
    for name in ours:
        assert app.amqp.router.route({}, name)["queue"].name in queues
        # Beat sees names only: a queue on the task itself would be ignored when it asks.
        assert getattr(app.tasks[name], "queue", None) is None


def test_a_reply_does_not_wait_behind_anything_else():
    deliver = "inbox.delivery.tasks.deliver"
    assert app.amqp.router.route({}, deliver)["queue"].name == "deliver"


def test_a_lost_worker_loses_no_task_and_no_task_outlives_its_visibility():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit
