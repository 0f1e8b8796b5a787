"""Troubles on demand: what the next calls answer instead of the truth."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from typing import Any

from .refusals import Refusal, bad_request

# Calls that bring something to a customer: the ones a fault hits unless told otherwise.
SENDING = "send*,edit*,copy*,forward*,delete*Message*,setMessageReaction"

KINDS = (
    "rate",
    "rate_unsaid",
    "blocked",
    "window",
    "unauthorized",
    "server",
    "gateway",
    "timeout_before",
    "timeout_after",
)


@dataclass
class Fault:
    """One trouble for the next `count` calls, or for all until cleared when `count` is None.

    rate: 429 with `retry_after` · rate_unsaid: 429 without · blocked: 403 · window: 400, the 24
    hours of a business account are over · unauthorized: 401 · server: 500 in JSON · gateway: 502
    in HTML ·
    timeout_before: hang, nothing done · timeout_after: done, then hang. Hanging lasts `seconds`
    and ends with a broken connection. `methods` are patterns with commas; `chat_id` narrows.
    """

    kind: str
    count: int | None = 1
    methods: str = SENDING
    chat_id: str = ""
    retry_after: int = 3
    seconds: float = 90

    def hits(self, method: str, chat_id: str) -> bool:
        """Whether this call is in for it."""
        if self.kind not in KINDS or self.count == 0:
            return False
        if self.chat_id and self.chat_id != chat_id:
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


def refuse(fault: Fault) -> None:
    """Raise what this fault answers, if it answers at all."""
    if fault.kind == "rate":
        raise Refusal(
            429,
            f"Too Many Requests: retry after {fault.retry_after}",
            retry_after=fault.retry_after,
        )
    if fault.kind == "rate_unsaid":
        raise Refusal(429, "Too Many Requests")
    if fault.kind == "window":
        raise bad_request("BUSINESS_PEER_USAGE_MISSING")
    if fault.kind == "unauthorized":
        raise Refusal(401, "Unauthorized")
    if fault.kind == "blocked":
        raise Refusal(403, "Forbidden: bot was blocked by the user")
    if fault.kind == "unauthorized":
        raise Refusal(401, "Unauthorized")
    if fault.kind == "server":
        raise Refusal(500, "Internal Server Error")
