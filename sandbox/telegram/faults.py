"""Troubles on demand: what the next calls answer instead of the truth."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.faults import BaseFault, BaseFaults

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
class Fault(BaseFault):
    """One trouble for the next `count` calls, or for all until cleared when `count` is None.

    rate: 429 with `retry_after` · rate_unsaid: 429 without · blocked: 403 · window: 400, the 24
    hours of a business account are over · unauthorized: 401 · server: 500 in JSON · gateway: 502
    in HTML ·
    timeout_before: hang, nothing done · timeout_after: done, then hang. Hanging lasts `seconds`
    and ends with a broken connection. `methods` are patterns with commas; `chat_id` narrows.
    """

    methods: str = SENDING
    chat_id: str = ""
    retry_after: int = 3

    kinds = KINDS
    narrowed_by = "chat_id"


class Faults(BaseFaults[Fault]):
    """The switches of one bot."""


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
