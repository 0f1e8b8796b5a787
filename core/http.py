"""Answers that Turbo understands: 303 after success, 422 for a form with errors, streams."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

STREAM_TYPE = "text/vnd.turbo-stream.html"


def see_other(to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Redirect with GET after a form did its work. Arguments are those of `redirect`."""
    response: HttpResponse = redirect(to, *args, **kwargs)
    response.status_code = 303
    return response


def invalid(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a form again, with its errors, as 422: Turbo shows it in place."""
    return render(request, template, context, status=422)


def turbo_stream(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A template of <turbo-stream> elements."""
    return render(request, template, context, content_type=STREAM_TYPE, status=status)


def accepts_stream(request: HttpRequest) -> bool:
    """Whether the caller is Turbo and takes a stream as the answer to its form."""
    return STREAM_TYPE in request.headers.get("Accept", "")
