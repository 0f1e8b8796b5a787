"""`Idempotency-Key`: a POST repeated with the same key has one effect and one answer.

The key's row is inserted in the request's own transaction, before its work: a repetition at the
same time waits for that row, a refused request rolls it back and may be tried again. Keys are a
token's own: two programs that count from 1 do not meet.
"""

import hashlib
from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from core.api.problems import problem_response
from workspaces.models import ApiToken, IdempotencyKey

HEADER = "Idempotency-Key"
LONGEST_KEY = 200


def answer_once(
    request: HttpRequest, token: ApiToken, answer: Callable[[HttpRequest], HttpResponseBase]
) -> HttpResponseBase:
    """The answer to the request, or the one that its key already got."""
    key = request.headers.get(HEADER, "")
    if request.method != "POST" or not key:
        return answer(request)
    if len(key) > LONGEST_KEY:
        return problem_response(400, _("The Idempotency-Key is too long."))
    fingerprint = _digest(request.get_full_path(), _body(request))
    row = IdempotencyKey(key=_digest(token.id.hex, key.encode()), request_hash=fingerprint)
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    kept = IdempotencyKey.objects.get(key=row.key)
    if kept.pk != row.pk:
        return _repeat(kept, fingerprint)
    response = answer(request)
    if isinstance(response, HttpResponse) and response.status_code < 400:
        row.status, row.body = response.status_code, _kept(response)
        row.content_type = response.headers.get("Content-Type", "")[:80]
        row.save(update_fields=["status", "body", "content_type"])
    return response


def _body(request: HttpRequest) -> bytes:
    """What tells one request from another. Of a form with a file, its length: it isn't read twice,
    and a client that tries again makes a new boundary of the same length."""
    if request.content_type == "multipart/form-data":
        return str(request.META.get("CONTENT_LENGTH")).encode()
    return request.body


def _kept(response: HttpResponse) -> bytes:
    """The body without what the view wants nobody to read twice, such as a secret."""
    names = getattr(response, "shown_once", ())
    told = orjson.loads(response.content) if names else None
    if not isinstance(told, dict) or not told.keys() & set(names):
        return response.content
    return orjson.dumps({name: value for name, value in told.items() if name not in names})


def _digest(address: str, rest: bytes) -> str:
    return hashlib.sha256(b"\0".join([address.encode(), rest])).hexdigest()


def _repeat(kept: IdempotencyKey, fingerprint: str) -> HttpResponse:
    if kept.request_hash != fingerprint:
        return problem_response(422, _("This Idempotency-Key was used for a different request."))
    response = HttpResponse(bytes(kept.body), status=kept.status or 200)
    response.headers["Content-Type"] = kept.content_type
    response.headers["Idempotent-Replayed"] = "true"
    return response
