"""What VK's refusals mean for us and for the agent. Codes are those of API 5.199."""

from __future__ import annotations

import re
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from channels_connectors.errors import ConnectorError, ErrorClass
from channels_connectors.types import Words

DENIED: Final = _(
    "The customer does not allow messages from the community. "
    "They can write first to open the chat."
)
BLACKLISTED: Final = _("The customer is on the community’s blacklist.")
PRIVATE: Final = _("The customer’s privacy settings do not let the community write to them.")
GONE: Final = _("This VK account is deleted or blocked, so nobody would receive the message.")
NO_CHAT: Final = _("The community cannot write to this chat: it is gone or closed to it.")
WAITS: Final = _("The customer has not yet accepted messages from the community.")
WINDOW: Final = _(
    "VK no longer lets the community answer: too long ago the customer wrote. "
    "They have to write again."
)
TOKEN_REFUSED: Final = _(
    "VK does not accept the access key. Create a new one in the community’s settings, API usage."
)
NO_RIGHTS: Final = _(
    "The access key lacks rights. Create one with messages, photos, documents and management."
)
CAPTCHA: Final = _("VK wants to see a person: it asks for a captcha. Sending is paused.")
TOO_LONG: Final = _("The text is too long for VK.")
EMPTY: Final = _("There is nothing to send: the message is empty.")
TOO_MANY_FILES: Final = _("VK takes at most 10 files in one message.")
FILE_REFUSED: Final = _("VK does not accept this file.")
FILE_TOO_LARGE: Final = _("The file is too large for VK.")
NO_FILE: Final = _("VK no longer keeps this file.")
KEYBOARD: Final = _("VK does not accept the buttons of this message.")
BOT_FEATURES: Final = _(
    "Buttons need bot features. Switch them on in the community’s settings, Messages."
)
REFUSED: Final = _("VK does not accept this message.")
UNCHANGEABLE: Final = _("This message can no longer be changed in VK.")
TOO_OFTEN: Final = _("VK asks to wait before the next message.")
FLOOD: Final = _("VK sees too many messages of the same kind. Sending goes on in a few minutes.")
QUOTA: Final = _("The community has used up VK’s limit for now. Sending goes on in an hour.")
UNAVAILABLE: Final = _("VK does not answer at the moment.")
MAYBE_SENT: Final = _("The connection to VK broke. The message may have been delivered.")
SERVERS_FULL: Final = _(
    "The community has ten callback servers already. Remove one in its settings, API usage."
)

_Row = tuple[ErrorClass, Words]


def _rows(codes: str, error_class: ErrorClass, words: Words) -> dict[int, _Row]:
    return {int(code): (error_class, words) for code in codes.split()}


# From the official list of errors and the errors that it names for each method we call.
_BY_CODE: Final[dict[int, _Row]] = {
    **_rows("901", "recipient_gone", DENIED),
    **_rows("900", "recipient_gone", BLACKLISTED),
    **_rows("30 902", "recipient_gone", PRIVATE),
    **_rows("18 37 3610", "recipient_gone", GONE),
    **_rows("939 987 988", "recipient_gone", WAITS),
    **_rows("39 113 917 922 925 927 932 935 936 945 962 985 1012", "recipient_gone", NO_CHAT),
    **_rows("943 944 950", "window_closed", WINDOW),
    **_rows("2 4 5 16 27 28 38 42 1114 1116 1117 1118 3609", "channel_auth", TOKEN_REFUSED),
    **_rows("7 15 20 21 23 40 203 260", "channel_auth", NO_RIGHTS),
    **_rows("14 17 24 25 41 3300 3301 3302 3303 3304", "channel_auth", CAPTCHA),
    **_rows("2000", "channel_auth", SERVERS_FULL),
    **_rows("910 914", "bad_content", TOO_LONG),
    **_rows("911", "bad_content", KEYBOARD),
    **_rows("912", "bad_content", BOT_FEATURES),
    **_rows("22 105 118 121 122 129 200 1150 1152 1153", "bad_content", FILE_REFUSED),
    **_rows("909 920 924 949", "bad_content", UNCHANGEABLE),
    **_rows("1 10 13 32 33 36 43", "transient", UNAVAILABLE),
}
# Seconds to wait; VK tells none. Too many a second pass in half of one, floods in minutes, quotas
# in hours.
_WAITS: Final[dict[int, tuple[float, Words]]] = {
    6: (0.6, TOO_OFTEN),
    9: (120, FLOOD),
    29: (3600, QUOTA),
    103: (3600, QUOTA),
    601: (3600, QUOTA),
    1105: (600, TOO_OFTEN),
}
# The call may have been carried out before it broke.
_DONE_PERHAPS: Final = frozenset({1, 10, 36})
WRONG_PARAMETER: Final = 100
# Said of the token, but also of one chat that it may not enter.
ACCESS: Final = frozenset({7, 15})

_SECRETS: Final = re.compile(r"vk1\.[\w.-]{10,}|\b[0-9a-f]{60,}\b|(?<=access_token=)[^&\s]+")


class Refusal(ConnectorError):
    """VK said no, with this code."""

    def __init__(
        self,
        code: int,
        error_class: ErrorClass,
        words: Words,
        *,
        retry_after: float | None = None,
        maybe_sent: bool = False,
        detail: str = "",
    ) -> None:
        super().__init__(error_class, words, retry_after, maybe_sent, detail)
        self.code = code


def refusal(error: Any) -> Refusal:
    """The error for VK's `{error_code, error_msg}`, or `{code, description}` of one recipient."""
    told = error if isinstance(error, dict) else {}
    code = told.get("error_code", told.get("code"))
    code = code if type(code) is int else 0
    text = told.get("error_msg") or told.get("description") or "error"
    detail = scrub(f"{code}: {text}")
    if code in _WAITS:
        wait, words = _WAITS[code]
        return Refusal(code, "rate", words, retry_after=wait, detail=detail)
    error_class, words = _BY_CODE.get(code, ("bad_content", REFUSED))
    return Refusal(code, error_class, words, maybe_sent=code in _DONE_PERHAPS, detail=detail)


def scrub(text: str) -> str:
    """The text without anything that looks like an access key, at most 300 characters."""
    return _SECRETS.sub("***", text)[:300]
