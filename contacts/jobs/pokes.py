"""Telling a worker that there is something to do. A poke may be lost: the sweeper comes by."""

import logging
from uuid import UUID

from django.db import transaction
from kombu.exceptions import OperationalError

from contacts.models import Job

logger = logging.getLogger(__name__)


def poke_after_commit(job: Job) -> None:
    """Once the transaction is through."""
    workspace_id, job_id = job.workspace_id, job.pk
    transaction.on_commit(lambda: poke(workspace_id, job_id), robust=True)


def poke(workspace_id: UUID, job_id: UUID) -> None:
    """At once."""
    from contacts.tasks import work_on_job

    try:
        work_on_job.delay(str(workspace_id), str(job_id))
    except OperationalError:
        logger.warning("No broker: job %s waits for the sweeper.", job_id)
