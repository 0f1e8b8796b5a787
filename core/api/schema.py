"""The OpenAPI document says of every operation what our middleware and error handler do to it."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from core.api.problems import CONTENT_TYPE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "An error, by RFC 9457.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "The status's own phrase."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What went wrong, for people."},
        "errors": {
            "type": "object",
            "description": "Field -> what is wrong with it.",
            "additionalProperties": {},
        },
    },
}
_ALWAYS = {
    "401": "No token, or one that is unknown, revoked or too old.",
    "403": "The token's role or scopes do not allow this.",
    "429": "Too many requests; `Retry-After` says for how many seconds to wait.",
    "503": "The database does not answer; come back in a moment.",
}
_WRITING = {
    "400": "The body or the query does not have the form that this document describes.",
    "409": "Somebody else has changed the same thing at the same moment.",
    "413": "The body is too large.",
    "415": "The body has another Content-Type than this document says.",
    "422": "Understood, but it cannot be done as asked; `detail` says why.",
}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Any text of at most 200 characters. A repetition with the same key within a day "
    "has no further effect and gets the first answer.",
)


class ProblemSchema(AutoSchema):
    """REST framework's views as OpenAPI, with the errors and headers that all of them share."""

    def get_override_parameters(self) -> list[Any]:
        return [IDEMPOTENCY_KEY] if self.method == "POST" else []

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(*args, **kwargs)
        told = dict(_ALWAYS)
        has_query = bool(self._get_parameters()) or self.method == "GET"
        if self.method in {"POST", "PUT", "PATCH"}:
            told |= _WRITING
        elif self.method == "DELETE":
            told |= {code: _WRITING[code] for code in ("400", "409", "422")}
        elif has_query:
            told |= {"400": _WRITING["400"]}
        if "{" in self.path:
            told |= {"404": "There is no such thing, or this token may not see it."}
        for code, words in sorted(told.items()):
            bodies.setdefault(code, {"description": words, "content": self._problem()})
        return dict(sorted(bodies.items()))

    def _problem(self) -> dict[str, Any]:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name="Problem", type=ResolvedComponent.SCHEMA, schema=PROBLEM, object="Problem"
        )
        self.registry.register_on_missing(component)
        return {CONTENT_TYPE: {"schema": component.ref}}
