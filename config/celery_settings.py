"""How tasks are carried. Celery reads this module when it first needs a setting."""

from django.conf import settings
from kombu import Queue

from config.schedule import SCHEDULE

broker_url = settings.CELERY_BROKER_URL
broker_connection_retry_on_startup = True
# Lowest wins on a shared broker; longer than the longest task.
broker_transport_options = {"visibility_timeout": 300}

task_serializer = "json"
accept_content = ["json"]
task_ignore_result = True

# A broadcast never delays a reply: each kind of work has its own queue.
task_queues = [Queue(name) for name in ("deliver", "events", "broadcast", "media", "default")]
task_default_queue = "default"
# Named here and not on the tasks: beat knows tasks by their names only.
task_routes = {
    "events.tasks.*": {"queue": "events"},
    "inbox.delivery.tasks.deliver": {"queue": "deliver"},
    "inbox.delivery.tasks.sweep_outbox": {"queue": "deliver"},
    "marketing.tasks.*": {"queue": "broadcast"},
    "inbox.media.*": {"queue": "media"},
}

task_acks_late = True
task_reject_on_worker_lost = True
task_time_limit = 120
worker_prefetch_multiplier = 1
worker_soft_shutdown_timeout = 3
worker_hijack_root_logger = False
worker_redirect_stdouts = False

# Every tasks.py of our packages, wherever it lies in its app.
imports = [
    "config.heartbeat",
    "config.preloading",
    *sorted(
        ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        for app in settings.OUR_APPS
        for path in (settings.BASE_DIR / app).rglob("tasks.py")
    ),
]
beat_schedule = SCHEDULE
timezone = "UTC"
