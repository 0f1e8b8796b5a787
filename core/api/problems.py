"""Errors of the API as `application/problem+json` (RFC 9457)."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"


class Unprocessable(exceptions.APIException):
    """422: understood, but can't be done as asked; the detail says why."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "unprocessable"


class Conflict(exceptions.APIException):
    """409: something else happened meanwhile."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def problem(status_code: int, title: str, detail: str = "", **more: Any) -> dict[str, Any]:
    """The body of an error."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status_code}
    if detail:
        body["detail"] = detail
    return body | more


def problem_response(status_code: int, title: str, detail: str = "", **more: Any) -> JsonResponse:
    """An error from outside of REST framework's views."""
    return JsonResponse(
        problem(status_code, title, detail, **more),
        status=status_code,
        content_type=CONTENT_TYPE,
    )


def handle(exception: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's EXCEPTION_HANDLER. What it doesn't know stays a 500."""
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    elif isinstance(exception, ValidationError):
        exception = Unprocessable(" ".join(exception.messages))
    if not isinstance(exception, exceptions.APIException):
        return None
    title = str(exception.default_detail)
    if isinstance(exception, exceptions.ValidationError):
        body = problem(exception.status_code, title, errors=exception.detail)
    else:
        body = problem(exception.status_code, title, str(exception.detail))
    headers = {}
    wait = getattr(exception, "wait", None)
    if wait:
        headers["Retry-After"] = str(int(wait))
    return Response(body, status=exception.status_code, headers=headers, content_type=CONTENT_TYPE)
