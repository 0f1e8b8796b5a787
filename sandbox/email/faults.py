"""Troubles on demand: what the servers do to the next calls."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

KINDS = {
    "imap_auth": "the password is refused over IMAP",
    "imap_busy": "too many connections",
    "imap_drop": "the connection breaks at the next command after the log-in",
    "smtp_auth": "the password is refused over SMTP",
    "smtp_mail": "MAIL is answered with `code` and `text`",
    "smtp_rcpt": "RCPT is answered with `code` and `text`",
    "smtp_data": "the whole letter is answered with `code` and `text`, and not delivered",
    "hang_after_data": "the letter is delivered, then silence for `seconds`, then a break",
    "drop_after_data": "the letter is delivered, then a break without an answer",
    "drop_before_data": "a break after RCPT, nothing delivered",
    "drop_in_letter": "a break while the letter comes, nothing delivered",
    "hang_in_letter": "the letter is not read, then a break after `seconds`, nothing delivered",
}


@dataclass
class Fault:
    """One trouble for the next `count` times, or until cleared when `count` is None."""

    kind: str
    count: int | None = 1
    code: int = 450
    text: str = "4.2.0 Try again later"
    seconds: float = 60


class Faults:
    """The switches of one mailbox."""

    def __init__(self) -> None:
        self.all: list[Fault] = []

    def take(self, *kinds: str) -> Fault | None:
        """The first trouble of one of these kinds, used up by one."""
        for fault in self.all:
            if fault.kind in kinds:
                if fault.count is not None:
                    fault.count -= 1
                    self.all = [kept for kept in self.all if kept.count != 0]
                return fault
        return None

    def shown(self) -> list[dict[str, Any]]:
        """For the page and the control API."""
        return [asdict(fault) for fault in self.all]
