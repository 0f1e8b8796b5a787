"""Errors of the API as `application/problem+json` (RFC 9457).

`title` is the status's own phrase; `detail` says what went wrong, in the caller's language
(`Accept-Language`); `errors` names the fields of a body that doesn't fit.
"""

import logging
from http import HTTPStatus
from math import ceil
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 10


class Unprocessable(exceptions.APIException):
    """422: understood, but can't be done as asked; the detail says why."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "unprocessable"


class Conflict(exceptions.APIException):
    """409: something else happened meanwhile."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("Somebody else has changed this at the same moment.")
    default_code = "conflict"


def problem(status_code: int, detail: str = "", **more: Any) -> dict[str, Any]:
    """The body of an error."""
    phrase = HTTPStatus(status_code).phrase
    body: dict[str, Any] = {"type": "about:blank", "title": phrase, "status": status_code}
    if detail:
        body["detail"] = detail
    return body | more


def problem_response(status_code: int, detail: str = "", **more: Any) -> JsonResponse:
    """An error from outside of REST framework's views."""
    return JsonResponse(
        problem(status_code, detail, **more), status=status_code, content_type=CONTENT_TYPE
    )


def conflict() -> JsonResponse:
    """409: somebody else was faster; try again."""
    return problem_response(409, str(Conflict.default_detail))


def unavailable() -> JsonResponse:
    """503: the database doesn't answer; come back in a moment."""
    response = problem_response(503, gettext("Come back in a moment."))
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def as_problem(response: HttpResponseBase) -> HttpResponseBase:
    """An error that was answered as a page of HTML, in the API's form."""
    if response.status_code < 400 or response.headers.get("Content-Type") == CONTENT_TYPE:
        return response
    found: HttpResponseBase = problem_response(response.status_code)
    for name in ("Allow", "Content-Range", "Retry-After", "WWW-Authenticate"):
        if name in response.headers:
            found.headers[name] = response.headers[name]
    return found


def nothing_here(request: HttpRequest) -> JsonResponse:
    """An address that the API doesn't have."""
    ends_well = request.path_info.endswith("/")
    return problem_response(
        404, "" if ends_well else gettext("Addresses of this API end with a slash.")
    )


def handle(exception: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's EXCEPTION_HANDLER. What it doesn't know stays a 500."""
    if isinstance(exception, ValidationError):
        return _answer(422, **_refusal(exception))
    known = _known(exception)
    if known is None:
        return None
    if isinstance(known, exceptions.ValidationError):
        return _answer(known.status_code, _first(known.detail), errors=_fields(known.detail))
    headers = {}
    if wait := getattr(known, "wait", None):
        headers["Retry-After"] = str(max(1, ceil(wait)))
    return _answer(known.status_code, str(known.detail), headers)


def _known(exception: Exception) -> exceptions.APIException | None:
    if isinstance(exception, Http404):
        return exceptions.NotFound()
    if isinstance(exception, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exception, IntegrityError):
        logger.warning("Two writers met: %s", exception)
        return Conflict()
    if isinstance(exception, DataError):
        logger.warning("A value that PostgreSQL refused: %s", exception)
        return exceptions.ParseError(gettext("A value is out of range."))
    return exception if isinstance(exception, exceptions.APIException) else None


def _answer(
    status_code: int, detail: str = "", headers: dict[str, str] | None = None, **more: Any
) -> Response:
    body = problem(status_code, detail, **more)
    return Response(body, status=status_code, headers=headers, content_type=CONTENT_TYPE)


def _refusal(error: ValidationError) -> dict[str, Any]:
    """What our own actions say no with: words, and the fields they are about where they know."""
    found: dict[str, Any] = {"detail": " ".join(error.messages)}
    if hasattr(error, "error_dict"):
        by_field = {
            name: messages
            for name, messages in error.message_dict.items()
            if name != NON_FIELD_ERRORS
        }
        found |= {"errors": by_field} if by_field else {}
    return found


def _fields(detail: Any) -> Any:
    return detail if isinstance(detail, dict) else {"non_field_errors": detail}


def _first(detail: Any, place: str = "") -> str:
    """The first of the errors in one line, with its place."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            if inner:
                hidden = name == "non_field_errors"
                return _first(inner, place if hidden else f"{place}.{name}".lstrip("."))
    if isinstance(detail, list):
        for number, inner in enumerate(detail):
            if inner:
                deeper = isinstance(inner, dict | list)
                return _first(inner, f"{place}[{number}]" if deeper else place)
    return f"{place}: {detail}" if place else str(detail)
