"""How much one API token may ask: a token bucket that all processes share."""

from math import ceil
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from core.api.problems import problem_response
from core.ratelimit import Bucket, take

# Who was idle may do so many seconds' worth at once.
BURST_SECONDS = 10


def seconds_to_wait(token_id: UUID) -> float:
    """Take one request of the token's allowance; 0 when there was one, else when there will be."""
    rate = settings.API_REQUESTS_PER_SECOND
    return take([Bucket(f"api:{token_id.hex}", rate, max(1, round(rate * BURST_SECONDS)))])


def too_many(wait: float) -> HttpResponse:
    """429, with `Retry-After` in whole seconds."""
    response = problem_response(429, _("Too many requests with this token."))
    response.headers["Retry-After"] = str(max(1, ceil(wait)))
    return response
