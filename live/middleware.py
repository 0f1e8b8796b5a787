"""Tells a page as of which `seq` it was rendered."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from events.journal import last_seq


class PageSeqMiddleware:
    """Sets `request.live_seq` for pages of a workspace, before the view reads anything.

    So the page is never older than it says, and its socket asks for everything after that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """By now the workspace's scope is open."""
        if hasattr(request, "membership"):
            request.live_seq = last_seq()  # type: ignore[attr-defined]
