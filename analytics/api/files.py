from typing import Any

import orjson
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.models import AdSpend
from analytics.spend import files
from analytics.spend.actions import put_spend
from core.api.problems import Unprocessable
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

LARGEST = 20 * 1024 * 1024  # bytes


class SpendFileSerializer(serializers.Serializer[Any]):
    """A table of spend. With `try` it is only read, to see what its columns were taken for."""

    file = serializers.FileField()
    mapping = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=4000,
        help_text='Columns of the file for ours, as JSON: `{"cost": "Расход"}`.',
    )
    vat_included = serializers.BooleanField(default=True)

    def get_fields(self) -> dict[str, Any]:
        # `source` is taken by the class itself, `try` by the language.
        more = {
            "source": serializers.CharField(required=False, allow_blank=True, max_length=120),
            "try": serializers.BooleanField(default=False),
        }
        return {**super().get_fields(), **more}

    def validate_mapping(self, text: str) -> dict[str, str]:
        try:
            mapping = orjson.loads(text or "{}")
        except orjson.JSONDecodeError:
            mapping = None
        if not isinstance(mapping, dict):
            raise serializers.ValidationError(_("Names of columns are needed, as JSON."))
        return {str(ours): str(theirs) for ours, theirs in mapping.items()}


class SpendFileAnswer(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    mapping = serializers.DictField(child=serializers.CharField())
    header = serializers.ListField(child=serializers.CharField())


@extend_schema(tags=["spend"])
class SpendFile(WorkspaceView):
    """Spend from a file."""

    reading = writing = (Verb.WRITE_SPEND,)
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": SpendFileSerializer}, responses={201: SpendFileAnswer}
    )
    def post(self, request: Request) -> Response:
        """Put down the rows of a CSV or XLSX file; all of them, or none when one cannot be read."""
        asked = checked(SpendFileSerializer, request.data)
        if asked["file"].size > LARGEST:
            raise serializers.ValidationError({"file": _("The file is too large.")})
        table = files.read(
            asked["file"].read(),
            mapping=asked.get("mapping") or {},
            source=asked.get("source", ""),
            vat_included=asked["vat_included"],
        )
        if table.errors:
            first = [
                _("Line %(line)d: %(words)s") % {"line": line, "words": words}
                for line, words in table.errors[: files.MOST_ERRORS]
            ]
            raise Unprocessable(" ".join(first))
        if not asked["try"]:
            put_spend(table.told, by=self.viewer, origin=AdSpend.Origin.FILE, is_whole=True)
        answer = {"rows": len(table.told), "mapping": table.mapping, "header": table.header}
        return Response(answer, status=status.HTTP_201_CREATED)
