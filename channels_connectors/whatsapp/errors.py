"""What the Cloud API's error codes mean for us. Meta says to branch on the code, not on the words.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from __future__ import annotations

import re
from typing import Any, Final

from channels_connectors.errors import ConnectorError, ErrorClass
from channels_connectors.types import Words

from . import words

_Row = tuple[ErrorClass, Words]


def _rows(codes: str, error_class: ErrorClass, said: Words) -> dict[int, _Row]:
    return {int(code): (error_class, said) for code in codes.split()}


_BY_CODE: Final[dict[int, _Row]] = {
    # The customer.
    **_rows("131026", "recipient_gone", words.UNDELIVERABLE),
    **_rows("131047", "window_closed", words.WINDOW),
    **_rows("131050", "bad_content", words.STOPPED),
    # Never sent again by ourselves: the customer has had enough, or sees nothing at all.
    **_rows("131049", "bad_content", words.SATURATED),
    **_rows("130472", "bad_content", words.EXPERIMENT),
    **_rows("131062", "bad_content", words.HIDDEN_NUMBER),
    **_rows("131021", "bad_content", words.TO_ITSELF),
    **_rows("131030", "bad_content", words.NOT_A_TESTER),
    **_rows("130497", "bad_content", words.COUNTRY),
    # The message.
    **_rows("100 131008 131009 135001", "bad_content", words.PARAMETERS),
    **_rows("131051", "bad_content", words.TYPE),
    **_rows("131052 131053", "bad_content", words.FILE_REFUSED),
    # Templates.
    **_rows("132001", "bad_content", words.NO_TEMPLATE),
    **_rows("132000 132012 132018", "bad_content", words.TEMPLATE_VARIABLES),
    **_rows("132005", "bad_content", words.TEMPLATE_TOO_LONG),
    **_rows("132007 132008", "bad_content", words.TEMPLATE_POLICY),
    **_rows("132015", "bad_content", words.TEMPLATE_PAUSED),
    **_rows("132016 131063", "bad_content", words.TEMPLATE_DISABLED),
    # The account.
    **_rows("0 190", "channel_auth", words.TOKEN_REFUSED),
    **_rows("3 10 131005", "channel_auth", words.NO_RIGHTS),
    **dict.fromkeys(range(200, 300), ("channel_auth", words.NO_RIGHTS)),
    **_rows("33", "channel_auth", words.NO_SUCH_NUMBER),
    **_rows("131042", "channel_auth", words.PAYMENT),
    **_rows("368 131031", "channel_auth", words.RESTRICTED),
    **_rows("131037", "channel_auth", words.NAME_NOT_APPROVED),
    **_rows("131045 133006 133010", "channel_auth", words.NOT_REGISTERED),
    **_rows("133005 133008 133009 136025", "channel_auth", words.PIN),
    **_rows("1 2 131000 131016 131057 133004 135000", "transient", words.UNAVAILABLE),
}
# Seconds to wait where WhatsApp tells none; None: longer with every try.
_WAITS: Final[dict[int, tuple[float | None, Words]]] = {
    4: (60, words.QUOTA),
    80007: (60, words.QUOTA),
    80008: (60, words.QUOTA),
    130429: (None, words.TOO_OFTEN),
    131056: (6, words.PAIR),
    131048: (3600, words.SPAM),
    131064: (3600, words.SPAM),
    133016: (3600, words.TOO_OFTEN),
}
# One customer has got too much at once; the others are none the wiser.
PAIR: Final = 131056
STOPPED: Final = 131050
# They tell something of the account, whichever message they came for.
OF_THE_ACCOUNT: Final = frozenset({368, 130497, 131031, 131037, 131042, 131048, 131064})
# Of making templates, by subcode of 100: the code alone says nothing.
_BY_SUBCODE: Final[dict[int, Words]] = {
    2388023: words.TEMPLATE_EXISTS,
    2388024: words.TEMPLATE_EXISTS,
    2388042: words.TOO_MANY_TEMPLATES,
    2388040: words.TEMPLATE_TOO_LONG,
    2388043: words.TEMPLATE_REFUSED,
    2388072: words.TEMPLATE_REFUSED,
    2388073: words.TEMPLATE_REFUSED,
    2388293: words.TEMPLATE_VARIABLES,
    2388299: words.TEMPLATE_VARIABLES,
}
# The object is not there, or not for this token.
NO_OBJECT: Final = 33

_SECRETS: Final = re.compile(r"\bEAA[\w-]{10,}|(?<=access_token=)[^&\s]+|\b[0-9a-f]{32,}\b")


class Refusal(ConnectorError):
    """WhatsApp said no, with this code."""

    def __init__(
        self,
        code: int,
        error_class: ErrorClass,
        said: Words,
        *,
        subcode: int = 0,
        retry_after: float | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(error_class, said, retry_after, detail=detail, of_chat=code == PAIR)
        self.code = code
        self.subcode = subcode


def refusal(error: Any, status: int = 0, wait: float | None = None) -> Refusal:
    """The error for `{code, message, error_subcode?, error_data?}` of an answer or a status.

    `status` is the HTTP one and decides where the code is not known; `wait` is what the answer's
    headers ask for, in seconds.
    """
    told = error if isinstance(error, dict) else {}
    code, subcode = _number(told.get("code")), _number(told.get("error_subcode"))
    detail = _detail(told, code)
    if code in _WAITS:
        usual, said = _WAITS[code]
        return Refusal(
            code, "rate", said, retry_after=usual if wait is None else wait, detail=detail
        )
    if code == 100 and subcode in _BY_SUBCODE:
        return Refusal(code, "bad_content", _BY_SUBCODE[subcode], subcode=subcode, detail=detail)
    # 0 is a code of its own: a failure to authenticate.
    known = _BY_CODE.get(code) if type(told.get("code")) is int else None
    error_class, said = known or _by_status(status, transient=told.get("is_transient") is True)
    return Refusal(code, error_class, said, subcode=subcode, retry_after=wait, detail=detail)


def scrub(text: str) -> str:
    """The text without anything that looks like a token, at most 300 characters."""
    return _SECRETS.sub("***", text)[:300]


def _by_status(status: int, *, transient: bool) -> _Row:
    if status == 429:
        return "rate", words.TOO_OFTEN
    if status == 401:
        return "channel_auth", words.TOKEN_REFUSED
    if status >= 500 or transient:
        return "transient", words.UNAVAILABLE
    return "bad_content", words.REFUSED


def _detail(told: dict[str, Any], code: int) -> str:
    data = told.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    said = details or told.get("error_user_msg") or told.get("message") or told.get("title")
    return scrub(f"{code}: {said or 'error'}")


def _number(value: Any) -> int:
    return value if type(value) is int else 0
