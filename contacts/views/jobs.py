"""How far a job is, what came of it, and what can be done about it."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from contacts import jobs
from contacts.bulk import BulkChange
from contacts.exports.sheets import SheetRunner
from contacts.imports.undoing import TooLate, can_be_undone, undo_import, undone_until
from contacts.jobs.registry import runner_of
from contacts.models import Job, JobItem
from core.http import see_other
from core.serving import respond
from events import types
from events.journal import record
from workspaces import storage
from workspaces.models import Membership
from workspaces.permissions import Verb, require

FAILURES_SHOWN = 100


def find(request: HttpRequest, job_id: UUID, **narrower: Any) -> Job:
    """The job, if the member may look at it. Raises `Http404`."""
    member = request.membership  # type: ignore[attr-defined]
    require(member, Verb.READ_CONTACTS)
    rows = Job.objects.visible_to(member).select_related("by__user")
    return cast(Job, get_object_or_404(rows, pk=job_id, **narrower))


@require_safe
def job(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """The job; its frame asks again for as long as somebody works on it."""
    found = find(request, job_id)
    if found.kind == "import":
        return see_other("contacts:import", slug, found.pk)
    return render(request, "contacts/job.html", {"job": found, **outcome_of(found)})


@require_POST
def cancellation(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Stop it; what is done stays done."""
    found = find(request, job_id)
    jobs.cancel(found, by=request.membership)  # type: ignore[attr-defined]
    return see_other("contacts:job", slug, found.pk)


@require_POST
def undoing(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Take back what it has done, as a job of its own. Twice is once."""
    found = find(request, job_id)
    member = request.membership  # type: ignore[attr-defined]
    if found.kind == "import":
        try:
            return see_other("contacts:job", slug, undo_import(found, by=member).pk)
        except TooLate:
            raise Http404 from None
    require(member, Verb.WRITE_CONTACTS)
    # Whoever clicks twice at once waits here, and finds the first one's job.
    Job.objects.select_for_update().get(pk=found.pk)
    earlier = Job.objects.filter(undoes=found).first()
    if earlier is not None:
        return see_other("contacts:job", slug, earlier.pk)
    if not may_be_undone(found):
        raise Http404
    undo = Job(
        kind="bulk_undo", undoes=found, name=found.name, total=found.counts.get("changed", 0)
    )
    jobs.start(undo, by=member)
    return see_other("contacts:job", slug, undo.pk)


@require_safe
def file(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponseBase:
    """The file of an export, for whoever asked for it. That it was fetched is a fact."""
    member: Membership = request.membership  # type: ignore[attr-defined]
    require(member, Verb.EXPORT_CONTACTS)
    found = find(request, job_id, state=Job.State.DONE)
    kind = sheet_of(found)
    if kind is None:
        raise Http404
    if not found.has_file or found.by_id != member.pk:
        raise Http404
    name = f"{slugify(str(kind.title), allow_unicode=True)}-{found.created_at:%Y-%m-%d}"
    response = respond(
        request, storage.absolute(found.path), "", f"{name}.{found.settings['format']}"
    )
    response.headers["Cache-Control"] = "private, no-store"
    if request.method == "GET":
        data = {"name": found.name, "rows": found.done, "format": found.settings["format"]}
        record(types.EXPORT_DOWNLOADED, subject=found, by=member, data=data)
    return response


def outcome_of(job: Job) -> dict[str, Any]:
    """What a page tells of a job: its failures by name, and what may be done now."""
    failures = JobItem.objects.filter(job=job, outcome=JobItem.Outcome.FAILED)
    return {
        "failures": list(failures.order_by("pk")[:FAILURES_SHOWN]),
        "may_be_undone": may_be_undone(job),
        "undone_until": undone_until(job),
        "is_export": sheet_of(job) is not None,
        "undo": Job.objects.filter(undoes=job).first(),
        "share": min(100, job.done * 100 // job.total) if job.total else None,
    }


def may_be_undone(job: Job) -> bool:
    """Whether what a job has done can be taken back now."""
    if job.kind == "import":
        return can_be_undone(job)
    if not job.is_over or not job.counts.get("changed") or job.undoes_id:
        return False
    if Job.objects.filter(undoes=job).exists():
        return False
    try:
        kind = runner_of(job.kind)
    except jobs.Refused:
        return False
    return issubclass(kind, BulkChange) and kind.can_be_undone


def sheet_of(job: Job) -> type[SheetRunner] | None:
    """What writes the job's file; None for a job that writes none."""
    try:
        kind = runner_of(job.kind)
    except jobs.Refused:
        return None
    return kind if issubclass(kind, SheetRunner) else None
