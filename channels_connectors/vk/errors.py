"""VK's refusals as our errors."""

from __future__ import annotations

import re
from typing import Any, Final

from channels_connectors.errors import ConnectorError, ErrorClass
from channels_connectors.types import Words

from .codes import CODES
from .words import REFUSED

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
    error_class, words, wait = CODES.get(code, ("bad_content", REFUSED, None))
    if wait is not None:
        return Refusal(code, error_class, words, retry_after=wait, detail=detail)
    return Refusal(code, error_class, words, maybe_sent=code in _DONE_PERHAPS, detail=detail)


def scrub(text: str) -> str:
    """The text without anything that looks like an access key, at most 300 characters."""
    return _SECRETS.sub("***", text)[:300]
