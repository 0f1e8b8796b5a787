"""Opens the scope of the workspace that an API token is bound to."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from core.api.problems import problem_response
from workspaces.actions import find_api_token
from workspaces.api.idempotency import answer_once
from workspaces.models import ApiToken, Workspace
from workspaces.scope import workspace_scope

PREFIX = "/api/v1/"
OPEN_PATHS = ("/api/v1/schema/", "/api/v1/docs/")
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class ApiMiddleware:
    """For /api/v1/: `Authorization: Bearer <token>`, one transaction a request.

    An answer of 400 and above rolls the transaction back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not path.startswith(PREFIX) or path.startswith(OPEN_PATHS):
            return self.get_response(request)
        found = find_api_token(bearer(request.headers.get("Authorization", "")))
        if found is None:
            return _unauthorized()
        workspace_id, token_id = found
        with workspace_scope(workspace_id):
            token = ApiToken.objects.get(pk=token_id)
            if not token.is_usable:
                return _unauthorized()
            request.workspace = Workspace.objects.get(pk=workspace_id)  # type: ignore[attr-defined]
            request.viewer = token  # type: ignore[attr-defined]
            _note_use(token)
            response = answer_once(request, self.get_response)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        response.headers["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["Authorization"])
        return response


def bearer(header: str) -> str:
    """The token of an Authorization header; empty when there is none."""
    scheme, _, token = header.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _unauthorized() -> HttpResponseBase:
    response = problem_response(401, "Unauthorized", "Send a valid token: Authorization: Bearer …")
    response.headers["WWW-Authenticate"] = 'Bearer realm="Tandem API"'
    return response
