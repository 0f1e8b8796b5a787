"""Files are kept for as long as they are of use, and then they are gone."""

from uuid import UUID

from django.db import connection

from contacts.models import Job
from workspaces import storage
from workspaces.scope import workspace_scope

MOST_AT_ONCE = 500


def forget_expired_files() -> int:
    """Delete the files of exports and imports whose time is up; returns how many went."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, job_id from expired_files(%s)", [MOST_AT_ONCE])
        found = cursor.fetchall()
    return sum(_forget(workspace_id, job_id) for workspace_id, job_id in found)


def _forget(workspace_id: UUID, job_id: UUID) -> bool:
    with workspace_scope(workspace_id):
        job: Job | None = Job.objects.filter(pk=job_id).select_for_update(skip_locked=True).first()
        if job is None or not job.path or job.is_at_work:
            return False
        paths = [job.path, job.settings.pop("errors", "")]
        job.path = ""
        if job.state == Job.State.DRAFT:
            job.finish(Job.State.CANCELLED)
        job.save()
    for path in filter(None, paths):
        storage.absolute(path).unlink(missing_ok=True)
    return True
