"""What the API's views have in common."""

from datetime import UTC
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.negotiation import OneForm
from workspaces.models import ApiToken
from workspaces.permissions import Verb, can

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class WorkspaceView(APIView):
    """Declares the verbs of which reading and writing need one; `viewer` is the token.

    Without `writing`, who may read may write.
    """

    reading: ClassVar[tuple[Verb, ...]]
    writing: ClassVar[tuple[Verb, ...]] = ()
    content_negotiation_class = OneForm

    @property
    def viewer(self) -> ApiToken:
        viewer: ApiToken = self.request._request.viewer  # type: ignore[attr-defined]
        return viewer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # The API tells times in UTC, wherever the company is.
        timezone.activate(UTC)
        super().initial(request, *args, **kwargs)
        wanted = self.reading if request.method in SAFE else self.writing or self.reading
        if not any(can(self.viewer, verb) for verb in wanted):
            raise PermissionDenied


def checked(serializer: type[serializers.Serializer[Any]], data: Any, **options: Any) -> Any:
    """What was sent, as the serializer understands it. Raises `ValidationError` (400)."""
    form = serializer(data=data, **options)
    form.is_valid(raise_exception=True)
    return form.validated_data
