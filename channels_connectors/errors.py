"""What can go wrong between us and a platform, in classes that decide what happens next."""

from __future__ import annotations

from typing import Final, Literal

from django.utils import translation

from .types import Words

ErrorClass = Literal[
    "rate", "transient", "window_closed", "recipient_gone", "bad_content", "channel_auth"
]
ERROR_CLASSES: Final[frozenset[str]] = frozenset(
    {"rate", "transient", "window_closed", "recipient_gone", "bad_content", "channel_auth"}
)


class ConnectorError(Exception):
    """A call to a platform failed.

    `rate`: wait `retry_after` seconds. `transient`: try again later. `window_closed`: the platform
    wants the customer to write first. `recipient_gone`: stop writing to this chat. `bad_content`:
    this message will never go. `channel_auth`: the channel is broken until an admin acts.
    `maybe_sent`: the outcome is unknown, so a resend may double the message. `of_chat`: a `rate` is
    that of this one chat and says nothing of the others. `field`: the credential or setting that is
    to blame, where it is known.
    `words` is a sentence for the agent; `detail` is the platform's own text, free of secrets.
    """

    def __init__(
        self,
        error_class: ErrorClass,
        words: Words,
        retry_after: float | None = None,
        maybe_sent: bool = False,
        detail: str = "",
        of_chat: bool = False,
        field: str = "",
    ) -> None:
        super().__init__(error_class, words)
        self.error_class: ErrorClass = error_class
        self.words = words
        self.retry_after = retry_after
        self.maybe_sent = maybe_sent
        self.detail = detail
        self.of_chat = of_chat
        self.field = field

    @property
    def msgid(self) -> str:
        """The words in the source language: store these, and `gettext` them for each reader."""
        with translation.override(None):
            return str(self.words)

    def __str__(self) -> str:
        return f"{self.error_class}: {self.msgid}" + (f" ({self.detail})" if self.detail else "")


class Unauthorized(Exception):
    """A webhook call did not prove that it comes from the platform: answer 401."""


class BadPayload(Exception):
    """A webhook call is not in the platform's form at all: answer 400."""


class ParkedPayload(Exception):
    """A payload was kept but cannot be understood; `reason` tells an admin why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
