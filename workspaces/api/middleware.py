"""Opens the scope of the workspace that an API token is bound to."""

from collections.abc import Callable
from datetime import timedelta
from io import SEEK_END
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from core.api.problems import as_problem, conflict, problem_response, unavailable
from workspaces.actions import find_api_token
from workspaces.api.idempotency import answer_once
from workspaces.api.limits import seconds_to_wait, too_many
from workspaces.models import ApiToken, Workspace
from workspaces.scope import workspace_scope

PREFIX = "/api/v1/"
OPEN_PATHS = ("/api/v1/schema/", "/api/v1/docs/")
USE_IS_NOTED_EVERY = timedelta(minutes=1)
# A file of the largest size that is taken, and the rest of its form.
LARGEST_FORM_BYTES = 64 * 1024 * 1024

Answer = Callable[[HttpRequest], HttpResponseBase]


class ApiMiddleware:
    """For /api/v1/: `Authorization: Bearer <token>`, one transaction a request.

    An answer of 400 and above rolls the transaction back; whoever made it, it is told as a problem.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not path.startswith(PREFIX) or path.startswith(OPEN_PATHS):
            return self.get_response(request)
        try:
            response = as_problem(self._answer(request))
        except (OperationalError, InterfaceError):
            response = unavailable()
        except IntegrityError:
            # Foreign keys are checked at the commit: what was pointed at has just gone.
            response = conflict()
        response.headers.setdefault("Cache-Control", "private, no-store")
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        _measure(request)
        if _is_too_large(request):
            return problem_response(413, _("The body is too large."))
        found = find_api_token(bearer(request.headers.get("Authorization", "")))
        if found is None:
            return _unauthorized()
        workspace_id, token_id = found
        if wait := seconds_to_wait(token_id):
            return too_many(wait)
        with workspace_scope(workspace_id):
            token = ApiToken.objects.get(pk=token_id)
            if not token.is_usable:
                return _unauthorized()
            request.workspace = Workspace.objects.get(pk=workspace_id)  # type: ignore[attr-defined]
            request.viewer = token  # type: ignore[attr-defined]
            response = answer_once(request, token, self.get_response)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        _note_use(workspace_id, token)
        return response


def bearer(header: str) -> str:
    """The token of an Authorization header; empty when there is none."""
    scheme, _, token = header.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _measure(request: HttpRequest) -> None:
    """A body that came in chunks has no length in its headers; REST framework would skip it."""
    stream: Any = getattr(request, "_stream", None)
    if "HTTP_TRANSFER_ENCODING" in request.META and hasattr(stream, "seek"):
        request.META["CONTENT_LENGTH"] = str(stream.seek(0, SEEK_END))
        stream.seek(0)


def _is_too_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_form = request.content_type == "multipart/form-data"
    largest = LARGEST_FORM_BYTES if is_form else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return not length.isdigit() or int(length) > largest


def _note_use(workspace_id: UUID, token: ApiToken) -> None:
    """Its own short transaction: a long request must not hold up others with the same token."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        with workspace_scope(workspace_id):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _unauthorized() -> HttpResponseBase:
    response = problem_response(401, _("Send a valid token: Authorization: Bearer …"))
    response.headers["WWW-Authenticate"] = 'Bearer realm="Tandem API"'
    return response
