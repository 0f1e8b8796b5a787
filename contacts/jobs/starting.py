"""Starting a job, and stopping it."""

from contacts.models import Job
from events import types
from events.journal import record
from workspaces.models import Membership


def start(job: Job, *, by: Membership) -> Job:
    """Have a job done; the journal keeps who wanted it, and what."""
    job.by = job.by or by
    job.enqueue()
    data = {"kind": job.kind, "settings": job.settings, "name": job.name}
    record(types.JOB_STARTED, subject=job, by=by, data=data)
    return job


def cancel(job: Job, *, by: Membership) -> bool:
    """Stop after the chunk that is being done; False when it is over already."""
    locked: Job = Job.objects.select_for_update().get(pk=job.pk)
    if locked.is_over:
        return False
    locked.finish(Job.State.CANCELLED)
    locked.save()
    data = {"kind": job.kind, "state": locked.state, "counts": locked.counts}
    record(types.JOB_FINISHED, subject=locked, by=by, data=data)
    return True
