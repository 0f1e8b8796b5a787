"""Troubles on demand: what the next calls answer instead of the truth."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from typing import Any

from .refusals import Refusal

# The kinds that are an error of VK's, with its code; `error` takes any `code`.
ERRORS = {"rate": 6, "flood": 9, "auth": 5, "denied": 901, "server": 10, "captcha": 14}
KINDS = (*ERRORS, "error", "down", "gateway", "gateway_rate", "timeout_before", "timeout_after")

# Those that answer before anything has happened.
NOTHING_DONE = frozenset({"down", "gateway", "gateway_rate", "timeout_before"})


@dataclass
class Fault:
    """One trouble for the next `count` calls, or for all until cleared when `count` is None.

    rate, flood, auth, denied, server, captcha, error: VK's error · down: HTTP 503 · gateway: 502
    in HTML · gateway_rate: 429 with `Retry-After: <seconds>` · timeout_before: hang, nothing done ·
    timeout_after: done, then hang. Hanging lasts `seconds` and ends with a broken connection.
    `methods` are patterns with commas.
    """

    kind: str
    count: int | None = 1
    methods: str = "messages.send"
    peer_id: str = ""
    code: int = 0
    seconds: float = 90

    def hits(self, method: str, peer_id: str) -> bool:
        """Whether this call is in for it."""
        if self.count == 0 or (self.peer_id and self.peer_id != peer_id):
            return False
        return any(fnmatch(method, pattern.strip()) for pattern in self.methods.split(","))


class Faults:
    """The switches of one community."""

    def __init__(self) -> None:
        self.calls: list[Fault] = []
        # What happens to events on their way to us.
        self.deliver_twice = False
        self.shuffle = False

    def take(self, method: str, peer_id: str) -> Fault | None:
        """The fault for this call, used up by one."""
        for fault in self.calls:
            if fault.hits(method, peer_id):
                if fault.count is not None:
                    fault.count -= 1
                    self.calls = [kept for kept in self.calls if kept.count != 0]
                return fault
        return None

    def clear(self) -> None:
        """All well again."""
        self.calls, self.deliver_twice, self.shuffle = [], False, False

    def shown(self) -> dict[str, Any]:
        """For the page and the control API."""
        return {
            "calls": [asdict(fault) for fault in self.calls],
            "deliver_twice": self.deliver_twice,
            "shuffle": self.shuffle,
        }


def refuse(fault: Fault | None) -> None:
    """Raise what this fault answers, if it answers at all."""
    if fault is not None and (code := ERRORS.get(fault.kind) or fault.code):
        raise Refusal(code)
