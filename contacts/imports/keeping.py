"""What an import changed in contacts that were there before it, kept for as long as it can be taken
back: an item of the job for each contact of each chunk.

`before` of an item is `{changes, labels, consent}`: `changes` a pair of before and after for each
thing, own fields by key under `fields`; the ids of the labels that were put on; of the consent a
pair again, with null where there was none.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection

from contacts.imports.merging import Draft, consent_state
from contacts.models import Job, JobItem
from core.ids import uuid7
from core.postgresql.arrays import texts, uuids
from core.postgresql.inserting import insert_columns
from workspaces.scope import workspace_scope

_MOST_AT_ONCE: Final = 100
_FORGOTTEN: Final = "forgotten"


def keep_before(job: Job, drafts: Sequence[Draft], labels: Mapping[UUID, list[UUID]]) -> None:
    """Note what a chunk of an import changes in contacts that it has not made itself."""
    kept = [draft for draft in drafts if draft.contact.imported_by_id != job.pk]
    if not kept:
        return
    told = [orjson.dumps(_of(draft, labels.get(draft.contact.pk, []))).decode() for draft in kept]
    insert_columns(
        JobItem,
        job.workspace_id,
        {
            "id": uuids([uuid7() for _draft in kept]),
            "job_id": uuids([job.pk] * len(kept)),
            "subject_id": uuids([draft.contact.pk for draft in kept]),
            "name": texts([draft.contact.display_name[:200] for draft in kept]),
            "outcome": texts([JobItem.Outcome.DONE] * len(kept)),
            "reason": texts([""] * len(kept)),
            "before": texts(told),
        },
    )


def forget_kept() -> int:
    """Drop what imports keep that can no longer be taken back; returns of how many."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, job_id from settled_imports(%s)", [_MOST_AT_ONCE])
        found = cursor.fetchall()
    for workspace_id, job_id in found:
        with workspace_scope(workspace_id):
            JobItem.objects.filter(job_id=job_id, outcome=JobItem.Outcome.DONE).delete()
            job = Job.objects.select_for_update().get(pk=job_id)
            job.settings[_FORGOTTEN] = True
            job.save(update_fields=["settings"])
    return len(found)


def _of(draft: Draft, labels: Sequence[UUID]) -> dict[str, Any]:
    told: dict[str, Any] = {"changes": draft.changes, "labels": labels}
    if draft.consent_is_changed and draft.consent is not None:
        told["consent"] = [draft.consent_before, consent_state(draft.consent)]
    return told
