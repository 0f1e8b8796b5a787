"""Importing contacts in the public contract: a file, its columns, a look at it, the work."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.imports import steps, undoing
from contacts.imports.reading import DELIMITERS, LARGEST_BYTES
from contacts.imports.targets import targets
from contacts.models import Job, JobItem
from core.api.pagination import Pages
from core.api.problems import Conflict, Unprocessable
from core.serving import respond
from workspaces import storage
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

STEPS = ("columns", "checking", "checked", "writing", "done", "failed", "cancelled")
POLICIES = steps.DUPLICATES
EXAMPLES = 4


class ImportColumnSerializer(serializers.Serializer[Any]):
    """A column of the file, what it becomes, and what stands in it."""

    name = serializers.CharField()
    target = serializers.CharField(help_text="Empty for a column that is left out.")
    examples = serializers.ListField(child=serializers.CharField(allow_blank=True))


class ImportUndoSerializer(serializers.Serializer[Any]):
    """How an import is taken back. `counts` has `restored` contacts, `removed` ones, and `failed`:
    those that stay, in whole or in part, because somebody has changed them since."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Job.State.values)
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    error = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class KeptContactSerializer(serializers.Serializer[Any]):
    """A contact that stays as it is, in whole or in part, and why."""

    contact = serializers.UUIDField(source="subject_id")
    name = serializers.CharField()
    reason = serializers.CharField()


class ImportSerializer(serializers.Serializer[Any]):
    """An import. `counts` are of the look while it is `checked`, else of what was written."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    step = serializers.SerializerMethodField()
    columns = serializers.SerializerMethodField()
    has_header = serializers.BooleanField(source="settings.has_header")
    encoding = serializers.CharField(source="settings.encoding")
    delimiter = serializers.CharField(source="settings.delimiter")
    labels = serializers.ListField(source="settings.labels", child=serializers.CharField())
    duplicates = serializers.SerializerMethodField()
    done = serializers.IntegerField(help_text="Rows that were looked at, or written, so far.")
    total = serializers.IntegerField(allow_null=True)
    counts = serializers.SerializerMethodField()
    error = serializers.CharField()
    has_errors = serializers.SerializerMethodField()
    undone_until = serializers.SerializerMethodField()
    undo = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=STEPS))
    def get_step(self, job: Job) -> str:
        return steps.step_of(job)

    @extend_schema_field(ImportColumnSerializer(many=True))
    def get_columns(self, job: Job) -> list[dict[str, Any]]:
        settings = job.settings
        first = 1 if settings["has_header"] else 0
        return [
            {
                "name": head if settings["has_header"] else "",
                "target": settings["mapping"][number] if number < len(settings["mapping"]) else "",
                "examples": [row[number] for row in settings["sample"][first : first + EXAMPLES]],
            }
            for number, head in enumerate(settings["sample"][0])
        ]

    @extend_schema_field(serializers.ChoiceField(choices=POLICIES, allow_null=True))
    def get_duplicates(self, job: Job) -> str | None:
        found: str | None = job.settings.get("duplicates")
        return found

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_counts(self, job: Job) -> dict[str, int]:
        found: dict[str, int] = job.counts
        return found

    def get_has_errors(self, job: Job) -> bool:
        return bool(job.settings.get("errors"))

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_undone_until(self, job: Job) -> Any:
        """Until when it may be taken back; null where it cannot, or is already."""
        until = undoing.undone_until(job)
        if until is None or not undoing.can_be_undone(job):
            return None
        return serializers.DateTimeField().to_representation(until)

    @extend_schema_field(ImportUndoSerializer(allow_null=True))
    def get_undo(self, job: Job) -> Any:
        found = undoing.undo_of(job)
        return ImportUndoSerializer(found).data if found is not None else None


class UploadedImportSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(max_length=1000, help_text="CSV or XLSX, up to 200 MB.")


class ImportColumnsSerializer(serializers.Serializer[Any]):
    """What is left out stays. `mapping` has a target for each column of the file, empty for what is
    left out."""

    mapping = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=60), required=False, max_length=200
    )
    has_header = serializers.BooleanField(required=False)
    labels = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=50
    )
    encoding = serializers.ChoiceField(choices=steps.ENCODINGS, required=False)
    delimiter = serializers.ChoiceField(choices=DELIMITERS, required=False)


class ImportStartSerializer(serializers.Serializer[Any]):
    """What becomes of contacts that are known: filled in, overwritten, or left as they are."""

    duplicates = serializers.ChoiceField(choices=POLICIES, default=POLICIES[0])


class ImportTargetSerializer(serializers.Serializer[Any]):
    """One thing that a column may become."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ImportTargetsSerializer(serializers.Serializer[Any]):
    """All of them at once, in the form of every list."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ImportTargetSerializer(many=True)


class OfImports(WorkspaceView):
    """Imports of the workspace."""

    reading, writing = (Verb.IMPORT_CONTACTS,), (Verb.IMPORT_CONTACTS,)

    def imports(self) -> Any:
        return Job.objects.filter(kind="import").prefetch_related("undone_by")

    def found(self, pk: UUID) -> Job:
        """One of them. Raises `Http404`."""
        job: Job = get_object_or_404(self.imports(), pk=pk)
        return job

    def shown(self, job: Job, code: int = status.HTTP_200_OK) -> Response:
        return Response(ImportSerializer(job).data, status=code)


@extend_schema(tags=["imports"])
class ImportList(OfImports, generics.ListAPIView[Job]):
    """Imports, the newest first."""

    serializer_class = ImportSerializer
    pagination_class = Pages
    parser_classes = [MultiPartParser]

    def get_queryset(self) -> Any:
        return self.imports()

    @extend_schema(
        request={"multipart/form-data": UploadedImportSerializer},
        responses={201: ImportSerializer},
    )
    def post(self, request: Request) -> Response:
        """Upload a file. Its columns are guessed by their names; nothing is read any further."""
        upload = checked(UploadedImportSerializer, request.data)["file"]
        if (upload.size or 0) > LARGEST_BYTES:
            raise Unprocessable(_("The file is larger than 200 MB. Split it in parts."))
        return self.shown(steps.take_file(upload, by=self.viewer), status.HTTP_201_CREATED)


@extend_schema(tags=["imports"])
class ImportTargets(OfImports):
    """What columns may become."""

    @extend_schema(responses=ImportTargetsSerializer)
    def get(self, request: Request) -> Response:
        """All of them, the workspace's own fields too."""
        found = [{"key": one.key, "label": str(one.label)} for one in targets()]
        return Response({"next": None, "previous": None, "results": found})


