"""Troubles on demand: what the next calls answer instead of the truth."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.faults import BaseFault, BaseFaults

from .refusals import Refusal

# The kinds that are an error of VK's, with its code; `error` takes any `code`.
ERRORS = {"rate": 6, "flood": 9, "auth": 5, "denied": 901, "server": 10, "captcha": 14}
KINDS = (*ERRORS, "error", "down", "gateway", "gateway_rate", "timeout_before", "timeout_after")

# Those that answer before anything has happened.
NOTHING_DONE = frozenset({"down", "gateway", "gateway_rate", "timeout_before"})


@dataclass
class Fault(BaseFault):
    """One trouble for the next `count` calls, or for all until cleared when `count` is None.

    rate, flood, auth, denied, server, captcha, error: VK's error · down: HTTP 503 · gateway: 502
    in HTML · gateway_rate: 429 with `Retry-After: <seconds>` · timeout_before: hang, nothing done ·
    timeout_after: done, then hang. Hanging lasts `seconds` and ends with a broken connection.
    `methods` are patterns with commas.
    """

    methods: str = "messages.send"
    peer_id: str = ""
    code: int = 0

    kinds = KINDS
    narrowed_by = "peer_id"


class Faults(BaseFaults[Fault]):
    """The switches of one community."""


def refuse(fault: Fault | None) -> None:
    """Raise what this fault answers, if it answers at all."""
    if fault is not None and (code := ERRORS.get(fault.kind) or fault.code):
        raise Refusal(code)
