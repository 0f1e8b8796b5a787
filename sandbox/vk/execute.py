"""`execute`: several methods for one call.

Of VK's script only this form is understood: `return [API.method({...}), API.method({...})];` with
JSON between the brackets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .faults import refuse
from .parameters import Parameters
from .refusals import Refusal
from .world import Community, World

MOST = 25
_HEAD = re.compile(r"\s*return\s*\[")
_CALL = re.compile(r"\s*,?\s*API\.(\w+\.\w+)\(")
_TAIL = re.compile(r"\s*\]\s*;?\s*")


def run(
    world: World,
    community: Community,
    parameters: Parameters,
    play: Callable[[str, Parameters], Any],
) -> dict[str, Any]:
    """The answer: a response for each, False and an error in `execute_errors` where refused."""
    responses: list[Any] = []
    errors: list[dict[str, Any]] = []
    for method, given in _calls(parameters.required("code", 65_536)):
        inner = Parameters({name: str(value) for name, value in given.items()})
        peer = inner.text("peer_ids") or inner.text("peer_id")
        code = 0
        try:
            refuse(community.faults.take(method, peer))
            responses.append(play(method, inner))
        except Refusal as refusal:
            code = refusal.code
            responses.append(False)
            errors.append({"method": method, "error_code": code, "error_msg": refusal.words})
        world.journal.write(
            "part", group=community.id, method=method, parameters=inner.values, error=code
        )
    return {"response": responses, **({"execute_errors": errors} if errors else {})}


def _calls(code: str) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    head = _HEAD.match(code)
    if head is None:
        raise Refusal(12)
    place = head.end()
    while (call := _CALL.match(code, place)) is not None:
        try:
            given, place = json.JSONDecoder().raw_decode(code, call.end())
        except ValueError:
            raise Refusal(12) from None
        if not isinstance(given, dict) or code[place : place + 1] != ")":
            raise Refusal(12)
        place += 1
        found.append((call[1], given))
    if not _TAIL.fullmatch(code, place):
        raise Refusal(12)
    if len(found) > MOST:
        raise Refusal(13, "too many API calls")
    return found