@extend_schema(tags=["imports"])
class ImportDetail(OfImports):
    """One import."""

    @extend_schema(responses=ImportSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return self.shown(self.found(pk))

    @extend_schema(request=ImportColumnsSerializer, responses=ImportSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Say what the columns are, before it is at work."""
        given = checked(ImportColumnsSerializer, request.data)
        job = self.found(pk)
        return self.shown(_in_time(lambda: steps.set_columns(job, **given)))


@extend_schema(tags=["imports"], request=None, responses=ImportSerializer)
class ImportCheck(OfImports):
    """The look at every row."""

    def post(self, request: Request, pk: UUID) -> Response:
        """Have every row looked at, and nothing written: `step` tells how far that is."""
        job = self.found(pk)
        return self.shown(_in_time(lambda: steps.check(job, by=self.viewer)))


@extend_schema(tags=["imports"])
class ImportStart(OfImports):
    """The work."""

    @extend_schema(request=ImportStartSerializer, responses=ImportSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Have the rows written, once they have been looked at."""
        given = checked(ImportStartSerializer, request.data)
        job = self.found(pk)
        return self.shown(
            _in_time(lambda: steps.begin(job, by=self.viewer, duplicates=given["duplicates"]))
        )


@extend_schema(tags=["imports"], request=None, responses=ImportSerializer)
class ImportStop(OfImports):
    """The end before the end."""

    def post(self, request: Request, pk: UUID) -> Response:
        """Stop; what is written stays."""
        job = self.found(pk)
        return self.shown(_in_time(lambda: steps.stop(job, by=self.viewer)))


@extend_schema(tags=["imports"], request=None, responses=ImportSerializer)
class ImportUndo(OfImports):
    """The way back."""

    def post(self, request: Request, pk: UUID) -> Response:
        """Within 30 days: put back what it changed and remove the contacts that it made, where
        nobody has touched them since. Twice is once; `undo` tells how far it is."""
        try:
            undoing.undo_import(self.found(pk), by=self.viewer)
        except undoing.TooLate as refusal:
            raise Conflict(" ".join(refusal.messages)) from None
        return self.shown(self.found(pk))


@extend_schema(tags=["imports"])
class ImportKept(OfImports, generics.ListAPIView[JobItem]):
    """The contacts that an undone import left as they are, each with the reason."""

    serializer_class = KeptContactSerializer
    pagination_class = Pages

    def get_queryset(self) -> Any:
        undo = undoing.undo_of(self.found(self.kwargs["pk"]))
        return JobItem.objects.filter(job=undo, outcome=JobItem.Outcome.FAILED)


@extend_schema(tags=["imports"])
class ImportErrors(OfImports):
    """The rows that could not be taken."""

    @extend_schema(
        responses={
            (200, "*/*"): OpenApiTypes.BINARY,
            (206, "*/*"): OpenApiTypes.BINARY,
            304: None,
            416: None,
        }
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        """A CSV file of them, each with its reason, to be put right and imported."""
        job = self.found(pk)
        path = job.settings.get("errors")
        if not path:
            raise Http404
        return respond(request._request, storage.absolute(path), "text/csv", "errors.csv")


def _in_time(act: Any) -> Job:
    """What it gives; 409 where the import is at another step."""
    try:
        done: Job = act()
    except steps.NotNow as refusal:
        raise Conflict(" ".join(refusal.messages)) from None
    except ValidationError as refusal:
        raise Unprocessable(" ".join(refusal.messages)) from None
    return done
