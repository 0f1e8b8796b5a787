"""Celery's shells of the jobs."""

from typing import Final
from uuid import UUID

from celery import shared_task
from django.db import connection

from contacts.exports.expiring import forget_expired_files
from contacts.imports.keeping import forget_kept
from contacts.jobs import pokes
from contacts.jobs.running import run_job
from contacts.merges import forget_merged

# So long one job has a worker's thread before others get their turn.
SECONDS: Final = 60.0
MOST_AT_ONCE: Final = 20


# The last step of an XLSX file, and reading on in a long file, may take longer than other tasks.
@shared_task(time_limit=3600)
def work_on_job(workspace_id: str, job_id: str) -> None:
    """Do some of a job."""
    run_job(UUID(workspace_id), UUID(job_id), seconds=SECONDS)


@shared_task
def sweep_jobs() -> None:
    """Pick up jobs whose poke was lost or whose worker died."""
    for workspace_id, job_id in waiting_jobs():
        pokes.poke(workspace_id, job_id)


@shared_task
def forget_expired() -> None:
    """Delete files whose time is up, and what was kept to take back what cannot be any more."""
    forget_expired_files()
    forget_kept()
    forget_merged()


def waiting_jobs() -> list[tuple[UUID, UUID]]:
    """(workspace id, job id) of jobs that nobody holds."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, job_id from waiting_jobs(%s)", [MOST_AT_ONCE])
        return [(row[0], row[1]) for row in cursor.fetchall()]
