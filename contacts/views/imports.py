"""Importing contacts: the file, its columns, a look at what would come of it, the work."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import jobs
from contacts.defining import create_field
from contacts.imports import reading, running
from contacts.imports.forms import MappingForm, StartForm, UploadForm
from contacts.imports.targets import FIELD, NEW_FIELD, guess
from contacts.imports.undoing import WITHIN
from contacts.models import Job
from contacts.views.jobs import find, outcome_of
from core.files import clean_name
from core.http import invalid, see_other
from core.serving import respond
from workspaces import storage
from workspaces.permissions import Verb, require

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: earlier imports and a form for a new one. POST: take a file and look at it."""
    member = request.membership  # type: ignore[attr-defined]
    require(member, Verb.IMPORT_CONTACTS)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        path = storage.new_path()
        target = storage.absolute(path)
        storage.write(upload.chunks(), target)
        name = clean_name(upload.name or "") or _("file")
        try:
            settings = reading.sniff(target, name)
        except jobs.Refused as error:
            target.unlink()
            form.add_error("file", str(error))
        else:
            header = settings["sample"][0] if settings["has_header"] else []
            settings |= {"mapping": guess(header), "labels": [], "size": upload.size}
            job = Job.objects.create(
                kind="import",
                by=member,
                name=name,
                path=path,
                settings=settings,
                expires_at=timezone.now() + WITHIN,
            )
            return see_other("contacts:import", slug, job.pk)
    imports = Job.objects.filter(kind="import").select_related("by__user")
    context = {"form": form, "imports": imports.order_by("-created_at")[:SHOWN]}
    if request.method == "POST":
        return invalid(request, "contacts/imports.html", context)
    return render(request, "contacts/imports.html", context)


@require_safe
def detail(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Where an import is: its columns, the look at it, the work, the outcome."""
    job = _find(request, job_id)
    return render(request, "contacts/import.html", _context(request, job))


@require_POST
def mapping(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Say what the columns are, and have every row looked at. Also to think again."""
    job = _find(request, job_id)
    member = request.membership  # type: ignore[attr-defined]
    if job.state != Job.State.DRAFT:
        raise Http404
    if request.POST.get("again") == "1":
        job.cursor = {}
        job.save(update_fields=["cursor"])
        return see_other("contacts:import", slug, job.pk)
    if _read_differently(job, request.POST):
        job.save(update_fields=["settings"])
        return see_other("contacts:import", slug, job.pk)
    form = MappingForm(request.POST, job=job, viewer=member)
    if not form.is_valid():
        return invalid(request, "contacts/import.html", _context(request, job, form))
    job.settings["mapping"] = _with_new_fields(request, form)
    job.settings["has_header"] = form.cleaned_data["has_header"]
    job.settings["labels"] = form.label_names()
    job.cursor = {"phase": running.CHECK, "row": 0, "examples": {}}
    job.by = member
    job.enqueue()
    return see_other("contacts:import", slug, job.pk)


@require_POST
def start(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Have the rows written. Twice is once."""
    _find(request, job_id)
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.state != Job.State.DRAFT or job.cursor.get("phase") != running.CHECKED:
        return see_other("contacts:import", slug, job.pk)
    form = StartForm(request.POST)
    if not form.is_valid():
        return invalid(request, "contacts/import.html", _context(request, job))
    job.settings["duplicates"] = form.cleaned_data["duplicates"]
    job.cursor = {"phase": running.WRITE, "row": 0}
    job.counts, job.done = {}, 0
    jobs.start(job, by=request.membership)  # type: ignore[attr-defined]
    return see_other("contacts:import", slug, job.pk)


@require_safe
def errors(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponseBase:
    """The rows that could not be taken, each with its reason."""
    job = _find(request, job_id)
    path = job.settings.get("errors")
    if not path:
        raise Http404
    stem = job.name.rpartition(".")[0] or job.name
    name = _("%(file)s - errors.csv") % {"file": stem}
    response = respond(request, storage.absolute(path), "", name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _find(request: HttpRequest, job_id: UUID) -> Job:
    require(request.membership, Verb.IMPORT_CONTACTS)  # type: ignore[attr-defined]
    return find(request, job_id, kind="import")


def _read_differently(job: Job, asked: Any) -> bool:
    """Read the sample anew with other letters or another delimiter; True when that was asked."""
    settings = job.settings
    if settings["format"] != reading.CSV:
        return False
    wanted = {
        "encoding": asked.get("encoding") or settings["encoding"],
        "delimiter": asked.get("delimiter") or settings["delimiter"],
    }
    known = {name: settings[name] for name in wanted}
    is_known = wanted["encoding"] in {"utf-8-sig", "cp1251", "utf-16"}
    if wanted == known or not is_known or wanted["delimiter"] not in reading.DELIMITERS:
        return False
    settings.update(wanted)
    try:
        sample = reading.sample_of(storage.absolute(job.path), settings)
    except (jobs.Refused, UnicodeError):
        settings.update(known)
        return False
    settings["sample"] = sample
    settings["mapping"] = guess(sample[0]) if settings["has_header"] else []
    return True


def _with_new_fields(request: HttpRequest, form: MappingForm) -> list[str]:
    found = []
    for name, key in zip(form.columns, form.mapping(), strict=True):
        if key == NEW_FIELD:
            label = str(form.fields[name].label)[:80]
            made = create_field(
                entity="contact",
                label=label,
                kind="text",
                by=request.membership,  # type: ignore[attr-defined]
            )
            key = f"{FIELD}{made.key}"
        found.append(key)
    return found


def _context(request: HttpRequest, job: Job, form: MappingForm | None = None) -> dict[str, Any]:
    step = "columns"
    if job.is_at_work:
        step = "checking" if job.cursor.get("phase") == running.CHECK else "writing"
    elif job.is_over:
        step = "over"
    elif job.cursor.get("phase") == running.CHECKED:
        step = "checked"
    context: dict[str, Any] = {"job": job, "step": step, **outcome_of(job)}
    if step == "columns":
        member = request.membership  # type: ignore[attr-defined]
        initial = {
            "has_header": job.settings["has_header"],
            "encoding": job.settings["encoding"],
            "delimiter": job.settings["delimiter"],
            "labels": ", ".join(job.settings["labels"]),
        }
        form = form or MappingForm(initial=initial, job=job, viewer=member)
        rows = job.settings["sample"][1 if job.settings["has_header"] else 0 :][:4]
        columns = [
            (form[name], [row[number] for row in rows if number < len(row)])
            for number, name in enumerate(form.columns)
        ]
        context |= {"form": form, "columns": columns}
    if step == "checked":
        context["form"] = StartForm()
    return context
