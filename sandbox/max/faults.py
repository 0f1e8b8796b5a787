"""Troubles on demand: what the next calls answer instead of the truth."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.faults import BaseFault, BaseFaults

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
class Fault(BaseFault):
    """One trouble for the next `count` calls, or for all until cleared when `count` is None.

    rate, auth, denied, not_ready, server, unavailable: MAX's error; `error` takes any `status` and
    `code` · down: HTTP 503 of a gateway · gateway: 502 in HTML · timeout_before: hang, nothing done
    · timeout_after: done, then hang. Hanging lasts `seconds` and ends with a broken connection.
    `retry_after` is the header of a 429, none when empty. `methods` are patterns with commas.
    """

    methods: str = "sendMessage"
    chat_id: str = ""
    status: int = 400
    code: str = ""
    message: str = ""
    retry_after: str = ""

    kinds = KINDS
    narrowed_by = "chat_id"


class Faults(BaseFaults[Fault]):
    """The switches of one bot."""


def refuse(fault: Fault | None) -> None:
    """Raise what this fault answers, if it answers at all."""
    if fault is None:
        return
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    if fault.kind == "error":
        raise Refusal(fault.status, fault.code, fault.message, headers)
    if known := ERRORS.get(fault.kind):
        raise Refusal(*known, headers)
