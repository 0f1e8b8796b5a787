"""Troubles on demand: what the next calls answer instead of the truth."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from typing import Any

from .refusals import Refusal

# The kinds that are an answer of MAX's own: (status, code, message).
ERRORS = {
    "rate": (429, "too.many.requests", "Too many requests"),
    "auth": (401, "verify.token", "Invalid access_token"),
    "denied": (403, "chat.denied", "error.dialog.suspended: user suspended bot"),
    "not_ready": (400, "attachment.not.ready", "Key: errors.process.attachment.file.not.processed"),
    "server": (500, "internal.error", "Internal server error"),
    "unavailable": (503, "service.unavailable", "Service unavailable"),
}
KINDS = (*ERRORS, "error", "down", "gateway", "timeout_before", "timeout_after")


@dataclass
class Fault:
    """One trouble for the next `count` calls, or for all until cleared when `count` is None.

    rate, auth, denied, not_ready, server, unavailable: MAX's error; `error` takes any `status` and
    `code` · down: HTTP 503 of a gateway · gateway: 502 in HTML · timeout_before: hang, nothing done
    · timeout_after: done, then hang. Hanging lasts `seconds` and ends with a broken connection.
    `retry_after` is the header of a 429, none when empty. `methods` are patterns with commas.
    """

    kind: str
    count: int | None = 1
    methods: str = "sendMessage"
    chat_id: str = ""
    status: int = 400
    code: str = ""
    message: str = ""
    retry_after: str = ""
    seconds: float = 90

    def hits(self, method: str, chat_id: str) -> bool:
        """Whether this call is in for it."""
        if self.count == 0 or (self.chat_id and self.chat_id != chat_id):
            return False
        return any(fnmatch(method, pattern.strip()) for pattern in self.methods.split(","))


class Faults:
    """The switches of one bot."""

    def __init__(self) -> None:
        self.calls: list[Fault] = []
        # What happens to updates on their way to us.
        self.deliver_twice = False
        self.shuffle = False

    def take(self, method: str, chat_id: str) -> Fault | None:
        """The fault for this call, used up by one."""
        for fault in self.calls:
            if fault.hits(method, chat_id):
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
    if fault is None:
        return
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    if fault.kind == "error":
        raise Refusal(fault.status, fault.code, fault.message, headers)
    if known := ERRORS.get(fault.kind):
        raise Refusal(*known, headers)
