"""Whether this installation works, for balancers and for monitoring."""

import hmac
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core.redis import client

logger = logging.getLogger(__name__)

# The worker renews this key every two seconds; see config/heartbeat.py.
WORKER_KEY = "tandem:worker"
WORKER_SECONDS = 15


def alive(request: HttpRequest) -> HttpResponse:
    """200 while the process can answer at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis and a worker answer, else 503 naming what does not."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _database_answers,
        "redis": lambda: bool(client().ping()),
        "worker": lambda: bool(client().exists(WORKER_KEY)),
    }
    found = {name: _holds(name, check) for name, check in checks.items()}
    response = JsonResponse(
        {name: "ok" if holds else "down" for name, holds in found.items()},
        status=200 if all(found.values()) else 503,
    )
    # Asked every second: the checks have said what is wrong, Django need not repeat it.
    response._has_been_logged = True
    return response


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures for who carries METRICS_TOKEN as bearer; 404 while no token is set."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        return bool(cursor.fetchone())


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        logger.debug("%s does not answer", name, exc_info=True)
        return False
