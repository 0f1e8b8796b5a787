"""Doing a job: claim it, do chunk after chunk, let go of it."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone, translation

from contacts.jobs import pokes
from contacts.jobs.registry import Refused, Runner, runner_of
from contacts.models import Job
from events import types
from events.journal import SYSTEM, record
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

# After so many failures in a row nobody tries again.
MOST_ATTEMPTS: Final = 5
PAUSE: Final = timedelta(seconds=5)


def run_job(workspace_id: UUID, job_id: UUID, *, seconds: float = float("inf")) -> bool:
    """Work on a job for at most so many seconds; False when another worker has it or it is over.

    The time is looked at between chunks. What is left over is taken up by the next call.
    """
    worker = uuid4()
    kind = _claim(workspace_id, job_id, worker)
    if kind is None:
        return False
    ends = time.monotonic() + seconds
    try:
        made = runner_of(kind)()
        try:
            while _step(workspace_id, job_id, worker, made):
                if time.monotonic() > ends:
                    _release(workspace_id, job_id, worker)
                    break
        finally:
            made.close()
    except Refused as error:
        _fail(workspace_id, job_id, worker, str(error))
    except Exception as error:
        logger.exception("Job %s of the kind %s failed.", job_id, kind)
        _note_failure(workspace_id, job_id, worker, error)
    return True


def _claim(workspace_id: UUID, job_id: UUID, worker: UUID) -> str | None:
    with workspace_scope(workspace_id):
        free = models.Q(lease_until=None) | models.Q(lease_until__lte=timezone.now())
        job: Job | None = (
            Job.objects.filter(free, pk=job_id, state__in=(Job.State.WAITING, Job.State.RUNNING))
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        if job is None:
            return None
        job.hold(worker)
        job.save(update_fields=["state", "worker", "lease_until", "started_at"])
        return job.kind


def _step(workspace_id: UUID, job_id: UUID, worker: UUID, made: Runner) -> bool:
    """One chunk; False when it was the last, or the job is no longer ours."""
    with _held(workspace_id, job_id, worker) as job:
        if job is None:
            return False
        made.job = job
        goes_on = made.chunk()
        job.attempts, job.error = 0, ""
        if goes_on:
            job.hold(worker)
        elif not job.is_over and job.state != Job.State.DRAFT:
            job.finish(Job.State.DONE)
        job.save()
        if job.is_over:
            _tell(job)
        return goes_on


@contextmanager
def _held(workspace_id: UUID, job_id: UUID, worker: UUID) -> Iterator[Job | None]:
    """The job, locked, in the language of whoever started it; None when another has it."""
    with workspace_scope(workspace_id):
        job: Job | None = (
            Job.objects.filter(pk=job_id, worker=worker, state=Job.State.RUNNING)
            .select_related("by__user", "workspace")
            .select_for_update(of=("self",), no_key=True)
            .first()
        )
        with translation.override(_language_of(job) if job else "en"):
            yield job


def _language_of(job: Job) -> str:
    chosen: str = job.by.user.language if job.by else ""
    return chosen or job.settings.get("language") or job.workspace.language


def _release(workspace_id: UUID, job_id: UUID, worker: UUID) -> None:
    """Time is up: whoever comes next may go on at once."""
    with _held(workspace_id, job_id, worker) as job:
        if job is not None:
            job.state, job.worker, job.lease_until = Job.State.WAITING, None, None
            job.save(update_fields=["state", "worker", "lease_until"])
            pokes.poke_after_commit(job)


def _fail(workspace_id: UUID, job_id: UUID, worker: UUID, words: str) -> None:
    with _held(workspace_id, job_id, worker) as job:
        if job is not None:
            job.finish(Job.State.FAILED, words)
            job.save()
            _tell(job)


def _note_failure(workspace_id: UUID, job_id: UUID, worker: UUID, error: Exception) -> None:
    """Try again in a while; the chunk that failed has left nothing behind."""
    with _held(workspace_id, job_id, worker) as job:
        if job is None:
            return
        job.attempts += 1
        if job.attempts >= MOST_ATTEMPTS:
            job.finish(Job.State.FAILED)
            _tell(job)
        else:
            job.lease_until = timezone.now() + PAUSE * 2**job.attempts
        job.error = repr(error)[:2000]
        job.save()


def _tell(job: Job) -> None:
    data = {"kind": job.kind, "state": job.state, "counts": job.counts}
    record(types.JOB_FINISHED, subject=job, by=job.by or SYSTEM, data=data)
