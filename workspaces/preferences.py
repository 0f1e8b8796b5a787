"""Language and time zone of the person who looks."""

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation


class PreferencesMiddleware:
    """Activates what the user chose; the workspace's zone stands in for an unchosen one.

    Without a user, or without a choice of theirs, the language stays as LocaleMiddleware found it
    (cookie, then the browser's wish).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        self._activate_zone(getattr(request.user, "time_zone", ""))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """By now the workspace is known."""
        workspace = getattr(request, "workspace", None)
        if workspace is not None and not getattr(request.user, "time_zone", ""):
            self._activate_zone(workspace.time_zone)

    def _activate_zone(self, name: str) -> None:
        if not name:
            return
        try:
            timezone.activate(zoneinfo.ZoneInfo(name))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            timezone.deactivate()
