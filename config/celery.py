"""The worker's and the clock's application. A task only pokes: PostgreSQL knows what is to be done."""

import os

from celery import Celery
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tandem")


@app.on_configure.connect
def configure(sender: Celery, **kwargs: object) -> None:
    """Read the settings late: importing this module must not need a configured Django."""
    from django.conf import settings

    from config.schedule import SCHEDULE

    sender.conf.update(
        broker_url=settings.CELERY_BROKER_URL,
        beat_schedule=SCHEDULE,
    )


app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    # A broadcast never delays a reply: each kind of work has its own queue.
    task_queues=[Queue(name) for name in ("deliver", "events", "broadcast", "media", "default")],
    task_default_queue="default",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=120,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=3,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    broker_connection_retry_on_startup=True,
    # Lowest wins on a shared broker; longer than the longest task, shorter than patience.
    broker_transport_options={"visibility_timeout": 300},
    timezone="UTC",
)
app.autodiscover_tasks()
