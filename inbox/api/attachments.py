from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.serializers import AttachmentSerializer
from inbox.files import serve
from inbox.uploads import start_upload
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


class UploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(max_length=1000, allow_empty_file=True)


@extend_schema(tags=["attachments"])
class AttachmentList(WorkspaceView):
    """Files for messages to come."""

    reading, writing = (Verb.READ_INBOX,), (Verb.WRITE_INBOX,)
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": UploadSerializer}, responses={201: AttachmentSerializer}
    )
    def post(self, request: Request) -> Response:
        """Upload a file; name its id in `attachments` of a message."""
        draft = start_upload(checked(UploadSerializer, request.data)["file"], by=self.viewer)
        return Response(AttachmentSerializer(draft).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["attachments"])
class AttachmentDetail(WorkspaceView):
    """The bytes of a file."""

    reading = (Verb.READ_INBOX,)

    @extend_schema(
        responses={
            (200, "*/*"): OpenApiTypes.BINARY,
            (206, "*/*"): OpenApiTypes.BINARY,
            304: None,
            416: None,
        }
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        """A file of a message that the token may read, or that it has uploaded itself. `Range` and
        `If-None-Match` are understood."""
        plain: HttpRequest = request._request
        return serve(plain, pk, self.viewer)
