"""Importing contacts: the file, its columns, a look at what would come of it, the work."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.defining import create_field
from contacts.imports import running, steps
from contacts.imports.forms import MappingForm, StartForm, UploadForm
from contacts.imports.targets import FIELD, NEW_FIELD
from contacts.jobs.starters import put_starter
from contacts.models import Job
from contacts.views.jobs import find, outcome_of
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
        try:
            job = steps.take_file(form.cleaned_data["file"], by=member)
        except ValidationError as error:
            form.add_error("file", " ".join(error.messages))
        else:
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
    asked = {name: request.POST.get(name, "") for name in ("encoding", "delimiter")}
    if steps.read_differently(job, **asked):
        job.save(update_fields=["settings"])
        return see_other("contacts:import", slug, job.pk)
    form = MappingForm(request.POST, job=job, viewer=member)
    if not form.is_valid():
        return invalid(request, "contacts/import.html", _context(request, job, form))
    job.settings["mapping"] = _with_new_fields(request, form)
    job.settings["has_header"] = form.cleaned_data["has_header"]
    job.settings["labels"] = form.label_names()
    job.cursor = {"phase": running.CHECK, "row": 0, "examples": {}}
    put_starter(job, member)
    job.enqueue()
    return see_other("contacts:import", slug, job.pk)


@require_POST
def start(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Have the rows written. Twice is once."""
    _find(request, job_id)
    job = Job.objects.get(pk=job_id)
    if steps.step_of(job) != "checked":
        return see_other("contacts:import", slug, job.pk)
    form = StartForm(request.POST)
    if not form.is_valid():
        return invalid(request, "contacts/import.html", _context(request, job))
    member = request.membership  # type: ignore[attr-defined]
    with suppress(steps.NotNow):
        steps.begin(job, by=member, duplicates=form.cleaned_data["duplicates"])
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
    step = "over" if job.is_over else steps.step_of(job)
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
