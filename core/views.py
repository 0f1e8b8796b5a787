"""Pages that belong to no app: the manifest and the last words when something went wrong."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

_RETRY_AFTER_SECONDS = "10"


@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest: what a phone needs to install Tandem."""
    icons = [
        {"src": static("icons/tandem-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("icons/tandem-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("icons/tandem-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
        {"src": static("icons/tandem-app.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    body = {
        "id": "/",
        "name": "Tandem",
        "short_name": "Tandem",
        "description": _("One inbox for every messenger"),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#006274",
        "icons": icons,
    }
    return JsonResponse(body, content_type="application/manifest+json")


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when it is the database that does not answer."""
    kind = sys.exc_info()[0]
    if kind is not None and issubclass(kind, OperationalError | InterfaceError):
        return unavailable(request)
    return _bare("500.html", 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: come back in a moment."""
    response = _bare("503.html", 503)
    response["Retry-After"] = _RETRY_AFTER_SECONDS
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose key is missing or out of date."""
    return render(request, "403_csrf.html", status=403)


def _bare(template: str, status: int) -> HttpResponse:
    """Without context processors: they read the session, which may be what is broken."""
    return HttpResponse(loader.render_to_string(template), status=status)
