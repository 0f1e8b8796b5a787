"""Troubles on demand: what the next calls answer instead of the truth."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.faults import BaseFault, BaseFaults

from .refusals import Refusal

# The kinds that are an error of Meta's, with its code; `error` takes any `code`.
ERRORS = {
    "rate": 130429,
    "pair": 131056,
    "spam": 131048,
    "server": 131000,
    "auth": 190,
    "blocked": 131026,
    "window": 131047,
    "stopped": 131050,
    "paused": 132015,
    "locked": 131031,
}
KINDS = (*ERRORS, "error", "down", "gateway", "timeout_before", "timeout_after")


@dataclass
class Fault(BaseFault):
    """One trouble for the next `count` calls, or for all until cleared when `count` is None.

    The names of ERRORS and `error`: Meta's error, with `retry_after` seconds in a header where that
    is not 0 · down: HTTP 503 in plain words · gateway: 502 in HTML · timeout_before: hang, nothing
    done · timeout_after: done, then hang. Hanging lasts `seconds` and breaks the connection.
    `methods` are patterns with commas; `to` limits to one recipient.
    """

    methods: str = "messages"
    to: str = ""
    code: int = 0
    retry_after: int = 0

    kinds = KINDS
    narrowed_by = "to"


class Faults(BaseFaults[Fault]):
    """The switches of one account."""

    switches = ("deliver_twice", "shuffle", "batch")


def refuse(fault: Fault | None) -> None:
    """Raise what this fault answers, if it answers at all."""
    if fault is not None and (code := ERRORS.get(fault.kind) or fault.code):
        raise Refusal(code, "by the sandbox", wait=fault.retry_after)
