"""The worker's and the clock's application. A task only pokes: PostgreSQL knows what is to do."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tandem")
app.config_from_object("config.celery_settings")
# Threads other than the one that imports this must find it too.
app.set_default()
