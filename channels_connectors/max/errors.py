"""What MAX's refusals mean for us and for the agent: by HTTP status and the answer's `code`."""

from __future__ import annotations

import email.utils
import re
import time
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from channels_connectors.errors import ConnectorError, ErrorClass
from channels_connectors.types import Words

STOPPED: Final = _("The customer has stopped the bot in MAX. They have to start it again.")
NO_CHAT: Final = _("The bot cannot write to this chat in MAX: it is gone or closed to it.")
TOKEN_REFUSED: Final = _(
    "MAX does not accept the token. Copy it again from the bot’s page in MAX for business."
)
ADDRESS_REFUSED: Final = _(
    "MAX does not accept this server’s address. It must begin with https and have a certificate "
    "that browsers trust."
)
NOT_SUBSCRIBED: Final = _(
    "MAX no longer sends messages to this server. Connect the channel again with the same token."
)
TAKEN_OVER: Final = _("Another program gets the bot’s messages, so they cannot be fetched here.")
CERTIFICATES: Final = _(
    "The file with certificates for MAX cannot be read. Whoever runs the server should check "
    "MAX_CA_FILE."
)
TOO_LONG: Final = _("The text is too long for MAX.")
EMPTY: Final = _("There is nothing to send: the message is empty.")
FILE_REFUSED: Final = _("MAX does not accept this file.")
FILE_TOO_LARGE: Final = _("The file is too large for MAX.")
NO_FILE: Final = _("MAX no longer keeps this file.")
NOT_READY: Final = _("MAX is still processing the file. Sending goes on in a moment.")
KEYBOARD: Final = _("MAX does not accept the buttons of this message.")
REFUSED: Final = _("MAX does not accept this message.")
UNCHANGEABLE: Final = _("This message can no longer be changed in MAX.")
TOO_OFTEN: Final = _("MAX asks to wait before the next message.")
UNAVAILABLE: Final = _("MAX does not answer at the moment.")
MAYBE_SENT: Final = _("The connection to MAX broke. The message may have been delivered.")
PARTLY_SENT: Final = _("Only a part of the message was sent.")

NOT_FOUND: Final = 404

_Row = tuple[re.Pattern[str], ErrorClass, Words]

# Seconds to wait where MAX names none: it counts by the second.
_USUAL_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 3600.0
_LONGEST_DETAIL: Final = 300


def _row(pattern: str, error_class: ErrorClass, words: Words) -> _Row:
    return re.compile(pattern), error_class, words


# The beginnings of codes, with their class; the first that fits counts.
_BY_CODE: Final = (
    _row(r"verify\.token|.*access_token", "channel_auth", TOKEN_REFUSED),
    _row(r"attachment\.not\.ready|.*not\.(?:ready|processed)", "transient", NOT_READY),
    _row(r"chat\.|dialog\.|user\.|error\.user", "recipient_gone", NO_CHAT),
    _row(r"attachment\.|.*(?:upload|photo|video|audio|file)", "bad_content", FILE_REFUSED),
    _row(r".*(?:keyboard|button)", "bad_content", KEYBOARD),
    _row(r".*text\.(?:too\.long|length)", "bad_content", TOO_LONG),
)
_BY_STATUS: Final[dict[int, tuple[ErrorClass, Words]]] = {
    401: ("channel_auth", TOKEN_REFUSED),
    403: ("recipient_gone", NO_CHAT),
    413: ("bad_content", FILE_TOO_LARGE),
}
# MAX's own words for a dialog whose customer pressed "stop".
_STOPPED: Final = re.compile(r"suspend|stopped|blocked", re.IGNORECASE)


class Refusal(ConnectorError):
    """MAX said no: with this HTTP status and this code of its own, "" where it named none."""

    def __init__(
        self,
        status: int,
        code: str,
        error_class: ErrorClass,
        words: Words,
        *,
        retry_after: float | None = None,
        maybe_sent: bool = False,
        detail: str = "",
    ) -> None:
        super().__init__(error_class, words, retry_after, maybe_sent, detail)
        self.status = status
        self.code = code

    @property
    def is_not_ready(self) -> bool:
        """Whether an uploaded file only wants a moment longer."""
        return self.words is NOT_READY

    @property
    def is_missing(self) -> bool:
        """Whether it is a message that is not there, rather than a chat or the bot's right."""
        about_message = self.code.startswith(("message", "not.found")) or not self.code
        return self.status == NOT_FOUND and (about_message or self.error_class == "bad_content")


def refusal(status: int, answer: Any, retry_after: str = "") -> Refusal:
    """The error for an answer that is not 200; `answer` is its JSON, None where it has none.

    `retry_after` is the header of that name. A server error in MAX's own form means that the call
    failed; one from a gateway before it says nothing of what became of the call, except for 503.
    """
    told = answer if isinstance(answer, dict) else {}
    code, text = str(told.get("code") or ""), str(told.get("message") or "")
    detail = f"HTTP {status} {code}: {text}".strip(": ")[:_LONGEST_DETAIL]
    if status == 429:
        wait = seconds(retry_after)
        return Refusal(status, code, "rate", TOO_OFTEN, retry_after=wait, detail=detail)
    if status >= 500:
        lost = not code and status != 503
        outcome: Words = MAYBE_SENT if lost else UNAVAILABLE
        return Refusal(status, code, "transient", outcome, maybe_sent=lost, detail=detail)
    error_class, words = _class(status, code, text)
    return Refusal(status, code, error_class, words, detail=detail)


def seconds(retry_after: str) -> float:
    """How long to wait by a `Retry-After` header: seconds, or a date (RFC 9110, 10.2.3)."""
    written = retry_after.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", written):
        return min(float(written), _LONGEST_WAIT)
    try:
        until = email.utils.parsedate_to_datetime(written).timestamp()
    except (ValueError, TypeError, OverflowError):
        return _USUAL_WAIT
    return min(max(until - time.time(), _USUAL_WAIT), _LONGEST_WAIT)


def _class(status: int, code: str, text: str) -> tuple[ErrorClass, Words]:
    for pattern, error_class, words in _BY_CODE:
        if pattern.match(code):
            stopped = error_class == "recipient_gone" and _STOPPED.search(f"{code} {text}")
            return error_class, STOPPED if stopped else words
    if status == 403 and _STOPPED.search(text):
        return "recipient_gone", STOPPED
    return _BY_STATUS.get(status, ("bad_content", REFUSED))
