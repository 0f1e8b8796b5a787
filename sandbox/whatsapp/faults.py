"""Troubles on demand: what the next calls answer instead of the truth."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from typing import Any

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
class Fault:
    """One trouble for the next `count` calls, or for all until cleared when `count` is None.

    The names of ERRORS and `error`: Meta's error, with `retry_after` seconds in a header where that
    is not 0 · down: HTTP 503 in plain words · gateway: 502 in HTML · timeout_before: hang, nothing
    done · timeout_after: done, then hang. Hanging lasts `seconds` and breaks the connection.
    `methods` are patterns with commas; `to` limits to one recipient.
    """

    kind: str
    count: int | None = 1
    methods: str = "messages"
    to: str = ""
    code: int = 0
    retry_after: int = 0
    seconds: float = 90

    def hits(self, method: str, to: str) -> bool:
        """Whether this call is in for it."""
        if self.count == 0 or (self.to and self.to != to):
            return False
        return any(fnmatch(method, pattern.strip()) for pattern in self.methods.split(","))


class Faults:
    """The switches of one account."""

    def __init__(self) -> None:
        self.calls: list[Fault] = []
        # What happens to webhooks on their way to us.
        self.deliver_twice = False
        self.shuffle = False
        self.batch = False

    def take(self, method: str, to: str) -> Fault | None:
        """The fault for this call, used up by one."""
        for fault in self.calls:
            if fault.hits(method, to):
                if fault.count is not None:
                    fault.count -= 1
                    self.calls = [kept for kept in self.calls if kept.count != 0]
                return fault
        return None

    def clear(self) -> None:
        """All well again."""
        self.calls = []
        self.deliver_twice = self.shuffle = self.batch = False

    def shown(self) -> dict[str, Any]:
        """For the page and the control API."""
        return {
            "calls": [asdict(fault) for fault in self.calls],
            "deliver_twice": self.deliver_twice,
            "shuffle": self.shuffle,
            "batch": self.batch,
        }


def refuse(fault: Fault | None) -> None:
    """Raise what this fault answers, if it answers at all."""
    if fault is not None and (code := ERRORS.get(fault.kind) or fault.code):
        raise Refusal(code, "by the sandbox", wait=fault.retry_after)
